// Where paths begin: at the root, or with ./ and ../ in the current folder; never outside of the repository.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git } from '../../../test/log-forge.ts';
import { findRepository } from '../../adapters/git/repository.ts';
import { UsageError } from '../../kernel/fault.ts';
import { fromRoot, hereIn, isFromHere, looksFromHere, misreadNote } from './path-here.ts';

const ui = { root: '/r', prefix: 'src/ui/' };
const top = { root: '/r', prefix: '' };

function problemOf(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a path from the current folder', () => {
  it.each([
    ['./button.ts', ui, 'src/ui/button.ts'],
    ['./**/*.{ts,css}', ui, 'src/ui/**/*.{ts,css}'],
    ['../api/x.ts', ui, 'src/api/x.ts'],
    ['../../docs/', ui, 'docs/'],
    ['./../././../README.md', ui, 'README.md'],
    ['./', ui, 'src/ui/'],
    ['.', ui, 'src/ui/'],
    ['..', ui, 'src/'],
    ['../..', ui, '**'],
    ['./', top, '**'],
    ['./src/a.ts', top, 'src/a.ts'],
    ['./.github/x', top, '.github/x'],
    ['./...', ui, 'src/ui/...'],
  ])('%s in %j is %s', (text, here, expected) => {
    expect(isFromHere(text, false)).toBe(true);
    expect(fromRoot(text, here, false)).toBe(expected);
  });

  it.each(['src/a.ts', '.github/**', '...', '..a/b', '@build', '**', '{./a,./b}', '.\\a.ts'])(
    '%s is from the root',
    (text) => {
      expect(isFromHere(text, false)).toBe(false);
    },
  );

  it.each([
    ['.\\button.ts', 'src/ui/button.ts'],
    ['..\\api\\**', 'src/api/**'],
    ['.\\', 'src/ui/'],
    ['../api/x.ts', 'src/api/x.ts'],
  ])('%s is understood on Windows', (text, expected) => {
    expect(isFromHere(text, true)).toBe(true);
    expect(fromRoot(text, ui, true)).toBe(expected);
  });

  it.each([
    ['./@types', top],
    ['../../@types', ui],
  ])('%s in %j is not taken for the resource of that name', (text, here) => {
    const { code, message } = problemOf(() => fromRoot(text, here, false));
    expect([code, message]).toEqual(['path-unclear', expect.stringContaining('`@types/**`')]);
    expect(fromRoot(`${text}/**`, here, false)).toBe('@types/**');
  });

  it('with backslashes that does not begin so is left to the glob, which explains', () => {
    expect(isFromHere('src\\a.ts', true)).toBe(false);
  });

  it.each([
    ['../../../x', ui, 'src/ui/'],
    ['../x', top, 'the root of the repository'],
    ['..', top, 'the root of the repository'],
  ])('%s in %j leads out of the repository', (text, here, stand) => {
    const { code, message } = problemOf(() => fromRoot(text, here, false));
    expect(code).toBe('path-outside');
    expect(message).toContain(`\`${text}\` leads from ${stand} out of the repository.`);
  });

  it('is not told where the name of a folder would mean more than itself, unless it is left', () => {
    const odd = { root: '/r', prefix: 'src/{a}/b/' };
    expect(problemOf(() => fromRoot('./x', odd, false)).code).toBe('path-unclear');
    expect(fromRoot('../../x', odd, false)).toBe('src/x');
  });

  it('means nothing without a work tree', () => {
    expect(problemOf(() => fromRoot('./x', null, false)).code).toBe('no-work-tree');
  });
});

describe('on disk', () => {
  let folder = '';
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'coord here ')));
    git(folder, ['init', '-q', join(folder, 'work')]);
    git(folder, ['init', '-q', '--bare', join(folder, 'bare')]);
    mkdirSync(join(folder, 'work', 'src', 'ui', 'parts'), { recursive: true });
    mkdirSync(join(folder, 'work', 'docs'));
    writeFileSync(join(folder, 'work', 'src', 'ui', 'button.ts'), '');
    writeFileSync(join(folder, 'work', 'src', 'ui', 'docs'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('the shell stands at the root, in a folder of it, or in no work tree', async () => {
    const root = join(folder, 'work');
    const at = (...names: string[]) => hereIn(findRepository(join(folder, ...names)));
    expect(await at('work')).toEqual({ root, prefix: '' });
    expect(await at('work', 'src', 'ui')).toEqual({ root, prefix: 'src/ui/' });
    expect(await at('bare')).toBeNull();
    expect(await at('work', '.git')).toBeNull();
  });

  it('with the work tree elsewhere it goes by that', async () => {
    const [apart, tree] = [join(folder, 'apart'), join(folder, 'apart', 'tree')];
    git(folder, ['init', '-q', apart]);
    mkdirSync(tree);
    git(apart, ['config', 'core.worktree', tree]);
    expect(await hereIn(findRepository(apart))).toEqual({ root: tree, prefix: '' });
  });

  it('in a linked work tree it stands in that', async () => {
    const [work, linked] = [join(folder, 'work'), join(folder, 'linked')];
    git(work, ['commit', '-q', '--allow-empty', '-m', 'x']);
    git(work, ['worktree', 'add', '-q', linked]);
    mkdirSync(join(linked, 'a'));
    expect(await hereIn(findRepository(linked))).toEqual({ root: linked, prefix: '' });
    expect(await hereIn(findRepository(join(linked, 'a')))).toEqual({
      root: linked,
      prefix: 'a/',
    });
  });

  it.each([
    ['button.ts', true],
    ['parts/**', true],
    ['parts/', true],
    ['button.ts/x', false],
    ['docs/x.md', false],
    ['docs', false],
    ['nowhere/**', false],
    ['*.ts', false],
    ['{button,form}.ts', false],
    ['@button.ts', false],
    ['src/ui/button.ts', false],
    ['x'.repeat(5000), false],
  ])('%s is there from src/ui only: %s', (text, expected) => {
    const here = { root: join(folder, 'work'), prefix: 'src/ui/' };
    expect(looksFromHere(text, here)).toBe(expected);
    expect(looksFromHere(text, { ...here, prefix: '' })).toBe(false);
  });
});

it('the note names a few paths and how to say the other', () => {
  expect(misreadNote([], ui)).toBeNull();
  expect(misreadNote(['button.ts'], ui)).toBe(
    'Read from the root of the repository: button.ts. No such path is there, but below src/ui/ there is; to mean that, begin with ./, as ./button.ts does.',
  );
  expect(misreadNote(['a', 'b', 'c', 'd', 'e'], ui)).toContain(': a, b, c and 2 more. ');
});
