// Reading a branch's file without git must say what git says, and leave to git what only git can read.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policyRevisions } from '../base-policy.ts';
import { blobWithoutGit } from './direct-blob.ts';
import { blobAt, findRepository } from '../repository.ts';

const path = '.github/coord.yml';
const revisions = policyRevisions('origin');
const who = ['-c', 'user.name=ada', '-c', 'user.email=ada@example.com'];

let place: string;
let home: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'coord-direct-'));
  home = join(place, 'home');
  mkdirSync(home);
});
afterEach(() => {
  rmSync(place, { recursive: true, force: true });
});

function git(...args: string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' };
  return execFileSync('git', args, { cwd: home, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function write(name: string, text: string): void {
  mkdirSync(dirname(join(home, name)), { recursive: true });
  writeFileSync(join(home, name), text);
}

function commit(text: string | null): void {
  if (text !== null) write(path, text);
  write('README.md', `About ${text ?? 'nothing'}.`);
  git('add', '--all');
  git(...who, 'commit', '--quiet', '--message', text ?? 'none');
}

function makeRepository(...flags: string[]): void {
  git('init', '--quiet', '--initial-branch=main', ...flags);
  commit('version: 1\n');
}

/** What is read here and what git says about the same. */
async function both(directory = home): Promise<{ direct: unknown; byGit: unknown }> {
  const repository = findRepository(directory);
  const direct = blobWithoutGit(repository, revisions, path);
  return { direct, byGit: await blobAt(repository, revisions, path) };
}

describe('a file at a branch, read without git', () => {
  async function expectSame(revision: string | null, text = 'version: 1\n'): Promise<void> {
    const { direct, byGit } = await both();
    expect(direct).toEqual(byGit);
    if (revision === null) expect(direct).toBeNull();
    else expect(direct).toMatchObject({ revision, text });
  }

  it('is what git says, with loose objects and refs', async () => {
    makeRepository();
    await expectSame('refs/heads/main');
  });

  it('is what git says, with everything packed', async () => {
    makeRepository();
    for (let index = 0; index < 20; index += 1) commit(`version: 1 # ${'ü'.repeat(index)}\n`);
    git('gc', '--quiet');
    git('pack-refs', '--all');
    expect(readdirSync(join(home, '.git', 'refs', 'heads'))).toEqual([]);
    await expectSame('refs/heads/main', `version: 1 # ${'ü'.repeat(19)}\n`);
  });

  it('follows the default branch of the remote before any other', async () => {
    makeRepository();
    git('update-ref', 'refs/remotes/origin/trunk', 'main');
    git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
    commit('version: 2\n');
    await expectSame('refs/remotes/origin/HEAD');
    git('pack-refs', '--all');
    await expectSame('refs/remotes/origin/HEAD');
  });

  it('is nothing where the first branch that exists has none, or there is no commit', async () => {
    git('init', '--quiet', '--initial-branch=main');
    await expectSame(null);
    commit(null);
    git('update-ref', 'refs/remotes/origin/main', 'main');
    commit('version: 1\n');
    await expectSame(null);
  });

  it('is nothing where a directory or a file stands in its way', async () => {
    makeRepository();
    rmSync(join(home, '.github'), { recursive: true });
    write(join(path, 'inside'), 'x');
    commit(null);
    await expectSame(null);
    rmSync(join(home, '.github'), { recursive: true });
    write('.github', 'x');
    commit(null);
    await expectSame(null);
  });

  it('takes HEAD from the worktree one stands in', async () => {
    git('init', '--quiet', '--initial-branch=trunk');
    commit('version: 1\n');
    const linked = join(place, 'linked');
    git('worktree', 'add', '--quiet', '-b', 'side', linked);
    commit('version: 2\n');
    const { direct, byGit } = await both(linked);
    expect(direct).toEqual(byGit);
    expect(direct).toMatchObject({ revision: 'HEAD', text: 'version: 1\n' });
  });
});

describe('what only git can read is left to git', () => {
  /** The direct reading gives no answer, where git gives one. */
  async function expectLeft(text: string): Promise<void> {
    const { direct, byGit } = await both();
    expect(direct).toBeUndefined();
    expect(byGit).toMatchObject({ text });
  }

  it('names of SHA-256', async () => {
    makeRepository('--object-format=sha256');
    await expectLeft('version: 1\n');
  });

  it('objects of another repository', async () => {
    makeRepository();
    const origin = home;
    home = join(place, 'borrower');
    mkdirSync(home);
    git('clone', '--quiet', '--shared', origin, '.');
    await expectLeft('version: 1\n');
  });

  it('objects that are replaced', async () => {
    makeRepository();
    const old = git('rev-parse', `main:${path}`);
    commit('version: 2\n');
    git('replace', git('rev-parse', `main:${path}`), old);
    await expectLeft('version: 1\n');
    git('pack-refs', '--all');
    await expectLeft('version: 1\n');
  });

  it('a ref that names no object, and an object that is not there', async () => {
    makeRepository();
    writeFileSync(join(home, '.git', 'refs', 'heads', 'main'), 'nonsense\n');
    expect((await both()).direct).toBeUndefined();
    writeFileSync(join(home, '.git', 'refs', 'heads', 'main'), `${'1'.repeat(40)}\n`);
    expect((await both()).direct).toBeUndefined();
  });

  it('a revision that is no full name', () => {
    makeRepository();
    const repository = findRepository(home);
    expect(blobWithoutGit(repository, ['main'], path)).toBeUndefined();
    expect(blobWithoutGit(repository, [git('rev-parse', 'main')], path)).toBeUndefined();
  });
});
