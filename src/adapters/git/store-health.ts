// A quick look at the store of a log: what can be read, what killed processes left, and what it weighs.
import { rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { limits } from '../../kernel/limits.ts';
import { evidenceInTurns } from './commit-evidence.ts';
import { historyOf } from './evidence.ts';
import { logRef } from './local-log.ts';
import { abandonedIn } from './remote/quarantine.ts';
import { namesIn, oldFilesIn, removeOldFiles } from './store/durable-file.ts';
import type { GitStore } from './store/git-store.ts';
import { readRecord } from './store/mutex-record.ts';
import { judgeLiveness } from './store/process-identity.ts';
import type { Liveness } from './store/process-identity.ts';

const mutexName = 'coord-mutex';
const temporaryFiles = /^(?:tmp_|coord-mutex\.tmp_)/;

/** What of the last window cannot be read, a sentence each; every object of it is inflated and hashed. */
export async function unreadableIn(store: GitStore, head: string): Promise<string[]> {
  const isLast = (_commit: unknown, _oid: string, count: number): boolean =>
    count > limits.tailCommitsMax;
  const { oids, problem } = historyOf(store, head, { boundary: store.shallow(), isLast });
  const told = problem === null ? [] : [`${problem.commit ?? ''}: ${problem.reason}`];
  for await (const { commits } of evidenceInTurns(store, oids)) {
    for (const { oid, unreadable } of commits) {
      told.push(...unreadable.map(({ path, reason }) => `${oid} ${path ?? ''}: ${reason}`));
    }
  }
  return told;
}

function oldIn(directory: string): string[] {
  return oldFilesIn(directory, temporaryFiles, limits.staleTemporarySeconds);
}

/** Files and folders of ours that killed processes left: none of a process that may still run. */
export function staleFiles(store: GitStore): string[] {
  const packs = join(store.dir, 'objects', 'pack');
  return [...oldIn(store.dir), ...oldIn(packs), ...abandonedIn(dirname(store.dir))];
}

/** Removes what `staleFiles` finds; answers what it was. */
export function removeStaleFiles(store: GitStore): string[] {
  const stale = staleFiles(store);
  const packs = join(store.dir, 'objects', 'pack');
  for (const folder of [store.dir, packs]) {
    removeOldFiles(folder, temporaryFiles, limits.staleTemporarySeconds);
  }
  for (const path of abandonedIn(dirname(store.dir)))
    rmSync(path, { recursive: true, force: true });
  return stale;
}

/** Who has the mutex of the store, and whether that process still runs; null where nobody has it. */
export interface MutexHolder {
  readonly path: string;
  readonly who: string;
  readonly since: string;
  readonly liveness: Liveness;
}

export function mutexHolder(store: GitStore): MutexHolder | null {
  const path = join(store.dir, mutexName);
  const record = readRecord(path);
  if (record === undefined) return null;
  const { identity, since } = record;
  if (identity === undefined) return { path, since, who: 'nobody knows', liveness: 'unknown' };
  const who = `process ${identity.pid} on ${identity.host}`;
  return { path, since, who, liveness: judgeLiveness(identity) };
}

/** A lock on the log's branch that is older than any git holds one; its path, or null. */
export function staleRefLock(store: GitStore): string | null {
  const path = join(store.dir, `${logRef}.lock`);
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
  return made < Date.now() - limits.staleRefLockSeconds * 1000 ? path : null;
}

/**
 * Takes the mutex once, which takes it over from a holder that is proven dead, and moves the branch to where it is,
 * which removes an old lock on it. Fault `store-busy` where a holder may still run.
 */
export async function releaseLeftovers(store: GitStore): Promise<void> {
  const timeoutMilliseconds = 1000;
  const stay = async (): Promise<void> => {
    const head = store.readRef(logRef);
    if (head !== null) await store.swapRef({ name: logRef, expected: head, next: head });
  };
  await store.withMutex(stay, { timeoutMilliseconds });
}

/** Bytes of the packs of the store. */
export function packedBytes(store: GitStore): number {
  const folder = join(store.dir, 'objects', 'pack');
  const sizes = namesIn(folder).map(
    (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
