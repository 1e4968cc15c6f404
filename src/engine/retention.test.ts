// What came to rest long ago leaves the state with a checkpoint, for every reader at the same point; what is owed stays.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import type { Messages } from '../concepts/message/message.ts';
import type { Tasks } from '../concepts/task/task.ts';
import { parseMessage } from '../log/message.ts';
import { applyCommit, emptyFold } from './fold.ts';
import type { Fold } from './fold.ts';
import { projectionOf } from './project.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const start = Date.parse('2026-11-20T12:00:00.000Z');
const day = 86_400_000;

function at(memory: MemoryEngine, days: number): void {
  memory.setNow(new Date(start + days * day).toISOString());
}

/** Commands enough for a checkpoint. */
async function pass(memory: MemoryEngine): Promise<void> {
  for (let n = 0; n < 97; n += 1)
    await memory.say('ada', 'lock.acquire', { scope: [`@lock-${n % 5}`] });
}

function kept(fold: Fold): { tasks: string[]; messages: string[] } {
  const tasks = fold.states.get('task') as Tasks;
  const messages = fold.states.get('message') as Messages;
  return {
    tasks: [...tasks.byId.values()].map(({ title }) => title),
    messages: [...messages.byId.values()].map(({ subject }) => subject),
  };
}

/** A state with all of its parts opened. */
function plain(state: object | undefined): object {
  const members = Object.entries(state ?? {}).map(([name, value]) => [
    name,
    value instanceof Map ? new Map(value as Map<unknown, unknown>) : (value as unknown),
  ]);
  return Object.fromEntries(members) as object;
}

async function wholeAndCold(memory: MemoryEngine): Promise<Fold> {
  const { store, evolutions, clock } = memory.engine;
  const whole = emptyFold(evolutions);
  const { commits } = await store.read({ commitsMax: 10_000 });
  for (const commit of commits) applyCommit(whole, evolutions, commit, sha256);
  const cold = await projectionOf(store, evolutions, clock).load();
  const warm = await memory.engine.projection.load();
  for (const [name, state] of whole.states) {
    expect([name, plain(cold.states.get(name))]).toEqual([name, plain(state)]);
    expect([name, plain(warm.states.get(name))]).toEqual([name, plain(state)]);
  }
  return cold;
}

async function story(policy = 'version: 1\n'): Promise<MemoryEngine> {
  const memory = await MemoryEngine.open();
  memory.setPolicy(policy);
  await memory.join('ada', 'bob');
  await memory.say('ada', 'task.add', { title: 'finished early' });
  await memory.say('ada', 'task.add', { title: 'finished, still waited for' });
  await memory.say('ada', 'task.add', { title: 'open', after: ['T-2'] });
  await memory.say('ada', 'task.add', { title: 'finished late' });
  for (const id of ['T-1', 'T-2']) {
    await memory.say('ada', 'task.claim', { id });
    await memory.say('ada', 'task.done', { id, evidence: ['abc1234'] });
  }
  const send = (subject: string, more: object): Promise<unknown> =>
    memory.say('ada', 'message.send', { to: 'bob', subject, ...more });
  await send('read early', {});
  await send('never read', {});
  await send('read, not acknowledged', { ackRequired: true });
  await send('acknowledged', { ackRequired: true });
  await send('expired unread', { expires: '2d' });
  for (const message of ['M-1', 'M-3', 'M-4']) await memory.say('bob', 'message.read', { message });
  await memory.say('bob', 'message.ack', { message: 'M-4' });
  at(memory, 25);
  await memory.say('ada', 'task.claim', { id: 'T-4' });
  await memory.say('ada', 'task.done', { id: 'T-4' });
  return memory;
}

describe('retention', () => {
  it('lets go of closed tasks after 30 days and of messages at rest after 14', async () => {
    const memory = await story();
    await pass(memory);
    expect(kept(await wholeAndCold(memory))).toEqual({
      tasks: ['finished early', 'finished, still waited for', 'open', 'finished late'],
      messages: ['never read', 'read, not acknowledged'],
    });
    at(memory, 40);
    await pass(memory);
    const fold = await wholeAndCold(memory);
    expect(kept(fold).tasks).toEqual(['finished, still waited for', 'open', 'finished late']);
    // What is counted is all that ever was.
    expect((fold.states.get('task') as Tasks).closed.completed).toBe(3);
  });

  it('is what the policy in force says, and the commit says what that was', async () => {
    const memory = await story('version: 1\nretention: { closedTasks: 1d, ackedMessages: 100d }\n');
    await pass(memory);
    expect(kept(await wholeAndCold(memory))).toEqual({
      tasks: ['finished, still waited for', 'open', 'finished late'],
      messages: [
        'read early',
        'never read',
        'read, not acknowledged',
        'acknowledged',
        'expired unread',
      ],
    });
    const { commits } = await memory.engine.store.read({ commitsMax: 10_000 });
    const said = commits.map(({ message, oid }) => parseMessage(message, oid));
    const last = said.findLast(({ tail }) => tail === 0);
    expect(last?.kept).toEqual({
      tasksSince: new Date(start + 24 * day).toISOString(),
      messagesSince: new Date(start - 75 * day).toISOString(),
    });
    expect(said.filter(({ tail, kept: of }) => tail !== 0 && of !== undefined)).toEqual([]);
  });

  it('says of a task that it let go of what to do', async () => {
    const memory = await story();
    at(memory, 40);
    await pass(memory);
    expect(await memory.say('ada', 'task.add', { title: 'next', after: ['T-1'] })).toMatchObject({
      ok: false,
      code: 'dependency-unknown',
      message: expect.stringMatching(/T-1.*closed long ago/) as string,
    });
  });
});
