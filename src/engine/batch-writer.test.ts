// Many senders, few commits: who is answered what, and what happens when a batch does not come through.
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { SimulatedClock } from '../../test/simulated-clock.ts';
import { Fault } from '../kernel/fault.ts';
import { memoryStore } from '../log/memory-store.ts';
import type { AppendResult, LogStore } from '../log/store.ts';
import { paceOf } from './batch-window.ts';
import { BatchWriter } from './batch-writer.ts';
import type { Request } from './decide.ts';
import type { Engine } from './execute.ts';

let clock: SimulatedClock;
let store: LogStore;
let memory: MemoryEngine;
/** What the next appends come to instead; `lost` is written and then told as unknown. */
let trouble: ('stale' | 'lost' | Error)[];

async function troubled(append: () => Promise<AppendResult>): Promise<AppendResult> {
  const next = trouble.shift();
  if (next === undefined) return append();
  if (next instanceof Error) throw next;
  if (next === 'stale') return { ok: false, reason: 'stale' };
  await append();
  return { ok: false, reason: 'unknown', message: 'no answer' };
}

beforeEach(async () => {
  clock = new SimulatedClock();
  const inner = memoryStore();
  store = { ...inner, append: (draft, expected) => troubled(() => inner.append(draft, expected)) };
  trouble = [];
  memory = await MemoryEngine.open(store);
  await memory.join('a', 'b', 'c');
});

function writerFor(engine: Partial<Engine> = {}): BatchWriter {
  return new BatchWriter({ ...memory.engine, clock, ...engine }, paceOf(6));
}

function message(from: string, subject: string): Request {
  return memory.request(from, 'message.send', { to: 'all', subject });
}

async function commits(): Promise<number> {
  return (await store.read({ commitsMax: 1000 })).commits.length;
}

/** Lets time go on until it is settled. */
async function settled<Value>(work: Promise<Value>): Promise<Value> {
  let isDone = false;
  const end = work.finally(() => (isDone = true));
  end.catch(() => undefined);
  await clock.run(() => isDone);
  return end;
}

it('writes what is sent at the same time in one commit, and answers each', async () => {
  const writer = writerFor();
  const before = await commits();
  const sent = [message('a', '1'), message('b', '2'), message('c', '3')];
  const answers = await settled(Promise.all(sent.map((request) => writer.execute([request]))));
  expect((await commits()) - before).toBe(1);
  expect(answers.map(([answer]) => answer?.id)).toEqual(sent.map(({ intent }) => intent.id));
  const seqs = answers.map(([answer]) => (answer?.ok === true ? answer.seq : null));
  expect(seqs).toEqual([seqs[0], (seqs[0] ?? 0) + 1, (seqs[0] ?? 0) + 2]);
  expect(writer.waiting).toBe(0);
});

it('answers a refusal to its sender only, and commits nothing for it alone', async () => {
  const writer = writerFor();
  const before = await commits();
  const bad = memory.request('nobody', 'message.send', { to: 'all', subject: 'x' });
  const [good, refused] = await settled(
    Promise.all([writer.execute([message('a', '1')]), writer.execute([bad])]),
  );
  expect([good[0]?.ok, refused[0]]).toMatchObject([true, { ok: false, code: 'not-joined' }]);
  await settled(writer.execute([bad]));
  expect((await commits()) - before).toBe(1);
});

it('keeps the pace: what comes while it waits goes along', async () => {
  const writer = writerFor();
  const begin = clock.nowMs;
  const times: number[] = [];
  for (let each = 0; each < 4; each += 1) {
    await settled(writer.execute([message('a', `${each}`)]));
    times.push((clock.nowMs - begin) / 1000);
  }
  expect(times).toEqual([0, 0, 0, 10]);
  const before = await commits();
  const sent = Array.from({ length: 40 }, async (_each, index) => {
    await clock.sleep(index * 200);
    return writer.execute([message('b', `${index}`)]);
  });
  await settled(Promise.all(sent));
  expect((clock.nowMs - begin) / 1000).toBe(20);
  expect((await commits()) - before).toBe(1);
});

it('makes several commits of what does not fit into one, spaced, and loses nothing', async () => {
  const writer = writerFor();
  const before = await commits();
  const begin = clock.nowMs;
  const sent = Array.from({ length: 1100 }, (_each, index) =>
    message(index % 2 ? 'a' : 'b', `${index}`),
  );
  const answers = await settled(Promise.all(sent.map((request) => writer.execute([request]))));
  const seqs = answers.map(([answer]) => (answer?.ok === true ? (answer.seq ?? 0) : 0));
  expect(seqs).toEqual([...seqs].sort((left, right) => left - right));
  expect(new Set(seqs).size).toBe(1100);
  const made = (await commits()) - before;
  expect(made).toBeGreaterThan(1);
  expect(clock.nowMs - begin).toBeGreaterThanOrEqual((made - 1) * 10_000);
});

describe('when a commit does not come through', () => {
  it('decides again on the head and answers as if nothing had been', async () => {
    const writer = writerFor();
    trouble = ['stale', 'stale'];
    const [answer] = await settled(writer.execute([message('a', '1')]));
    expect(answer).toMatchObject({ ok: true, isDuplicate: false });
    expect(trouble).toEqual([]);
  });

  it('looks for the command before it writes again', async () => {
    const writer = writerFor();
    const before = await commits();
    trouble = ['lost'];
    const [answer] = await settled(writer.execute([message('a', '1')]));
    expect(answer?.ok).toBe(true);
    expect((await commits()) - before).toBe(1);
  });

  it('tells the fault to everybody in the batch, and goes on with the next', async () => {
    const writer = writerFor();
    trouble = [new Fault('github-refused', 'No.')];
    const first = Promise.allSettled([
      writer.execute([message('a', '1')]),
      writer.execute([message('b', '2')]),
    ]);
    expect((await settled(first)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await settled(writer.execute([message('c', '3')])))[0]?.ok).toBe(true);
  });

  it('lets only the command fail that a bug meets', async () => {
    const writer = writerFor();
    const poison = message('b', 'poison');
    let reads = 0;
    Object.defineProperty(poison.intent, 'op', {
      enumerable: true,
      get: () => {
        reads += 1;
        // The first look is at its size, when it is queued; the bug comes later, in deciding.
        if (reads > 1) throw new Error('a bug');
        return 'message.send';
      },
    });
    const all = [message('a', '1'), message('a', '2'), poison, message('c', '3')];
    const outcomes = await settled(
      Promise.allSettled(all.map((request) => writer.execute([request]))),
    );
    expect(reads).toBeGreaterThan(2);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });
});

it('decides the commands of a lane under the policy of the lane, in a commit of its own', async () => {
  const writer = writerFor();
  const { policy } = await memory.engine.policy();
  const lane = { name: 'other', policy: () => Promise.resolve({ oid: 'f'.repeat(40), policy }) };
  const broken = { policy: () => Promise.reject(new Fault('policy-invalid', 'Broken.')) };
  await settled(
    Promise.all([writer.execute([message('a', '1')]), writer.execute([message('b', '2')], lane)]),
  );
  const { commits: all } = await store.read({ commitsMax: 2 });
  const policies = all.map(({ batch }) => /"policy":"(\w+)"/.exec(batch)?.[1]);
  expect(policies).toEqual(['none', 'f'.repeat(40)]);
  const other = writerFor(broken);
  await expect(settled(other.execute([message('a', '3')]))).rejects.toThrow('Broken.');
  expect((await settled(other.execute([message('a', '4')], lane)))[0]?.ok).toBe(true);
});

it('writes at once what waits when it is drained', async () => {
  const writer = writerFor();
  for (const text of ['1', '2', '3']) await settled(writer.execute([message('a', text)]));
  const begin = clock.nowMs;
  const waiting = writer.execute([message('a', '4')]);
  await Promise.all([waiting, writer.drain()]);
  expect((await waiting)[0]?.ok).toBe(true);
  expect(clock.nowMs).toBe(begin);
});
