// A person's key from before the policy listed them, what is advised of keys, and tokens that a script can take.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Clones, saidBy } from '../clones.ts';
import type { Said } from '../clones.ts';
import { git } from '../log-forge.ts';
import { runShell } from '../shell.ts';
import type { ShellRun } from '../shell.ts';

const clones = new Clones();
let clone: string;

function shell(...words: string[]): Promise<ShellRun> {
  return runShell(['-C', clone, ...words], { COORD_CONFIG_DIR: join(clones.folder, 'config') });
}

async function say(...words: string[]): Promise<Said> {
  return saidBy(await shell(...words, '--json'));
}

function publish(policy: string): void {
  mkdirSync(join(clone, '.github'), { recursive: true });
  writeFileSync(join(clone, '.github', 'coord.yml'), `version: 1\n${policy}`);
  git(clone, ['add', '.']);
  git(clone, ['commit', '-q', '-m', 'policy']);
  git(clone, ['push', '-q', 'origin', 'main']);
  git(clone, ['fetch', '-q', 'origin']);
}

async function keyMade(...words: string[]): Promise<{ key: string; message: string }> {
  const { error } = await say('agent', 'key', 'add', ...words);
  return { key: String((error.data as Record<string, unknown>)['key']), message: error.message };
}

beforeAll(async () => {
  clone = await clones.begin(['codex']);
  git(clone, ['config', 'user.name', 'Bo']);
  git(clone, ['config', 'user.email', 'bo@example.org']);
}, 60_000);
afterAll(() => clones.remove());

it('is found when the policy lists them as was advised, and goes on from there', async () => {
  const { key, message } = await keyMade();
  const entry = `bo: { email: "bo@example.org", keys: ["${key}"] }`;
  expect(message).toContain(`\`${entry}\``);
  expect(message).not.toContain('/coord key add');
  const listed = await shell('agent', 'key', 'list');
  expect(listed.out).toContain(
    `The key of git:bo on this machine, ${key}, is not listed. It counts`,
  );
  expect(listed.out).not.toContain('Add yours');

  publish(`people:\n  ${entry}\n`);
  expect((await say('task', 'add', 'signed')).status).toBe(0);
  expect(clones.records().at(-1)).toMatchObject({ actor: 'bo', auth: { by: 'key', subject: key } });
  expect((await say('agent', 'key', 'add')).result).toMatchObject({
    key: { key, state: 'policy' },
  });
  expect((await say('agent', 'key', 'rotate')).status).toBe(0);
  expect((await say('task', 'add', 'signed anew')).status).toBe(0);
  expect(clones.records().at(-1)).not.toMatchObject({ auth: { subject: key } });
}, 60_000);

it('of the log that counts is not added once more, by whomever', async () => {
  publish('people:\n  bo: { email: bo@example.org }\nagents:\n  codex: { tier: implementer }\n');
  const { key } = await keyMade('--as', 'codex');
  const rooted = `codex: { tier: implementer, keys: ["${key}"] }`;
  publish(`people:\n  bo: { email: bo@example.org }\nagents:\n  ${rooted}\n`);
  expect((await say('agent', 'key', 'rotate', '--as', 'codex')).status).toBe(0);
  const before = clones.records().length;
  const again = await say('agent', 'key', 'add', 'codex');
  expect(again).toMatchObject({ status: 0, result: { key: { agent: 'codex', state: 'live' } } });
  expect(clones.records().length).toBe(before);
}, 60_000);

it('of a listed person is advised under people', async () => {
  publish('people:\n  mara: { email: bo@example.org }\nagents:\n  codex: { tier: implementer }\n');
  const { key, message } = await keyMade();
  expect(message).toContain('write it under people.mara.keys in .github/coord.yml');
  expect(message).toContain(`/coord key add ${key} mara`);
}, 60_000);

it('a grant prints the token alone, and says what is wrong with one', async () => {
  const { key } = await keyMade();
  publish(`people:\n  mara: { email: bo@example.org, keys: ["${key}"] }\n`);
  const grant = (...words: string[]) => shell('capability', 'grant', key, ...words);
  const good = await grant('--op', 'lock.acquire', '--glob', 'src/**');
  expect(good.out).toMatch(/^eyJ[\w.-]+$/);
  expect(good.err).toContain('may lock.acquire on src/**');
  expect((await shell('capability', 'verify', good.out)).status).toBe(0);
  const inVain = await grant('--op', 'lock.acquire');
  expect([inVain.status, inVain.err]).toEqual([1, expect.stringContaining("--glob 'src/api/**'")]);
  expect((await grant('--op', 'lock.aquire')).err).toContain('Did you mean lock.acquire?');
  expect((await grant('--op', 'key.add')).err).toContain('--op: key.* and agent.join are lent to');
  const revoked = await shell('capability', 'revoke', '123', '--reason', 'x');
  expect([revoked.status, revoked.err]).toEqual([2, expect.stringContaining('show TOKEN')]);
  expect((await shell('agent', 'key', 'frob')).err).toContain('ACTION takes one of add, rotate');
}, 60_000);
