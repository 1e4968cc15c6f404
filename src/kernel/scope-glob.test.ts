import { describe, expect, it } from 'vitest';
import { UsageError } from './fault.ts';
import { limits } from './limits.ts';
import {
  containedInUnion,
  contains,
  covers,
  glob,
  matches,
  overlaps,
  parseGlob,
} from './scope-glob.ts';

/** Glob, what it means, what it does not. */
const meanings: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['src/a.ts', ['src/a.ts'], ['src/aXts', 'src/a.ts/b', 'src', 'Src/a.ts', 'x/src/a.ts']],
  ['*', ['a', '.env', 'a.b'], ['a/b', '', '.', '..', '/a']],
  ['*.ts', ['a.ts', '.ts'], ['a.tsx', 'src/a.ts']],
  ['src/*', ['src/a', 'src/.a'], ['src', 'src/', 'src/a/b', 'src/..']],
  ['src/*/', ['src/a/b', 'src/a/b/c'], ['src/a', 'src/a/']],
  ['a?c', ['abc', 'a.c', 'a😀c', 'aéc', 'ae\u0301c'], ['ac', 'a/c', 'abbc']],
  ['**', ['a', '.github/workflows/ci.yml', 'a/b/c'], ['', '/', 'a//b', '../a', 'a/..', 'a/']],
  ['src/**', ['src/a', 'src/.a/b', 'src/a/b/c'], ['src', 'src/', 'srcs/a', 'src/../a', 'src/./a']],
  ['src/', ['src/a', 'src/a/b'], ['src', 'srcs/a']],
  ['src{,/**}', ['src', 'src/a', 'src/a/b'], ['srcs', 'srcs/a']],
  ['**/x', ['x', 'a/x', '.a/b/x'], ['ax', 'a/ax', 'x/a']],
  ['a/**/b', ['a/b', 'a/c/b', 'a/c/d/b', 'a/b/b'], ['ab', 'a/cb', 'a/b/c', 'b']],
  ['**/*', ['a', 'a/b/c'], ['']],
  ['**/**', ['a', 'a/b/c'], ['']],
  ['**/', ['a', 'a/b/c'], ['']],
  ['a/**/*.ts', ['a/b.ts', 'a/c/d/b.ts'], ['a.ts', 'a/b.js']],
  ['.github/**', ['.github/workflows/ci.yml'], ['github/a', '.github']],
  ['**/*.yml', ['.github/workflows/.a.yml'], ['a.yaml']],
  ['app/[id]/page.tsx', ['app/[id]/page.tsx'], ['app/i/page.tsx', 'app/d/page.tsx']],
  ['app/(group)/@slot/+page!#.ts', ['app/(group)/@slot/+page!#.ts'], ['app/group/slot/page.ts']],
  ['a/!b', ['a/!b'], ['a/b', 'a/c']],
  ['+(a|b)', ['+(a|b)'], ['a', 'ab']],
  ['#a', ['#a'], ['a']],
  ['a$^.b', ['a$^.b'], ['a$^xb']],
  ['{a,b}/c', ['a/c', 'b/c'], ['c', 'ab/c', '{a,b}/c']],
  ['{a/b,c}.ts', ['a/b.ts', 'c.ts'], ['a/c.ts']],
  ['{src,test}/', ['src/a', 'test/a/b'], ['src', 'test']],
  ['{src/,test}', ['src/a', 'test'], ['src', 'test/a']],
  ['{**,a}/b', ['b', 'a/b', 'x/y/b'], ['a', 'xb']],
  ['{**/,}x', ['x', 'a/x'], ['ax']],
  ['{a,{b,c{d,e}}}f', ['af', 'bf', 'cdf', 'cef'], ['cf', 'abf']],
  ['{a,}b{,c}', ['ab', 'b', 'abc', 'bc'], ['a', 'c']],
  ['a,b', ['a,b'], ['a', 'b']],
  ['e\u0301/*', ['é/a', 'e\u0301/a'], ['e/a']],
  ['é', ['e\u0301', '\u00e9'], ['e']],
  ['...', ['...'], ['..', 'a']],
  ['.*', ['.a', '...'], ['.', '..', 'a']],
];

describe('matches', () => {
  it.each(meanings)('%s', (text, meant, other) => {
    const parsed = glob(text);
    for (const path of meant) expect([path, matches(parsed, path)]).toEqual([path, true]);
    for (const path of other) expect([path, matches(parsed, path)]).toEqual([path, false]);
  });
});

/** Glob, and words of the sentence that refuses it. */
const refused: readonly (readonly [string, string])[] = [
  ['', 'cannot be empty'],
  ['{a,}', 'cannot be empty'],
  ['/', 'cannot start with /'],
  ['/src', 'cannot start with /'],
  ['{a,}/b', 'cannot start with /'],
  ['./src', '. or ..'],
  ['src/./a', '. or ..'],
  ['src/..', '. or ..'],
  ['../a', '. or ..'],
  ['a/{b,..}/c', '. or ..'],
  ['a/.{.,b}', '. or ..'],
  ['a//b', '//'],
  ['a//', '//'],
  ['a/{,b}/c', '//'],
  ['!src/**', 'no negation'],
  ['{!a,b}', 'no negation'],
  ['a**', '** must stand alone'],
  ['a**/b', '** must stand alone'],
  ['**a', '** must stand alone'],
  ['src/**.ts', '** must stand alone'],
  ['{a,b}**', '** must stand alone'],
  ['{**,a}b', '** must stand alone'],
  ['{*,a}*', '** must stand alone'],
  ['**?', '** must stand alone'],
  ['***', 'Three stars'],
  ['a\\b', 'backslash'],
  ['a\\*', 'backslash'],
  ['{a', 'two or more alternatives'],
  ['a}', 'two or more alternatives'],
  ['}a,b{', 'two or more alternatives'],
  ['{a}', 'two or more alternatives'],
  ['{}', 'two or more alternatives'],
  ['{{a,b}}', 'two or more alternatives'],
  ['{{cookiecutter.name}}/x', 'two or more alternatives'],
  ['{1..3}', 'two or more alternatives'],
  ['a\u0000', 'control'],
  ['a\nb', 'control'],
  ['a\u007f', 'control'],
  ['a\u202eb', 'control'],
  ['a\u2066b', 'control'],
  ['a\u200bb', 'control'],
  ['a\ufeff', 'control'],
  ['a\ud800', 'control'],
  ['\u0301a', 'combining'],
  ['*\u0301', 'combining'],
  ['e{\u0301,x}', 'combining'],
  ['{e,x}\u0301', 'combining'],
  ['\u1100?\u1161', 'combining'],
];

describe('parseGlob', () => {
  it.each(refused)('refuses %j', (text, words) => {
    const parsed = parseGlob(text);
    expect(parsed).toMatchObject({ ok: false, problem: expect.stringContaining(words) as string });
    expect(parsed).toMatchObject({ problem: expect.stringMatching(/\.$/) as string });
  });

  it('names the bound that was exceeded, and takes what just keeps it', () => {
    const bounded: [(size: number) => string, number][] = [
      [(size) => 'a'.repeat(size), limits.inputGlobCharsMax],
      [(size) => '?'.repeat(size), limits.globWildcardsMax],
      [(size) => '*a'.repeat(size), limits.globWildcardsMax],
      [(size) => '**/'.repeat(size), limits.globWildcardsMax],
      [
        (size) => `{${Array.from({ length: size }, (_, at) => at).join(',')}}`,
        limits.globAlternativesMax,
      ],
      [(size) => '{a,'.repeat(size) + 'b' + '}'.repeat(size), limits.globNestingMax],
    ];
    for (const [textOf, max] of bounded) {
      expect(parseGlob(textOf(max))).toMatchObject({ ok: true });
      const problem = expect.stringContaining(`at most ${max} `) as string;
      expect(parseGlob(textOf(max + 1))).toMatchObject({ ok: false, problem });
    }
  });

  it('counts characters in NFC, alternatives as a product', () => {
    expect(parseGlob('\u0958'.repeat(limits.inputGlobCharsMax))).toMatchObject({ ok: false });
    expect(parseGlob('{a,b}'.repeat(6))).toMatchObject({ ok: true });
    expect(parseGlob('{a,b}'.repeat(7))).toMatchObject({ ok: false });
  });

  it('keeps the text as it was written', () => {
    expect(glob('e\u0301/**').text).toBe('e\u0301/**');
  });
});

describe('glob', () => {
  it('throws a usage error for what is none', () => {
    expect(() => glob('/src')).toThrow(UsageError);
    expect(() => glob('/src')).toThrow(
      expect.objectContaining({ code: 'bad-glob', data: { glob: '/src' } }) as Error,
    );
  });
});

describe('overlaps', () => {
  it.each([
    ['src/**', 'src/a.ts', true],
    ['src/*.ts', 'src/*.md', false],
    ['src/**', 'src', false],
    ['src/**', 'src{,/**}', true],
    ['src/', 'src/a/b', true],
    ['src/a*', 'src/*b', true],
    ['src/a*', 'src/b*', false],
    ['a/*', 'a/*/*', false],
    ['a/**/z', '**/b/*', true],
    ['**/a', '**/b', false],
    ['*a', 'b*', true],
    ['?', '??', false],
    ['{a,b}/c', '{b,d}/c', true],
    ['{a,b}/c', '{d,e}/c', false],
    ['app/[id]/*', 'app/i/*', false],
    ['.?', '?.', false],
    ['.??', '?.?', true],
    ['.*', '*', true],
    ['é', 'e\u0301', true],
    ['a😀', 'a?', true],
    ['a😀', 'a??', false],
  ])('%s and %s: %s', (left, right, expected) => {
    expect(overlaps(glob(left), glob(right))).toBe(expected);
    expect(overlaps(glob(right), glob(left))).toBe(expected);
  });
});

describe('contains', () => {
  it.each([
    ['**', 'src/**', true],
    ['src/**', 'src/', true],
    ['src/**', 'src', false],
    ['src/**', 'src/**/*.ts', true],
    ['src/**', 'src{,/**}', false],
    ['src/*', 'src/**', false],
    ['{a,b}/**', 'a/**', true],
    ['{a,b}/**', '{a,b,c}/**', false],
    ['{a/**,a}', 'a{,/**}', true],
    ['{?,??*}', '*', true],
    ['{?,???*}', '*', false],
    ['{*,*/**}', '**', true],
    ['{a*,*}', '*', true],
    ['{*a*,*b*}', '*', false],
    ['**/*', '**', true],
    ['*/**', '**', false],
    ['.?*', '.*', true],
    ['*?*', '*', true],
    ['?*?', '*', false],
    ['*a*', '*b*a', true],
    ['*', '?', true],
    ['?', 'a', true],
    ['a', '?', false],
  ])('%s holds %s: %s', (outer, inner, expected) => {
    expect(contains(glob(outer), glob(inner))).toBe(expected);
  });
});

describe('several globs', () => {
  const globs = ['src/a/*', 'src/b/*', 'docs/**'].map(glob);

  it('cover what any of them means', () => {
    expect(covers(globs, 'src/b/x.ts')).toBe(true);
    expect(covers(globs, 'src/c/x.ts')).toBe(false);
    expect(covers([], 'src/a/x.ts')).toBe(false);
  });

  it('hold together what none holds alone', () => {
    const both = glob('{src/{a,b}/*,docs/x/**}');
    expect(globs.some((one) => contains(one, both))).toBe(false);
    expect(containedInUnion(globs, both)).toBe(true);
    expect(containedInUnion(globs, glob('src/{a,c}/*'))).toBe(false);
    expect(containedInUnion([], glob('a'))).toBe(false);
    expect(containedInUnion(['?', '??*'].map(glob), glob('*'))).toBe(true);
  });
});
