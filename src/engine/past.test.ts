// The state at every point of a log is what a fold of the records up to there gives, wherever the checkpoints lie.
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { parsePoint } from '../kernel/point.ts';
import { memoryStore } from '../log/memory-store.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogCommit, LogStore } from '../log/store.ts';
import { stateText } from './checkpoint-json.ts';
import { applyRecord, emptyFold } from './fold.ts';
import type { Fold } from './fold.ts';
import { pastAt } from './past.ts';

let memory: MemoryEngine;
let records: { readonly record: LogRecord; readonly oid: string }[] = [];

const timeOf = (minute: number): string =>
  new Date(Date.parse('2026-11-20T12:00:00.000Z') + minute * 60_000).toISOString();

/** The commit of this number carries the second checkpoint. */
const checkpointAt = 97;

/** 210 commits, some of several records, a minute each; checkpoints at the genesis and twice after. */
beforeAll(async () => {
  memory = await MemoryEngine.open(memoryStore());
  await memory.join('ada', 'bob');
  for (let n = 3; n <= 210; n += 1) {
    memory.setNow(timeOf(n));
    const wishes = Array.from(
      { length: n % 5 === 0 || n === checkpointAt ? 3 : 1 },
      (_each, index) =>
        n % 2 === 0
          ? memory.request('ada', 'task.add', { title: `task ${n}.${index}` })
          : memory.request('bob', 'message.send', { to: 'ada', subject: `subject ${n}.${index}` }),
    );
    await memory.execute(...wishes);
  }
  const { commits } = await memory.engine.store.read({ commitsMax: 1000 });
  records = commits.flatMap(({ batch, oid }) =>
    decodeBatch(batch, oid).map((record) => ({ record, oid })),
  );
});

function statesOf(fold: Fold): Record<string, string> {
  return Object.fromEntries(
    [...fold.states].map(([name, state]) => {
      const items = Object.values(state).flatMap((value) =>
        value instanceof Map ? [...value] : [],
      );
      return [name, `${stateText(state)}${JSON.stringify(items)}`];
    }),
  );
}

function foldedTo(seq: number): Fold {
  const { evolutions } = memory.engine;
  const fold = emptyFold(evolutions);
  for (const { record } of records.slice(0, seq)) applyRecord(fold, evolutions, record);
  return fold;
}

async function at(text: string, store: LogStore = memory.engine.store) {
  const point = parsePoint(text);
  if (point === null) throw new Error(`${text} is no point`);
  const past = await pastAt(point, await memory.engine.projection.load(), {
    ...memory.engine,
    store,
  });
  if ('ok' in past) throw new Error(`${past.code}: ${past.message}`);
  return past;
}

describe('the past', () => {
  it.each([1, 2, 3, 5, 6, 7, 95, 131, 132, 133, 134, 200, 250, 290])('at seq %i', async (seq) => {
    const { fold, now } = await at(String(seq));
    expect(fold.position).toMatchObject({ seq, oid: records[seq - 1]?.oid });
    expect(now).toBe(records[seq - 1]?.record.at);
    expect(statesOf(fold)).toEqual(statesOf(foldedTo(seq)));
  });

  it('in the middle of a commit that carries a checkpoint', async () => {
    const { commits } = await memory.engine.store.read({ commitsMax: 1000 });
    const commit = commits[checkpointAt];
    expect(commit?.message).toContain('Coord-Tail: 0');
    const seq = records.findIndex(({ oid }) => oid === commit?.oid) + 2;
    const { fold } = await at(String(seq));
    expect(fold.position).toMatchObject({ seq, oid: commit?.oid });
    expect(statesOf(fold)).toEqual(statesOf(foldedTo(seq)));
  });

  it('at a time is what the last record until then left, judged by that time', async () => {
    const asked = timeOf(100).replace('00.000Z', '30.000Z');
    const { fold, now } = await at(asked);
    const last = records.filter(({ record }) => record.at <= asked).at(-1);
    expect([fold.position?.seq, now]).toEqual([last?.record.seq, asked]);
    expect(statesOf(fold)).toEqual(statesOf(foldedTo(last?.record.seq ?? 0)));
  });

  it('at a commit is what all of its records left', async () => {
    const oids = new Map(records.map(({ oid }, index) => [oid, index + 1]));
    const renamed = renamedStore(memory.engine.store);
    for (const [oid, seq] of [...oids].filter((_each, index) => index % 23 === 0)) {
      const { fold } = await at(nameOf(oid).slice(0, 12), renamed);
      expect(fold.position?.seq).toBe(seq);
    }
  });

  it.each([
    ['9999', 'seq 9999'],
    ['2020-01-01', '2020-01-01T00:00:00.000Z'],
    ['2099-01-01', '2099-01-01T00:00:00.000Z'],
    ['abcdef1', 'commit abcdef1'],
  ])('has nothing at %s', async (text, named) => {
    await expect(at(text)).rejects.toThrow(`point-unknown: The log has nothing at ${named}`);
  });

  it('before what is here is a fault, not a guess', async () => {
    const { store } = memory.engine;
    const { commits } = await store.read({ commitsMax: 20 });
    const known = new Set(commits.map(({ oid }) => oid));
    const short: LogStore = {
      ...store,
      read: async (range) => {
        const result = await store.read(range);
        const here = result.commits.filter(({ oid }) => known.has(oid));
        return { ...result, commits: here, isComplete: false };
      },
    };
    await expect(at('120', short)).rejects.toMatchObject({ code: 'past-not-here' });
  });
});

const nameOf = (oid: string): string => createHash('sha1').update(oid).digest('hex');

/** Commits of the store in memory have names of their own; here they are called as git would. */
function renamedStore(store: LogStore): LogStore {
  const plain = new Map(records.map(({ oid }) => [nameOf(oid), oid]));
  const renamed = (commit: LogCommit): LogCommit => ({
    ...commit,
    oid: nameOf(commit.oid),
    parents: commit.parents.map(nameOf),
  });
  return {
    ...store,
    read: async ({ from, ...range }) => {
      const given = from === undefined ? {} : { from: plain.get(from) ?? '' };
      const result = await store.read({ ...range, ...given });
      return { ...result, commits: result.commits.map(renamed) };
    },
    checkpoint: (oid) => store.checkpoint(plain.get(oid) ?? ''),
  };
}
