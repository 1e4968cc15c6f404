// A remote whose log was rewritten by force: every command says both heads, and the clone writes nothing more.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Clones, say } from '../clones.ts';
import { forge, git, layOut } from '../log-forge.ts';
import { runShell } from '../shell.ts';

let clones: Clones;
let clone: string;
let ours: string;
beforeEach(async () => {
  clones = new Clones();
  clone = await clones.begin(['ada'], ['one', 'two']);
  ours = git(clones.remote, ['rev-parse', 'coord']).trim();
});
afterEach(() => clones.remove());

const task = ['task', 'add', 'three', '--as', 'ada'];
const headHere = (): string =>
  git(clone, ['--git-dir=.git/coord/store.git', 'rev-parse', 'coord']).trim();

it.each([
  ['set back', () => git(clones.remote, ['update-ref', 'refs/heads/coord', `${ours}~1`])],
  ['rewritten', () => forge(clones.remote, layOut(clones.remote).slice(0, 2))],
])('%s, it is named with both heads and a next step', async (_how, rewrite) => {
  rewrite();
  const theirs = git(clones.remote, ['rev-parse', 'coord']).trim();
  const status = await say(clone, 'status');
  expect([status.status, status.error.code]).toEqual([3, 'log-forked']);
  const verified = await runShell(['-C', clone, 'verify']);
  const examined = await runShell(['-C', clone, 'doctor']);
  expect([verified.status, examined.status]).toEqual([1, 1]);
  for (const text of [status.error.message, verified.out, examined.out]) {
    expect(text).toContain(ours);
    expect(text).toContain(theirs);
    expect(text).toContain('Find out who rewrote it before anybody writes on.');
  }
});

it('it stops the clone, also offline, until the remote continues what was seen', async () => {
  git(clones.remote, ['update-ref', 'refs/heads/coord', `${ours}~1`]);
  for (const words of [task, [...task, '--offline']]) {
    // Nobody has looked before the first; the second cannot look and knows all the same.
    const said = await say(clone, ...words);
    expect([said.status, said.error.code]).toEqual([3, 'log-forked']);
  }
  expect((await say(clone, 'status', '--offline')).status).toBe(0);
  expect(headHere()).toBe(ours);
  git(clones.remote, ['update-ref', 'refs/heads/coord', ours]);
  expect((await say(clone, ...task)).status).toBe(0);
  expect((await say(clone, 'task', 'add', 'four', '--as', 'ada', '--offline')).status).toBe(0);
});
