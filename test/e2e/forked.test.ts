// A remote whose log was rewritten by force: questions are answered and say both heads, and the clone writes nothing more.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Clones, say } from '../clones.ts';
import type { Said } from '../clones.ts';
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

const setBack = (): string => git(clones.remote, ['update-ref', 'refs/heads/coord', `${ours}~1`]);
const rewrite = (): string[] => forge(clones.remote, layOut(clones.remote).slice(0, 2));
const next = 'Find out who rewrote it before anybody writes on.';

it.each([
  ['set back', setBack],
  ['rewritten', rewrite],
])('%s, it is named with both heads and a next step', async (_how, change) => {
  change();
  const theirs = git(clones.remote, ['rev-parse', 'coord']).trim();
  const status = await runShell(['-C', clone, 'status']);
  const verified = await runShell(['-C', clone, 'verify']);
  const examined = await runShell(['-C', clone, 'doctor']);
  expect([status.status, verified.status, examined.status]).toEqual([0, 1, 1]);
  expect(status.out).toMatch(/^FORKED: /);
  for (const text of [status.out, verified.out, examined.out]) {
    expect(text).toContain(ours);
    expect(text).toContain(theirs);
    expect(text).toContain(next);
  }
});

function expectForked({ result, status }: Said, theirs: string | null): void {
  expect(status).toBe(0);
  const forked = { remote: 'origin', here: ours, there: theirs };
  expect(result['forked']).toMatchObject(forked);
  expect((result['forked'] as { message: string }).message).toContain(ours);
}

describe('a question to a forked clone', () => {
  it.each([[['status']], [['task', 'list']], [['inbox', '--as', 'ada']], [['trace', 'T-1']]])(
    '%j is answered with what is known here and with both heads',
    async (words) => {
      const before = await say(clone, ...words);
      rewrite();
      const theirs = git(clones.remote, ['rev-parse', 'coord']).trim();
      for (const flags of [[], ['--offline']]) {
        const after = await say(clone, ...words, ...flags);
        expectForked(after, theirs);
        const { forked, ...rest } = after.result;
        expect(forked).toMatchObject({ message: expect.stringContaining(next) as string });
        expect(rest).toEqual(before.result);
      }
    },
  );

  it('leaves what a program reads as it is, and says it beside', async () => {
    const before = await runShell(['-C', clone, 'task', 'list']);
    setBack();
    const after = await runShell(['-C', clone, 'task', 'list']);
    expect([after.status, after.out]).toEqual([0, before.out]);
    expect(after.err).toMatch(/^coord: FORKED: /);
    for (const part of [ours, next, 'commands are refused', 'coord verify']) {
      expect(after.err).toContain(part);
    }
  });

  it('is answered when the branch was deleted', async () => {
    git(clones.remote, ['update-ref', '-d', 'refs/heads/coord']);
    expectForked(await say(clone, 'status'), null);
    expect((await say(clone, ...task)).error.code).toBe('log-forked');
  });

  it('is a fault where nobody can look at all: that is no fork', async () => {
    git(clones.remote, ['update-ref', 'refs/heads/coord', 'refs/heads/main']);
    const { status, error } = await say(clone, 'status');
    expect([status, error.code]).toEqual([3, 'log-corrupt']);
  });
});

describe('what stops the clone, also offline,', () => {
  const offline = ['task', 'add', 'four', '--as', 'ada', '--offline'];

  it.each([
    ['a command', task],
    ['a sync', ['sync']],
    ['a question', ['status']],
    ['an epoch', ['epoch', 'roll', '--yes']],
  ])('is found by %s, and ends when the remote continues what was seen', async (_who, words) => {
    setBack();
    const found = await say(clone, ...words);
    if (words[0] === 'status')
      expectForked(found, git(clones.remote, ['rev-parse', 'coord']).trim());
    else expect([found.status, found.error.code]).toEqual([3, 'log-forked']);
    // It cannot look, and knows all the same.
    const stopped = await say(clone, ...offline);
    expect([stopped.status, stopped.error.code]).toEqual([3, 'log-forked']);
    expect(headHere()).toBe(ours);
    git(clones.remote, ['update-ref', 'refs/heads/coord', ours]);
    expect((await say(clone, 'sync')).status).toBe(0);
    expect((await say(clone, 'status')).result).not.toHaveProperty('forked');
    expect((await say(clone, ...offline)).status).toBe(0);
  });
});
