// Written part by part or as a whole, by one process or by many, a checkpoint must hold the same files.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { memoryStore } from '../log/memory-store.ts';
import { parseMessage } from '../log/message.ts';
import type { CommitDraft, LogStore } from '../log/store.ts';
import { checkpointSize, takeCheckpoint } from './checkpoint.ts';
import { applyCommit, emptyFold } from './fold.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

interface Told {
  readonly store: LogStore;
  /** The drafts that carried a checkpoint. */
  readonly drafts: CommitDraft[];
}

function tellingStore(): Told {
  const store = memoryStore();
  const drafts: CommitDraft[] = [];
  const append: LogStore['append'] = (draft, expected) => {
    if (draft.files.has('checkpoint/meta.json')) drafts.push(draft);
    return store.append(draft, expected);
  };
  return { store: { ...store, append }, drafts };
}

/** Work of two agents over months: messages that are read much later, tasks that are finished out of order. */
async function work(
  memory: MemoryEngine,
  commands: number,
  isColdEachTime: boolean,
): Promise<void> {
  await memory.join('ada', 'bob');
  let unixMs = Date.parse('2026-11-20T12:00:00.000Z');
  for (let n = 1; n <= commands; n += 1) {
    unixMs += 4 * 3600 * 1000;
    memory.setNow(new Date(unixMs).toISOString());
    const old = Math.max(1, Math.floor(n / 9));
    if (n % 3 === 0) await memory.say('ada', 'task.add', { title: `task ${n}` });
    else if (n % 7 === 0) await memory.say('bob', 'task.done', { id: `T-${old}` });
    else if (n % 5 === 0) await memory.say('bob', 'message.read', { message: `M-${old}` });
    else await memory.say('ada', 'message.send', { to: 'bob', subject: `subject ${n}` });
    if (isColdEachTime) memory.engine.projection.forget();
  }
}

/** At each checkpoint: the files in the tree, and those that a fold from the genesis would write as a whole. */
async function expectWhole({ store }: Told, memory: MemoryEngine): Promise<number> {
  const { evolutions } = memory.engine;
  const fold = emptyFold(evolutions);
  let checkpoints = 0;
  for (const commit of (await store.read({ commitsMax: 10_000 })).commits) {
    applyCommit(fold, evolutions, commit, sha256);
    if (parseMessage(commit.message, commit.oid).tail !== 0) continue;
    checkpoints += 1;
    const { files, isWhole } = takeCheckpoint(fold);
    expect(isWhole).toBe(true);
    const inTree = await store.checkpoint(commit.oid);
    expect(Object.fromEntries(inTree)).toEqual(Object.fromEntries(files));
    const { bytes } = JSON.parse(inTree.get('checkpoint/meta.json') ?? '') as { bytes: number };
    expect(bytes).toBe(checkpointSize(inTree));
  }
  return checkpoints;
}

describe('a checkpoint in parts', () => {
  it.each([
    ['processes that each start at the last one', true],
    ['one process that goes on and on', false],
  ])('written by %s is the whole', async (_who, isColdEachTime) => {
    const told = tellingStore();
    const memory = await MemoryEngine.open(told.store);
    await work(memory, 700, isColdEachTime);
    expect(await expectWhole(told, memory)).toBeGreaterThan(6);
    const [genesis, ...later] = told.drafts;
    expect(genesis?.replacesCheckpoint).toBe(true);
    expect(later.every(({ replacesCheckpoint }) => !replacesCheckpoint)).toBe(true);
  });

  it('writes the parts that changed, takes away those that are empty, and leaves the rest', async () => {
    const told = tellingStore();
    const memory = await MemoryEngine.open(told.store);
    await work(memory, 700, true);
    const last = [...(told.drafts.at(-1)?.files ?? [])];
    const written = last.filter(([path]) => path.startsWith('checkpoint/message/'));
    const head = (await told.store.head()) ?? '';
    const all = [...(await told.store.checkpoint(head)).keys()];
    const parts = all.filter((path) => path.startsWith('checkpoint/message/'));
    expect(parts.length).toBeGreaterThan(4);
    expect(written.length).toBeLessThan(parts.length);
    // Keys are kept for 30 days, and a command comes every four hours: the first parts are gone.
    expect(told.drafts.flatMap(({ removed }) => removed)).toContain('checkpoint/seen/0/00.json');
    expect(all).not.toContain('checkpoint/seen/0/00.json');
  });

  it('after one of somebody else is written as a whole, so that nothing of theirs is carried over', async () => {
    const told = tellingStore();
    const memory = await MemoryEngine.open(told.store);
    const other = memory.another();
    await work(memory, 20, false);
    // The first follows the second, who writes the next checkpoint.
    for (let n = 0; n < 120; n += 1) {
      await other.say('ada', 'task.add', { title: `theirs ${n}` });
      await memory.engine.projection.load();
    }
    for (let n = 0; n < 120; n += 1) await memory.say('ada', 'task.add', { title: `ours ${n}` });
    const ours = told.drafts.at(-1);
    expect([told.drafts.length, ours?.replacesCheckpoint]).toEqual([3, true]);
    expect(await expectWhole(told, memory)).toBe(3);
  });
});
