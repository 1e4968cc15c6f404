// A log in a repository of its own, beside the code's: written, read, verified there, and closed to whoever has no access.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Clones, say } from '../clones.ts';
import { git } from '../log-forge.ts';
import { resultOf, runShell } from '../shell.ts';

const world = new Clones();
const privately = join(world.folder, 'octo', 'private-log.git');
const code = join(world.folder, 'acme', 'code.git');
let first = '';

function clone(name: string): string {
  const path = join(world.folder, name);
  git(world.folder, ['clone', '-q', code, path]);
  return path;
}

beforeAll(async () => {
  mkdirSync(join(world.folder, 'octo'));
  git(world.folder, ['clone', '-q', '--bare', world.remote, code]);
  git(world.folder, ['init', '-q', '--bare', privately]);
  first = clone('first');
  mkdirSync(join(first, '.github'));
  const policy = 'version: 1\nlog: { repository: octo/private-log }\n';
  writeFileSync(join(first, '.github', 'coord.yml'), policy);
  git(first, ['add', '.']);
  git(first, ['commit', '-q', '-m', 'policy']);
  git(first, ['push', '-q', 'origin', 'HEAD:main']);
  await resultOf(['-C', first, 'init']);
  await resultOf(['-C', first, 'agent', 'join', 'codex', '--as', 'codex']);
});

afterAll(() => world.remove());

it('init and commands write there, and nothing beside the code', async () => {
  const { confirmed } = await resultOf(['-C', first, 'task', 'add', 'one', '--as', 'codex']);
  expect(confirmed).toBe(true);
  expect(git(privately, ['rev-list', '--count', 'coord']).trim()).toBe('3');
  expect(git(code, ['for-each-ref', '--format=%(refname)']).trim()).toBe('refs/heads/main');
  expect((await say(first, 'init')).error.code).toBe('log-exists');
});

it('another clone reads, writes, verifies and rolls it there', async () => {
  const second = clone('second');
  expect((await resultOf(['-C', second, 'task', 'list']))['tasks']).toHaveLength(1);
  await resultOf(['-C', second, 'task', 'claim', 'T-1', '--as', 'codex']);
  await resultOf(['-C', second, 'epoch', 'roll', '--yes']);
  const verified = await resultOf(['-C', second, 'verify', '--level', 'genesis']);
  expect(verified).toMatchObject({ problems: [], records: 5 });
  expect(git(privately, ['rev-list', '--count', 'coord']).trim()).toBe('1');
});

it('a branch coord beside the code is not taken for it', async () => {
  const other = join(world.folder, 'other');
  git(world.folder, ['init', '-q', other]);
  await resultOf(['-C', other, 'init']);
  git(join(other, '.git', 'coord', 'store.git'), ['push', '-q', code, 'coord']);
  const third = clone('third');
  expect((await resultOf(['-C', third, 'task', 'list']))['tasks']).toHaveLength(1);
  const fourth = clone('fourth');
  const offline = await runShell(['-C', fourth, 'task', 'list', '--offline']);
  expect(offline.err).toContain('There is no coordination log here yet');
});

it('who may read the code only is told so, with the next step', async () => {
  const stranger = clone('stranger');
  // To whoever has no access a host says that there is no such repository.
  renameSync(privately, `${privately}.away`);
  for (const words of [['task', 'list'], ['status'], ['task', 'add', 'one', '--as', 'codex']]) {
    const { status, error } = await say(stranger, ...words);
    expect([status, error.code]).toEqual([3, 'log-no-access']);
    expect(error.message).toContain('Ask whoever owns octo/private-log for access');
  }
  expect((await say(first, 'task', 'list')).status).toBe(0);
});
