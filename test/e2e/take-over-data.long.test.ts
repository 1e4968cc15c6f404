// Records pushed by hand whose known events hold other data than they should: refused before anybody trips over them.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { Clones, say } from '../clones.ts';
import { forge, forgedOn, git, layOut } from '../log-forge.ts';

let clones: Clones;
let first: string;
beforeEach(async () => {
  clones = new Clones();
  first = await clones.begin(['ada'], ['one']);
});
afterEach(() => clones.remove());

type Changes = Readonly<Record<string, unknown>>;

/** Appends one record to the remote by plain git, right in everything but these fields; answers its commit and seq. */
function pushRecord(changes: Changes): { oid: string; seq: number; good: string } {
  const last = present(layOut(clones.remote).at(-1), 'the log has commits');
  const before = JSON.parse(last.batch) as Record<string, unknown> & { seq: number };
  const id = '01a1f954-9eba-70f0-98c5-310938257741';
  const seq = before.seq + 1;
  const made = forgedOn(last, [{ ...before, id, seq, ...changes }]);
  const [oid = ''] = forge(clones.remote, [made], last.oid);
  return { oid, seq, good: last.oid };
}

const event = (type: string, data: object): Changes => ({ events: [{ type, data }] });

const message = {
  ...{ to: 'ada', recipients: ['ada'], subject: 's', priority: 'normal', ackRequired: false },
  ...{ expectReplyUntil: null, expiresAt: null, link: null, thread: null },
};

const evils: readonly (readonly [string, Changes])[] = [
  ['a task without files', event('task.added', { title: 'x', priority: 'normal' })],
  ['a letter to nobody', event('message.sent', { ...message, recipients: null })],
  ['a letter due never', event('message.sent', { ...message, expectReplyUntil: 'never' })],
  [
    'an agent with the powers of people',
    event('agent.joined', { name: 'eve', tier: 'human', capabilities: [], session: null }),
  ],
  [
    'a lock until a number',
    event('lock.extended', { scope: 'a', holder: 'b', until: 5, task: null }),
  ],
  ['a verdict without checks', event('verdict.recorded', { pullRequest: 1 })],
  ['a record of no time', { at: 'zzzz' }],
  ['a record without events', { events: [] }],
];

describe('a record pushed by hand', () => {
  it.each(evils)('is refused with commit and place: %s', async (_, changes) => {
    const { oid, seq, good } = pushRecord(changes);
    const said = await say(first, 'sync');
    expect([said.status, said.error.code]).toEqual([3, 'log-corrupt']);
    expect(said.error.data).toMatchObject({ commit: oid, line: 1, parent: good });
    if (!('at' in changes) && JSON.stringify(changes) !== '{"events":[]}') {
      expect(said.error.data).toMatchObject({ seq });
    }
    for (const words of [['status'], ['inbox', '--as', 'ada'], ['task', 'list'], ['continue']]) {
      expect((await say(first, ...words, '--offline')).status, words[0]).toBe(0);
    }
    const store = join(first, '.git', 'coord', 'store.git');
    expect(git(store, ['rev-parse', 'refs/heads/coord']).trim()).toBe(good);
    expect(() => git(store, ['cat-file', '-e', oid])).toThrow();
    git(clones.remote, ['update-ref', 'refs/heads/coord', good]);
    expect((await say(first, 'task', 'add', 'on', '--as', 'ada')).result['confirmed']).toBe(true);
  });

  it('is refused by a clone that sees the log for the first time, online and offline', async () => {
    pushRecord(event('message.sent', { ...message, recipients: null }));
    const fresh = clones.clone('fresh');
    for (const flags of [['--offline'], []]) {
      const said = await say(fresh, 'inbox', '--as', 'ada', ...flags);
      expect([said.status, said.error.code]).toEqual([3, 'log-corrupt']);
    }
  });

  it('is taken over with event types and fields that nobody here knows', async () => {
    const { seq } = pushRecord({
      ...event('task.painted', { colour: 5 }),
      tomorrow: { more: true },
    });
    expect((await say(first, 'sync')).result).toMatchObject({ confirmed: true, seq });
    expect((await say(first, 'status')).status).toBe(0);
  });
});
