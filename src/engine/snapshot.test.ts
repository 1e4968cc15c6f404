// A fold begun at a snapshot must be the fold of the log, wherever on the log the snapshot was made.
import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { present } from '../kernel/assert.ts';
import { memoryStore } from '../log/memory-store.ts';
import { parseMessage } from '../log/message.ts';
import type { NewSnapshot, Snapshot, SnapshotShelf } from '../log/snapshot.ts';
import type { LogStore } from '../log/store.ts';
import { takeCheckpoint } from './checkpoint.ts';
import { applyCommit, emptyFold } from './fold.ts';
import type { Fold } from './fold.ts';
import { answeringProjection } from './snapshot.ts';
import type { AnsweringProjection } from './snapshot.ts';

interface Kept {
  readonly shelf: SnapshotShelf;
  last: NewSnapshot | null;
  removed: number;
}

/** A shelf that keeps paths and changed texts as a file does; the rest comes from the log. */
async function shelfFor(store: LogStore): Promise<Kept> {
  const checkpoints = new Map<string, ReadonlyMap<string, string>>();
  const { commits } = await store.read({ commitsMax: 10_000 });
  for (const { oid, message } of commits) {
    if (parseMessage(message, oid).tail === 0) checkpoints.set(oid, await store.checkpoint(oid));
  }
  const whole = (kept: NewSnapshot): Snapshot => {
    const ofBase = checkpoints.get(kept.base ?? '');
    const text = (path: string): string =>
      kept.changed.get(path) ?? kept.copied.get(path) ?? ofBase?.get(path) ?? '';
    return { ...kept, files: new Map(kept.paths.map((path) => [path, text(path)])) };
  };
  const kept: Kept = {
    last: null,
    removed: 0,
    shelf: {
      read: () => (kept.last === null ? null : whole(kept.last)),
      keep: (snapshot) => (kept.last = snapshot),
      remove: () => {
        kept.last = null;
        kept.removed += 1;
      },
    },
  };
  return kept;
}

/** The same store as it was when a commit was its head. */
function storeAt(store: LogStore, head: string): LogStore {
  return {
    ...store,
    head: () => Promise.resolve(head),
    read: (range) => store.read({ from: head, ...range }),
  };
}

function questions({ engine }: MemoryEngine, store: LogStore, kept: Kept): AnsweringProjection {
  return answeringProjection(store, engine.evolutions, engine.clock, kept.shelf);
}

/** All of a fold as text: with nothing to go on from, a checkpoint is written whole. */
function filesOf(fold: Fold): Record<string, string> {
  fold.shelf = null;
  return Object.fromEntries(takeCheckpoint(fold).files);
}

/** Work of two agents: messages that are read much later, tasks that are finished out of order. */
async function work(memory: MemoryEngine, commands: number): Promise<void> {
  await memory.join('ada', 'bob');
  for (let n = 1; n <= commands; n += 1) {
    const old = Math.max(1, Math.floor(n / 9));
    if (n % 3 === 0) await memory.say('ada', 'task.add', { title: `task ${n}` });
    else if (n % 7 === 0) await memory.say('bob', 'task.claim', { id: `T-${old}` });
    else if (n % 11 === 0) await memory.say('bob', 'task.done', { id: `T-${old - 1}` });
    else if (n % 5 === 0) await memory.say('bob', 'message.read', { message: `M-${old}` });
    else await memory.say('ada', 'message.send', { to: 'bob', subject: `subject ${n}` });
  }
}

async function worked(commands: number): Promise<{ memory: MemoryEngine; oids: string[] }> {
  const memory = await MemoryEngine.open(memoryStore());
  await work(memory, commands);
  const { commits } = await memory.engine.store.read({ commitsMax: 10_000 });
  return { memory, oids: commits.map(({ oid }) => oid) };
}

describe('a fold for questions', () => {
  it.each([1, 17, 23, 40])('is that of the log when asked every %i commits', async (step) => {
    const { memory, oids } = await worked(420);
    const { store, evolutions, clock } = memory.engine;
    const kept = await shelfFor(store);
    const fold = emptyFold(evolutions);
    let fromSnapshot = 0;
    for (const [index, oid] of oids.entries()) {
      const [commit] = (await store.read({ from: oid, commitsMax: 1 })).commits;
      applyCommit(fold, evolutions, present(commit, oid), (bytes) => clock.sha256(bytes));
      if (index % step !== 0) continue;
      const before = { ...kept };
      const projection = questions(memory, storeAt(store, oid), kept);
      const answering = await projection.load();
      const isFromSnapshot = before.last !== null && kept.removed === before.removed;
      fromSnapshot += isFromSnapshot ? 1 : 0;
      expect(isFromSnapshot && answering.shelf !== null).toBe(false);
      projection.keep();
      expect(answering.position).toEqual(fold.position);
      expect(answering.tailBytes).toBe(fold.tailBytes);
      expect(filesOf(answering)).toEqual(filesOf(fold));
    }
    expect(fromSnapshot).toBeGreaterThan(3);
    expect(kept.removed).toBeGreaterThan(0);
  });

  it('keeps nothing where folding again takes less time than writing', async () => {
    const { memory, oids } = await worked(60);
    const kept = await shelfFor(memory.engine.store);
    for (const [commits, isKept] of [
      // The first commit carries a checkpoint itself.
      [16, false],
      [17, true],
    ] as const) {
      const store = storeAt(memory.engine.store, oids[commits - 1] ?? '');
      const projection = questions(memory, store, kept);
      await projection.load();
      projection.keep();
      expect([commits, kept.last !== null]).toEqual([commits, isKept]);
    }
  });

  it('goes by the log where the snapshot is of another line, and removes it', async () => {
    const [one, other] = [await worked(40), await worked(30)];
    const kept = await shelfFor(one.memory.engine.store);
    const first = questions(one.memory, one.memory.engine.store, kept);
    await first.load();
    first.keep();
    const foreign = kept.last?.position.oid ?? '';
    await other.memory.say('ada', 'task.add', { title: 'only here' });
    expect(
      (await other.memory.engine.store.read({ commitsMax: 99 })).commits.map(({ oid }) => oid),
    ).not.toContain(foreign);
    const fold = await questions(other.memory, other.memory.engine.store, kept).load();
    expect(fold.position).toEqual((await other.memory.engine.projection.load()).position);
    expect(kept).toMatchObject({ last: null, removed: 1 });
  });

  it('stands for all of a log whose checkpoints are of an older reducer', async () => {
    const { memory, oids } = await worked(150);
    const { store } = memory.engine;
    const kept = await shelfFor(store);
    const checkpoint: LogStore['checkpoint'] = async (oid) => {
      const files = await store.checkpoint(oid);
      const meta = files.get('checkpoint/meta.json') ?? '';
      return new Map([
        ...files,
        ['checkpoint/meta.json', meta.replace(/"reducer":\d+/, '"reducer":0')],
      ]);
    };
    const old = { ...store, checkpoint };
    const first = questions(memory, storeAt(old, oids.at(-20) ?? ''), kept);
    await first.load();
    first.keep();
    expect(kept.last?.base).toBeNull();
    const second = questions(memory, old, kept);
    const fold = await second.load();
    second.keep();
    expect(kept).toMatchObject({ removed: 0, last: { base: null, position: fold.position } });
    const third = await questions(memory, old, kept).load();
    expect(filesOf(third)).toEqual(filesOf(await memory.another().engine.projection.load()));
  });

  it('is believed by questions and never by what decides', async () => {
    const { memory } = await worked(40);
    const { store } = memory.engine;
    const kept = await shelfFor(store);
    const first = questions(memory, store, kept);
    await first.load();
    first.keep();
    const path = 'checkpoint/agent.json';
    const made = present(kept.last, 'a snapshot was kept');
    const text = made.changed.get(path)?.replaceAll('bob', 'eve') ?? '';
    kept.last = { ...made, changed: new Map([...made.changed, [path, text]]) };
    const namesIn = (fold: Fold): string =>
      JSON.stringify([
        ...(fold.states.get('agent') as { byName: Map<string, unknown> }).byName.keys(),
      ]);
    expect(namesIn(await questions(memory, store, kept).load())).toBe('["ada","eve"]');
    expect(namesIn(await memory.another().engine.projection.load())).toBe('["ada","bob"]');
  });
});
