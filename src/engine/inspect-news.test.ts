// What honest commands write passes, every event type is known, and each wrong field is refused by commit, line and seq.
import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import type { Event } from '../kernel/decider.ts';
import { Fault } from '../kernel/fault.ts';
import type { LogCommit } from '../log/store.ts';
import { decodeBatch } from '../log/record.ts';
import { registry } from '../registry.ts';
import { eventProblem, routeEvents } from './fold.ts';
import { inspectNews, inspectTimes } from './inspect-news.ts';
import type { Times } from './inspect-news.ts';
import { evolutionsOf } from './registry-port.ts';

const evolutions = routeEvents(evolutionsOf(registry));

const policy = `version: 1
plan:
  phases:
    - { id: rpc, scopes: { codex: { write: ["src/**"] } } }
`;

const verdict = {
  ...{ pullRequest: 7, head: 'a'.repeat(40), base: 'b'.repeat(40), policy: 'none', readSeq: 3 },
  ...{ author: 'codex', conclusion: 'success' },
  checks: [{ name: 'scope', conclusion: 'success' }],
};

/** Every kind of command that was ever accepted, so that there is an event of every type. */
async function everything(): Promise<readonly LogCommit[]> {
  const memory = await MemoryEngine.open();
  memory.setPolicy(policy);
  await memory.join('codex', 'opus');
  const say = async (actor: string, op: string, input: object): Promise<void> => {
    const answer = await memory.say(actor, op, { ...input });
    expect(answer, op).toMatchObject({ ok: true });
  };
  await say('opus', 'message.send', {
    ...{ to: 'codex', subject: 's', body: 'b', ackRequired: true, expectReply: '1h' },
    ...{ expires: '2d' },
  });
  await say('codex', 'message.read', { message: 'M-1' });
  await say('codex', 'message.ack', { message: 'M-1' });
  await say('opus', 'task.add', { title: 'one', files: ['src/**'], due: '2026-12-01' });
  await say('opus', 'task.add', { title: 'two', after: ['T-1'], parent: 'T-1' });
  await say('codex', 'task.claim', { id: 'T-1' });
  await say('codex', 'lock.acquire', { scope: ['src/a/**'], task: 'T-1' });
  memory.setNow('2026-11-20T12:30:00.000Z');
  await say('codex', 'task.claim', { id: 'T-1' });
  await say('codex', 'task.block', { id: 'T-1', reason: 'rain' });
  memory.setNow('2026-11-21T12:00:00.000Z');
  await say('opus', 'task.claim', { id: 'T-1' });
  await say('opus', 'task.done', { id: 'T-1', evidence: ['#12'] });
  await say('opus', 'task.claim', { id: 'T-2' });
  await say('opus', 'task.add', { title: 'three' });
  await say('opus', 'task.cancel', { id: 'T-3', reason: 'no more' });
  await say('opus', 'lock.acquire', { scope: ['src/b/**'] });
  await say('opus', 'lock.acquire', { scope: ['src/b/**'], ttl: '2h' });
  await say('opus', 'lock.release', { scope: ['src/b/**'] });
  await say('opus', 'agent.leave', { force: true, reason: 'done' });
  await say('git:anna', 'plan.start', { phase: 'rpc' });
  await say('git:anna', 'plan.grant', {
    agent: 'codex',
    glob: 'docs/**',
    duration: '1h',
    why: 'w',
  });
  await say('git:anna', 'plan.complete', { phase: 'rpc' });
  const app = memory.request('app', 'verdict.record', verdict);
  const lost = memory.request('codex', 'task.done', { id: 'T-9' });
  const [recorded, refused] = await memory.execute(
    { ...app, auth: { by: 'app', subject: 'app' } },
    { ...lost, mustTellLoss: true },
  );
  expect([recorded?.ok, refused?.ok]).toEqual([true, false]);
  return (await memory.engine.store.read({ commitsMax: 1000 })).commits;
}

/** Events of commands that take more than an engine in memory to be accepted. */
const others: readonly Event[] = [
  { type: 'key.added', data: { agent: 'codex', key: 'ed25519:a' } },
  { type: 'key.rotated', data: { agent: 'codex', from: 'ed25519:a', to: 'ed25519:b' } },
  { type: 'key.revoked', data: { agent: 'codex', key: 'ed25519:b', why: null } },
  { type: 'capability.revoked', data: { capability: 'c-1', why: 'done' } },
  { type: 'message.redacted', data: { message: 'm-1', by: 'git:anna', reason: 'a secret' } },
  { type: 'epoch.rolled', data: { epoch: 1, previous: 'a'.repeat(40), archive: null } },
];

function eventsOf(commits: readonly LogCommit[]): Event[] {
  return commits.flatMap(({ batch, oid }) =>
    decodeBatch(batch, oid).flatMap(({ events }) => events),
  );
}

/** Long after all that these tests write. */
const later: Times = { before: '', now: '2027-01-01T00:00:00.000Z' };

function faultOf(commits: readonly LogCommit[], times = later): Fault {
  try {
    inspectNews(evolutions, commits);
    inspectTimes(commits, times);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('news from a remote', () => {
  it('pass as every command writes them, and every known type is among them', async () => {
    const commits = await everything();
    expect(() => inspectNews(evolutions, commits)).not.toThrow();
    const all = [...eventsOf(commits), ...others];
    expect(all.map((event) => eventProblem(evolutions, event))).toEqual(all.map(() => null));
    const met = new Set(all.map(({ type }) => type));
    expect([...evolutions.shapes.keys()].filter((type) => !met.has(type))).toEqual([]);
  });

  it('are refused when a field of a known event is another thing or not there', async () => {
    const events = [...eventsOf(await everything()), ...others];
    for (const [type, shape] of evolutions.shapes) {
      const event = events.find((each) => each.type === type);
      for (const field of Object.keys(shape)) {
        const data = { ...event?.data } as Record<string, unknown>;
        data[field] = Symbol('another thing');
        expect([type, field, eventProblem(evolutions, { type, data })]).toEqual([
          ...[type, field],
          expect.stringContaining(`\`${field}\``),
        ]);
        const { [field]: left, ...others } = data;
        expect(typeof left, `${type} ${field}`).toBe('symbol');
        expect(eventProblem(evolutions, { type, data: others }), `${type} ${field}`).toContain(
          `\`${field}\``,
        );
      }
    }
  });

  it('do not take a field for written that an object inherits, nor a list for its first item', () => {
    const data = { task: 'x', evidence: ['fine', 5], verified: true };
    expect(eventProblem(evolutions, { type: 'task.completed', data })).toContain('evidence');
    const inherited = Object.create({ scope: 'a', holder: 'b' }) as object;
    expect(eventProblem(evolutions, { type: 'lock.expired', data: inherited })).toContain('scope');
  });

  it('may hold event types and fields that nobody here knows', () => {
    expect(eventProblem(evolutions, { type: 'task.painted', data: { colour: 5 } })).toBeNull();
    expect(
      eventProblem(evolutions, { type: 'task.unblocked', data: { task: 'x', colour: 5 } }),
    ).toBeNull();
  });

  it('are named by commit, line, seq and the last good commit', async () => {
    const commits = await everything();
    const at = commits.findIndex(({ batch }) => batch.includes('task.added'));
    const found = commits[at];
    if (found === undefined) throw new Error('a task was added');
    const forged = {
      ...found,
      batch: found.batch.replace('"title":"one","description"', '"title":1,"description"'),
    };
    const fault = faultOf([...commits.slice(0, at), forged]);
    const [record] = decodeBatch(found.batch, found.oid);
    expect(fault.code).toBe('log-corrupt');
    const [parent] = found.parents;
    expect(fault.data).toEqual({
      ...{ commit: found.oid, path: 'batch.ndjson', parent, line: 1, seq: record?.seq },
    });
    expect(fault.message).toContain(
      `seq ${record?.seq ?? ''}: task.added: \`title\` is not a text`,
    );
    expect(fault.message).toContain(`back to ${parent ?? ''}`);
  });

  it.each<[string, Partial<Times>, string, RegExp]>([
    [
      'before the last record here',
      { before: '2026-11-21T12:00:00.001Z' },
      'log-corrupt',
      /before/,
    ],
    ['that no clock shows yet', { now: '2026-11-20T11:54:59.999Z' }, 'log-ahead', /300 s ahead of/],
  ])('are refused with a time %s', async (_name, times, code, reason) => {
    const [first, ...rest] = await everything();
    if (first === undefined) throw new Error('there is a genesis');
    const fault = faultOf([first, ...rest], { ...later, ...times });
    expect([fault.code, fault.data['commit'], fault.data['line']]).toEqual([code, first.oid, 1]);
    expect(fault.message).toMatch(reason);
    const allowed = { before: '2026-11-20T12:00:00.000Z', now: '2026-11-20T11:55:00.000Z' };
    expect(() => inspectTimes([first], allowed)).not.toThrow();
  });

  it('are refused when times run backwards among themselves, within a batch too', async () => {
    const commits = await everything();
    const last = commits.at(-1);
    if (last === undefined) throw new Error('there is a log');
    const back = {
      ...last,
      batch: last.batch.replace(/"at":"[^"]*"/, '"at":"2026-11-20T12:00:00.000Z"'),
    };
    expect(faultOf([...commits.slice(0, -1), back])).toMatchObject({ code: 'log-corrupt' });
    const twice = { ...last, batch: `${last.batch}${back.batch}` };
    const second = last.batch.split('\n').length;
    expect(faultOf([twice])).toMatchObject({ code: 'log-corrupt', data: { line: second } });
  });

  it('are refused when a record is not as the format says', async () => {
    const commits = await everything();
    const [first] = commits;
    if (first === undefined) throw new Error('there is a genesis');
    const forged = { ...first, batch: first.batch.replace(/"at":"[^"]*"/, '"at":"zzzz"') };
    const fault = faultOf([forged]);
    expect([fault.code, fault.data['commit'], fault.data['line']]).toEqual([
      ...['log-corrupt', first.oid, 1],
    ]);
    expect(fault.message).toContain('`at` is not a time');
  });
});
