// Reads ask the remote first, --offline does not, and a remote that is gone stops nobody.
import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resultOf, runShell } from '../shell.ts';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coord offline '));
  await run('git', ['init', '-q', '--bare', '-b', 'main', join(folder, 'remote.git')]);
  for (const name of ['one', 'two']) {
    await run('git', ['clone', '-q', join(folder, 'remote.git'), join(folder, name)]);
  }
  await resultOf(['-C', join(folder, 'one'), 'init']);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function titles(clone: string, ...flags: readonly string[]): Promise<string[]> {
  const { tasks } = await resultOf(['-C', join(folder, clone), ...flags, 'task', 'list']);
  return (tasks as { title: string }[]).map(({ title }) => title);
}

async function add(clone: string, title: string, ...flags: readonly string[]): Promise<unknown> {
  const words = ['-C', join(folder, clone), ...flags, 'task', 'add', title];
  return (await resultOf(words))['confirmed'];
}

it('a read shows what another clone has just done; offline it shows what is known here', async () => {
  expect(await titles('two')).toEqual([]);
  expect(await add('one', 'First')).toBe(true);
  expect(await titles('two', '--offline')).toEqual([]);
  expect(await titles('two')).toEqual(['First']);
});

it('an unreachable remote is told, and the command is confirmed later', async () => {
  await rename(join(folder, 'remote.git'), join(folder, 'gone.git'));
  const words = ['-C', join(folder, 'one'), 'task', 'add', 'On the train', '--json'];
  const added = await runShell(words);
  expect(added.status).toBe(0);
  expect(added.err).toContain('origin cannot be reached');
  expect(JSON.parse(added.out)).toMatchObject({ ok: true, result: { confirmed: false } });
  await rename(join(folder, 'gone.git'), join(folder, 'remote.git'));
  await resultOf(['-C', join(folder, 'one'), 'sync']);
  expect(await titles('two')).toEqual(['On the train']);
});

it('a claim that was accepted offline and lost is told when the log comes together', async () => {
  await add('one', 'Wanted');
  await resultOf(['-C', join(folder, 'one'), 'agent', 'join', 'codex', '--as', 'codex']);
  await resultOf(['-C', join(folder, 'one'), 'agent', 'join', 'opus', '--as', 'opus']);
  expect(await titles('two')).toEqual(['Wanted']);
  const offline = ['-C', join(folder, 'two'), '--offline', '--as', 'opus', 'claim', 'T-1'];
  expect((await resultOf(offline))['confirmed']).toBe(false);
  await resultOf(['-C', join(folder, 'one'), '--as', 'codex', 'claim', 'T-1']);
  const { lost } = await resultOf(['-C', join(folder, 'two'), 'sync']);
  expect((lost as { message: string }[]).map(({ message }) => message)).toEqual([
    expect.stringContaining('codex'),
  ]);
  const { out } = await runShell(['-C', join(folder, 'one'), 'log']);
  expect(out).toContain('command.lost');
});

it('init is a fault where nobody knows whether the remote has a log', async () => {
  await rename(join(folder, 'remote.git'), join(folder, 'gone.git'));
  const other = join(folder, 'two');
  expect((await runShell(['-C', other, 'init'])).status).toBe(3);
  expect((await runShell(['-C', other, '--offline', 'init'])).status).toBe(0);
});
