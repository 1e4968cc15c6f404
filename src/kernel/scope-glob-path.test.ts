import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { foldPath, pathProblem } from './scope-glob-path.ts';
import { glob, matches } from './scope-glob.ts';

describe('pathProblem', () => {
  it.each([
    'a',
    'src/a.ts',
    '.github/workflows/ci.yml',
    'app/[id]/page.tsx',
    '...a/..b/.c',
    'console/conf/auxiliary.ts',
    'com0/com10/lpt.txt',
    'con-fig/my.con',
    ' a/b c',
    'docs/❤\ufe0f.md',
    'docs/👩\u200d💻.md',
    'e\u0301',
    '.gitignore',
    '.github',
    'a'.repeat(limits.pathBytesMax),
  ])('finds nothing in %j', (path) => {
    expect(pathProblem(path)).toBeNull();
  });

  it.each([
    ['', 'empty'],
    ['/etc/passwd', 'absolute'],
    ['C:/a', 'absolute'],
    ['c:a', 'absolute'],
    ['a\\b', 'backslash'],
    ['a\u0000b', 'control'],
    ['a\nb', 'control'],
    ['a\u009fb', 'control'],
    ['a\u202eb', 'bidirectional'],
    ['a\u200bb', 'invisible'],
    ['a\ufeff', 'invisible'],
    ['a\ud800', 'UTF-8'],
    ['a\ufffd', 'UTF-8'],
    ['a//b', 'empty name'],
    ['a/', 'empty name'],
    ['./a', '. or ..'],
    ['a/./b', '. or ..'],
    ['../a', '. or ..'],
    ['a/..', '. or ..'],
    ['a./b', 'dot or a space'],
    ['a/b ', 'dot or a space'],
    ['a/...', 'dot or a space'],
    ['con', 'reserved'],
    ['a/NUL.txt', 'reserved'],
    ['Com1.tar.gz/a', 'reserved'],
    ['lpt9', 'reserved'],
    ['aux .c', 'reserved'],
    ['com\u00b9', 'reserved'],
    ['conin$', 'reserved'],
    ['.git/config', '.git'],
    ['a/.GIT/hooks', '.git'],
    ['.g\u200dit/config', '.git'],
    ['a'.repeat(limits.pathBytesMax + 1), `${limits.pathBytesMax} bytes`],
    ['é'.repeat(limits.pathBytesMax / 2) + 'a', `${limits.pathBytesMax} bytes`],
  ])('says what is wrong with %j', (path, words) => {
    expect(pathProblem(path)).toContain(words);
    expect(pathProblem(path)).toMatch(/\.$/);
  });
});

describe('foldPath', () => {
  it.each([
    ['README.md', 'readme.MD'],
    ['e\u0301', '\u00c9'],
    ['straße', 'STRASSE'],
    ['\u1e9e', 'ss'],
    ['ὈΔΥΣΣΕΎΣ', 'ὀδυσσεύσ'],
    ['\u212aelvin', 'kelvin'],
    ['\u03b1\u0345\u0301', '\u1fb4'],
    ['a\u200db', 'ab'],
    ['\ufb01le', 'FILE'],
  ])('takes %j and %j for twins', (left, right) => {
    expect(foldPath(left)).toBe(foldPath(right));
  });

  it.each([
    ['a', 'b'],
    ['e', 'é'],
    ['a/b', 'ab'],
    ['ａ', 'a'],
  ])('keeps %j and %j apart', (left, right) => {
    expect(foldPath(left)).not.toBe(foldPath(right));
  });

  it('is the same for every case and normal form, and for what is folded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        const folded = foldPath(path);
        for (const twin of [
          folded,
          path.toUpperCase(),
          path.toLowerCase(),
          path.normalize('NFD'),
        ]) {
          expect(foldPath(twin)).toBe(folded);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('folds a glob so that it takes the folded path', () => {
    expect(matches(glob(foldPath('.GitHub/**/*.YML')), foldPath('.github/workflows/CI.yml'))).toBe(
      true,
    );
  });
});
