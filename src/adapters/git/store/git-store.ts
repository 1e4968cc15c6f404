// The store the log lives in: one bare repository, read and written crash-safely by many processes.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '../../../kernel/assert.ts';
import { Fault } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import { checkBareStore } from './bare-store.ts';
import { combine } from './combine.ts';
import type { Doing } from './combine.ts';
import type { Commit } from './commit.ts';
import { parseCommit } from './commit.ts';
import { removeOldFiles, withFaults } from './durable-file.ts';
import type { MutexOptions } from './mutex.ts';
import { withMutex } from './mutex.ts';
import type { GitObject, NewObject, ObjectSource, ObjectType, Oid } from './object.ts';
import { hashObject } from './object.ts';
import { openObjectReader } from './object-read.ts';
import type { ObjectReader } from './object-read.ts';
import type { Consolidation } from './pack-consolidate.ts';
import { consolidatePacks } from './pack-consolidate.ts';
import type { PackItem } from './pack-write.ts';
import { writePack } from './pack-write.ts';
import type { RefSwap, SwapResult } from './ref.ts';
import { readRef, refMarks, removeStaleRefLock, swapRef } from './ref.ts';
import { readShallow, writeShallow } from './shallow.ts';
import type { SpareFiles } from './spare-files.ts';
import { sweepSpool } from './spool.ts';
import type { Work } from './spool.ts';
import type { TreeEntry } from './tree.ts';
import { parseTree } from './tree.ts';

/**
 * A bare repository. Reads and writes are synchronous and durable when they return; only waiting
 * for other processes is not. Every method throws Fault `store-io` when the system refuses,
 * reads throw `object-corrupt` for a damaged object.
 */
export interface GitStore extends ObjectSource {
  readonly dir: string;
  /** A commit; throws Fault `object-missing` when it is not here, `object-corrupt` when it is none. */
  readCommit(oid: Oid): Commit;
  /** The entries of a tree; faults as for a commit. */
  readTree(oid: Oid): TreeEntry[];
  /** The bytes of a blob, not to be changed; faults as for a commit. */
  readBlob(oid: Oid): Buffer;
  /** Writes all objects as one pack and returns their names in the same order. */
  writeObjects(objects: readonly NewObject[]): Oid[];
  /** Writes exactly `count` distinct objects as one pack while they are produced. */
  writePack(count: number, items: Iterable<PackItem>): void;
  /** Where a ref points, null when it does not exist. */
  readRef(name: string): Oid | null;
  /**
   * Moves a ref from `expected` (null: must not exist) to `next`. While this store's mutex is held
   * it waits for a lock on the ref and removes one that a killed process left; `holdsMutex` says so
   * where another view of this store has taken it. A fault leaves open whether the ref moved: read it again.
   */
  swapRef(swap: RefSwap, holdsMutex?: boolean): Promise<SwapResult>;
  /** Runs `work` while no other process does; Fault `store-busy` when the wait is too long. */
  withMutex<Result>(work: () => Result | Promise<Result>, options?: MutexOptions): Promise<Result>;
  /**
   * Has items of work done under the mutex, by this process together with what others wait to have done, or by one
   * of those; answers each item. Items and answers are JSON. Faults as `combine` has them.
   */
  combine(work: Work, doing: Doing): Promise<readonly unknown[]>;
  /** Merges small packs and removes leftovers; call it while holding the mutex. */
  consolidate(): Consolidation;
  /** The commits whose parents are deliberately not here. */
  shallow(): Oid[];
  writeShallow(boundary: readonly Oid[]): void;
  /** Closes files and forgets what was cached; the store can still be used. */
  close(): void;
}

export interface GitStoreOptions {
  /** When a lock on a ref counts as left by a killed process. */
  readonly staleRefLockSeconds?: number;
}

const mutexName = 'coord-mutex';
const spoolName = 'coord-spool';
const lockPauseMilliseconds = 5;

/** Opens the repository at `dir`; Fault `store-missing` or `store-format` when it is none of ours. */
export function openBareStore(dir: string, options: GitStoreOptions = {}): GitStore {
  withFaults(`open the store at ${dir}`, () => checkBareStore(dir));
  const reader = openObjectReader(join(dir, 'objects'));
  const packDir = join(dir, 'objects', 'pack');
  const mutexPath = join(dir, mutexName);
  const spoolPath = join(dir, spoolName);
  const staleSeconds = options.staleRefLockSeconds ?? limits.staleRefLockSeconds;
  const marks = new Map<string, SpareFiles>();
  let holders = 0;

  const holding = async <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
    holders += 1;
    try {
      return await work();
    } finally {
      holders -= 1;
    }
  };
  const write = (count: number, items: Iterable<PackItem>): void => {
    if (count === 0) return;
    const { name } = withFaults(`write objects to ${dir}`, () => writePack(packDir, count, items));
    reader.added(name);
  };
  return {
    dir,
    ...objectReading(reader, dir),
    writeObjects: (objects) => {
      const items = objects.map((object) => ({ ...object, oid: hashObject(object) }));
      const distinct = new Map(items.map((item) => [item.oid, item]));
      write(distinct.size, distinct.values());
      return items.map(({ oid }) => oid);
    },
    writePack: write,
    readRef: (name) => withFaults(`read ${name} in ${dir}`, () => readRef(dir, name)),
    swapRef: (swap, holdsMutex = holders > 0) =>
      holdsMutex
        ? swapPatiently(
            () => trySwap(dir, swap, marksOf(marks, dir, swap.name)),
            () =>
              withFaults(`remove the old lock of ${swap.name} in ${dir}`, () =>
                removeStaleRefLock(dir, swap.name, staleSeconds),
              ),
          )
        : Promise.resolve(trySwap(dir, swap)),
    withMutex: (work, mutexOptions) => withMutex(mutexPath, () => holding(work), mutexOptions),
    combine: (work, doing) =>
      combine({ mutexPath, spoolPath }, work, (items) => holding(() => doing(items))),
    consolidate: () => {
      assert(holders > 0, 'packs are consolidated by the holder of the mutex');
      return tidied(dir, packDir, reader);
    },
    shallow: () => withFaults(`read the depth of ${dir}`, () => readShallow(dir)),
    writeShallow: (boundary) =>
      withFaults(`write the depth of ${dir}`, () => writeShallow(dir, boundary)),
    close: () => {
      reader.close();
      for (const each of marks.values()) each.remove();
    },
  };
}

function tidied(dir: string, packDir: string, reader: ObjectReader): Consolidation {
  return withFaults(`consolidate packs of ${dir}`, () => {
    removeOldFiles(dir, /^(?:tmp_|coord-mutex\.tmp_)/, limits.staleTemporarySeconds);
    sweepSpool(join(dir, spoolName));
    return consolidatePacks(packDir, (oid) => reader.readObject(oid));
  });
}

type ObjectReading = Pick<GitStore, 'readObject' | 'readCommit' | 'readTree' | 'readBlob'>;

function objectReading(reader: ObjectReader, dir: string): ObjectReading {
  const readObject = (oid: Oid): GitObject | undefined =>
    withFaults(`read ${oid} from ${dir}`, () => reader.readObject(oid));
  const typed = (oid: Oid, type: ObjectType): Buffer => bodyOf(readObject(oid), { oid, type, dir });
  return {
    readObject,
    readCommit: (oid) => parseCommit(typed(oid, 'commit')),
    readTree: (oid) => parseTree(typed(oid, 'tree')),
    readBlob: (oid) => typed(oid, 'blob'),
  };
}

function bodyOf(
  object: GitObject | undefined,
  wanted: { oid: Oid; type: ObjectType; dir: string },
): Buffer {
  if (object?.type === wanted.type) return object.body;
  const { oid, type, dir } = wanted;
  if (object === undefined) {
    throw new Fault(
      'object-missing',
      `The ${type} ${oid} is not in ${dir}. Fetch the log again from its remote, or restore the store from a backup.`,
      { oid, type, dir },
    );
  }
  throw new Fault(
    'object-corrupt',
    `Object ${oid} in ${dir} is a ${object.type} where a ${type} is expected. Run \`coord verify\` to see which commit names it.`,
    { oid, type: object.type, dir },
  );
}

function marksOf(all: Map<string, SpareFiles>, dir: string, ref: string): SpareFiles {
  const marks = all.get(ref) ?? refMarks(dir);
  all.set(ref, marks);
  return marks;
}

function trySwap(dir: string, swap: RefSwap, marks?: SpareFiles): SwapResult {
  return withFaults(`move ${swap.name} in ${dir}`, () => swapRef(dir, swap, marks));
}

/** Under the mutex only native git or a killed process can hold the lock: outlast either. */
async function swapPatiently(
  trying: () => SwapResult,
  removeStaleLock: () => void,
): Promise<SwapResult> {
  const deadline = performance.now() + limits.refLockWaitSecondsMax * 1000;
  for (;;) {
    const result = trying();
    const wasLocked = !result.ok && result.reason === 'locked';
    if (!wasLocked || performance.now() >= deadline) return result;
    removeStaleLock();
    await sleep(lockPauseMilliseconds * (0.5 + Math.random()));
  }
}
