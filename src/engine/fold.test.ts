// The fold: the same state from the genesis as from a checkpoint and its tail, and a loud stop at what is broken.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { present } from '../kernel/assert.ts';
import { limits } from '../kernel/limits.ts';
import { memoryStore } from '../log/memory-store.ts';
import { parseMessage } from '../log/message.ts';
import { decodeBatch, encodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogCommit, LogStore } from '../log/store.ts';
import { prepare } from './draft.ts';
import { applyCommit, applyRecord, emptyFold } from './fold.ts';
import type { Fold } from './fold.ts';
import { projectionOf } from './project.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

let store: LogStore;
let memory: MemoryEngine;
beforeEach(async () => {
  store = memoryStore();
  memory = await MemoryEngine.open(store);
  await memory.join('ada', 'bob');
});

async function wholeLog(): Promise<readonly LogCommit[]> {
  return (await store.read({ commitsMax: 10_000 })).commits;
}

function foldAll(commits: readonly LogCommit[]): Fold {
  const { evolutions } = memory.engine;
  const fold = emptyFold(evolutions);
  for (const commit of commits) applyCommit(fold, evolutions, commit, sha256);
  return fold;
}

/** What a fold says; the bytes of the last checkpoint are only known to who read it. */
function told({ position, log, repository, states, seen, unknown }: Fold): object {
  const keys = seen.parts().map((part) => seen.part(part));
  return { position, log, repository, states: new Map(states), keys, unknown };
}

async function coldFold(): Promise<Fold> {
  const { evolutions, clock } = memory.engine;
  return projectionOf(store, evolutions, clock).load();
}

/** Appends records that no operation made, as a newer version of coord would. */
async function appendForeign(change: (last: LogRecord) => Partial<LogRecord>): Promise<LogRecord> {
  const { engine } = memory;
  const fold = await engine.projection.load();
  const last = present((await wholeLog()).at(-1), 'a log');
  const before = present(decodeBatch(last.batch, last.oid).at(-1), 'a record');
  const seq = before.seq + 1;
  const id = `01a1f954-9eba-70f0-98c5-3109382${String(seq).padStart(5, '0')}`;
  const record = { ...before, seq, id, ...change(before) };
  applyRecord(fold, engine.evolutions, record);
  const { draft } = prepare(fold, [record], { ...engine, board: () => '' });
  const appended = await store.append(draft, last.oid);
  expect(appended.ok).toBe(true);
  engine.projection.forget();
  return record;
}

describe('a checkpoint', () => {
  it('comes with the genesis and with every 97th commit after it', async () => {
    for (let index = 0; index < 2 * 97; index += 1) {
      await memory.say('ada', 'task.add', { title: `t${index}` });
    }
    const tails = (await wholeLog()).map(({ message, oid }) => parseMessage(message, oid).tail);
    expect(tails).toHaveLength(3 + 2 * 97);
    expect(tails.slice(0, 99)).toEqual([...Array(97).keys(), 0, 1]);
    expect(tails.every((tail, index) => tail === index % 97)).toBe(true);
    expect(told(await coldFold())).toEqual(told(foldAll(await wholeLog())));
  });

  it('comes earlier when the tail has more bytes than its bound', async () => {
    const body = 'x'.repeat(20_000);
    for (let index = 0; index < 8; index += 1) {
      const input = { to: 'bob', subject: `s${index}`, body };
      expect(await memory.say('ada', 'message.send', input)).toMatchObject({ ok: true });
    }
    const commits = await wholeLog();
    const tails = commits.map(({ message, oid }) => parseMessage(message, oid).tail);
    const again = tails.lastIndexOf(0);
    expect(again).toBeGreaterThan(0);
    const bytes = commits.slice(1, again).reduce((sum, { batch }) => sum + batch.length, 0);
    expect(bytes).toBeLessThanOrEqual(limits.tailBytesMin);
    expect(told(await coldFold())).toEqual(told(foldAll(commits)));
  });

  it('and its tail say what the whole log says, for any commands', async () => {
    const names = fc.constantFrom('ada', 'bob', 'git:anna');
    const numbers = fc.integer({ min: 1, max: 6 });
    const commands = fc.oneof(
      fc.tuple(names, fc.constant('task.add'), fc.record({ title: fc.constantFrom('a', 'ü') })),
      fc.tuple(names, fc.constant('task.claim'), fc.record({ id: numbers.map((n) => `T-${n}`) })),
      fc.tuple(names, fc.constant('task.done'), fc.record({ id: numbers.map((n) => `T-${n}`) })),
      fc.tuple(
        ...([names, fc.constant('lock.acquire')] as const),
        fc.record({ scope: fc.constantFrom('src/**', 'src/a', '@x').map((scope) => [scope]) }),
      ),
      fc.tuple(
        ...([names, fc.constant('lock.release')] as const),
        fc.record({ scope: fc.constantFrom('src/**', 'src/a', '@x').map((scope) => [scope]) }),
      ),
      fc.tuple(
        ...([names, fc.constant('message.send')] as const),
        fc.record({ to: fc.constantFrom('bob', 'all'), subject: fc.constant('s') }),
      ),
    );
    const runs = fc.array(fc.tuple(commands, fc.integer({ min: 0, max: 5000 })), {
      ...{ minLength: 100, maxLength: 130 },
    });
    const accepted = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(runs, async (run) => {
        store = memoryStore();
        memory = await MemoryEngine.open(store);
        await memory.join('ada', 'bob');
        let unixMs = Date.parse('2026-11-20T12:00:00.000Z');
        for (const [[actor, op, input], seconds] of run) {
          unixMs += seconds * 1000;
          memory.setNow(new Date(unixMs).toISOString());
          const { ok } = await memory.say(actor, op, input);
          if (ok) accepted.set(op, (accepted.get(op) ?? 0) + 1);
        }
        const [warm, cold] = [await memory.engine.projection.load(), await coldFold()];
        const whole = foldAll(await wholeLog());
        expect(told(cold)).toEqual(told(whole));
        expect(told(warm)).toEqual(told(whole));
      }),
      { numRuns: 12 },
    );
    expect(accepted.size).toBe(6);
    expect([...accepted.values()].every((count) => count > 5)).toBe(true);
  });
});

describe('what this version does not know', () => {
  it('is carried and counted, before and after a checkpoint, and changes nothing', async () => {
    const before = JSON.stringify([...(await memory.engine.projection.load()).states.keys()]);
    const added = await appendForeign(() => ({
      ...{ op: 'weather.tell', zeal: 9 },
      events: [
        { type: 'weather.told', data: { sky: 'blue' } },
        { type: 'weather.told', data: {} },
      ],
    }));
    expect((await coldFold()).unknown).toEqual(new Map([['weather.told', 2]]));
    for (let index = 0; index < 100; index += 1) {
      expect(await memory.say('ada', 'task.add', { title: `t${index}` })).toMatchObject({
        ok: true,
      });
    }
    const fold = await coldFold();
    expect(fold.unknown).toEqual(new Map([['weather.told', 2]]));
    expect(JSON.stringify([...fold.states.keys()])).toBe(before);
    const commits = await wholeLog();
    expect(commits.some(({ batch }) => batch === encodeBatch([added]))).toBe(true);
  });

  it('cannot rename the log', async () => {
    await appendForeign(() => ({
      events: [{ type: 'log.created', data: { log: 'another', repository: 'x' } }],
    }));
    expect(await coldFold()).toMatchObject({ log: memory.log, repository: 'o/r' });
    expect(await memory.say('ada', 'task.add', { title: 'still' })).toMatchObject({ ok: true });
  });
});

describe('a commit that does not continue the fold', () => {
  type Break = (commit: LogCommit) => LogCommit;
  const inBatch =
    (pattern: RegExp | string, text: string): Break =>
    (commit) => ({ ...commit, batch: commit.batch.replace(pattern, text) });

  it.each<[string, Break, string]>([
    ['a changed byte', inBatch('codex', 'codey'), 'the chain does not fit'],
    ['a gap', inBatch(/"seq":\d+/, '"seq":99'), 'seq 99 stands where 4 belongs'],
    ['time', inBatch(/"at":"2026/, '"at":"2025'), 'the time of seq 4 goes backwards'],
    ['a cut', (commit) => ({ ...commit, batch: commit.batch.slice(0, 90) }), 'is cut off'],
    ['no message', (commit) => ({ ...commit, message: 'x\n' }), 'no complete trailers'],
    [
      'trailers',
      (commit) => ({ ...commit, message: commit.message.replace(/Seq: \d+/, 'Seq: 5') }),
      'its trailers do not fit its records',
    ],
  ])('%s: is told by commit, and changes nothing', async (_name, breakIt, problem) => {
    await memory.say('ada', 'task.add', { title: 'codex' });
    const commits = await wholeLog();
    const fold = foldAll(commits.slice(0, -1));
    const before = structuredClone(told(fold));
    const broken = breakIt(present(commits.at(-1), 'a commit'));
    expect(() => applyCommit(fold, memory.engine.evolutions, broken, sha256)).toThrow(
      expect.objectContaining({
        code: 'log-corrupt',
        message: expect.stringContaining(problem) as string,
      }),
    );
    expect(() => applyCommit(fold, memory.engine.evolutions, broken, sha256)).toThrow(broken.oid);
    expect(structuredClone(told(fold))).toEqual(before);
  });
});
