// What a reader takes on trust: a checkpoint that leaves something out, and a log that was rewritten.
import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { locks } from '../concepts/lock/lock.ts';
import type { Locks } from '../concepts/lock/lock.ts';
import { present } from '../kernel/assert.ts';
import { memoryStore } from '../log/memory-store.ts';
import type { LogStore, Provenance } from '../log/store.ts';
import { prepare } from './draft.ts';
import { applyRecord } from './fold.ts';
import type { Fold } from './fold.ts';
import { judging, projectionOf } from './project.ts';

function heldIn(fold: Fold): string[] {
  return [...(fold.states.get(locks.name) as Locks).held.values()].map(({ scope }) => scope);
}

/** A log with one lock, and on top a commit whose checkpoint leaves the lock out. */
async function withForgedCheckpoint(provenance: Provenance): Promise<MemoryEngine> {
  const memory = await MemoryEngine.open(memoryStore(provenance));
  await memory.join('codex');
  await memory.say('codex', 'lock.acquire', { scope: ['src/**'] });
  const { store, projection, evolutions, clock } = memory.engine;
  const fold = await projection.load();
  const position = present(fold.position, 'the log is created');
  const { intent, auth } = memory.request('git:anna', 'task.add', { title: 'harmless' });
  const record = { ...intent, auth, seq: position.seq + 1, at: position.at, policy: 'none' };
  const made = { ...record, events: [] };
  applyRecord(fold, evolutions, made);
  (fold.states.get(locks.name) as Locks).held.clear();
  fold.position = { ...position, tail: 96 };
  const { draft } = prepare(fold, [made], { clock, evolutions, board: () => '' });
  expect([...draft.files.keys()]).toContain('checkpoint/lock.json');
  await store.append(draft, position.oid);
  return memory;
}

describe('a checkpoint that leaves a lock out', () => {
  it.each<[Provenance, string[]]>([
    ['elsewhere', ['src/**']],
    ['here', []],
    ['github', []],
  ])('written %s is judged by %j', async (provenance, held) => {
    const { store, evolutions, clock } = (await withForgedCheckpoint(provenance)).engine;
    const judged = await projectionOf(store, evolutions, clock, judging).load();
    expect(heldIn(judged)).toEqual(held);
    // For doing every checkpoint is believed: `coord verify` is what finds a wrong one.
    expect(heldIn(await projectionOf(store, evolutions, clock).load())).toEqual([]);
  });
});

describe('a log that no longer continues what was read', () => {
  it('is a fault for who expects it only to grow, at every reading', async () => {
    const first = await MemoryEngine.open();
    const second = await MemoryEngine.open();
    await first.join('codex', 'opus');
    let shown: LogStore = first.engine.store;
    const store: LogStore = {
      ...shown,
      head: () => shown.head(),
      read: (range) => shown.read(range),
      checkpoint: (oid) => shown.checkpoint(oid),
    };
    const { evolutions, clock } = first.engine;
    const caution = { ...judging, isAppendOnly: true };
    const projection = projectionOf(store, evolutions, clock, caution);
    expect((await projection.load()).position?.seq).toBe(3);
    shown = second.engine.store;
    for (let reading = 0; reading < 2; reading += 1) {
      await expect(projection.load()).rejects.toMatchObject({ code: 'log-forked' });
    }
    projection.forget();
    await expect(projection.load()).rejects.toMatchObject({ code: 'log-forked' });
  });
});

describe('a checkpoint of another reducer', () => {
  /** The fold of a reader of a log whose checkpoints all say `reducer`. */
  async function readingAs(reducer: number): Promise<Fold> {
    const memory = await MemoryEngine.open();
    await memory.join('codex');
    await memory.say('codex', 'task.add', { title: 'kept' });
    const { store, evolutions, clock } = memory.engine;
    const checkpoint: LogStore['checkpoint'] = async (oid) => {
      const files = new Map(await store.checkpoint(oid));
      const meta = JSON.parse(files.get('checkpoint/meta.json') ?? '') as object;
      return files.set('checkpoint/meta.json', JSON.stringify({ ...meta, reducer }));
    };
    return projectionOf({ ...store, checkpoint }, evolutions, clock).load();
  }

  it('that is older is not read: the whole log is folded anew', async () => {
    const fold = await readingAs(1);
    expect(fold.position?.seq).toBe(3);
    expect((fold.states.get('task') as { lastNumber: number }).lastNumber).toBe(1);
  });

  it('that is newer is a fault that says what to install', async () => {
    await expect(readingAs(99)).rejects.toThrow(/written by reducer 99.*Install the newer coord/);
  });
});
