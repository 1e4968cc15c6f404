// The log in its own bare store beside the user's repository: never the user's objects, refs or work tree.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../kernel/fault.ts';
import type {
  AppendResult,
  CommitDraft,
  LocalLog,
  LogCommit,
  LogStore,
  Provenance,
  ReadRange,
  ReadResult,
  Stage,
} from '../../log/store.ts';
import { createBareStore } from './store/bare-store.ts';
import { openBareStore } from './store/git-store.ts';
import type { GitStore } from './store/git-store.ts';
import { buildCommit, readCheckpoint, readLogCommit } from './log-commit.ts';
import type { Oid } from './store/object.ts';

export const logRef = 'refs/heads/coord';

/** Enough small packs to make merging them worth a look; two files a pack. */
const packFilesBeforeMerge = 80;

/** Where the store of a repository lives. */
export function storeDirectory(commonDir: string): string {
  return join(commonDir, 'coord', 'store.git');
}

/** The store of a repository; it is created by the first log or fetch, never by reading. */
export interface StoreHandle {
  readonly directory: string;
  /** Null while there is none. */
  open(): GitStore | null;
  create(): GitStore;
}

export function storeHandle(commonDir: string): StoreHandle {
  const directory = storeDirectory(commonDir);
  let store: GitStore | null = null;
  return {
    directory,
    open: () => (store ??= existsSync(directory) ? openBareStore(directory) : null),
    create: () => {
      createBareStore(directory);
      return (store ??= openBareStore(directory));
    },
  };
}

interface Walk {
  readonly commits: LogCommit[];
  readonly isComplete: boolean;
}

function walk(store: GitStore, from: Oid, range: ReadRange, provenance: Provenance): Walk {
  const commits: LogCommit[] = [];
  const boundary = new Set(store.shallow());
  let next: Oid | undefined = from;
  while (next !== undefined && next !== range.until && commits.length < range.commitsMax) {
    const commit = readLogCommit(store, next, provenance);
    commits.push(commit);
    if (boundary.has(next)) return { commits: commits.reverse(), isComplete: false };
    next = commit.parents[0];
  }
  const isComplete = next === range.until;
  return { commits: commits.reverse(), isComplete };
}

function mergePacks(store: GitStore): void {
  if (readdirSync(join(store.dir, 'objects', 'pack')).length > packFilesBeforeMerge) {
    store.consolidate();
  }
}

function locked(): Fault {
  return new Fault(
    'store-busy',
    "Another git process holds the log's branch. Nothing was written; try again in a moment.",
  );
}

/** A view of the store as a log whose head is wherever `headOf` says. */
interface View {
  readonly handle: StoreHandle;
  readonly provenance: Provenance;
  readonly head: () => Oid | null;
  readonly append: (draft: CommitDraft, expected: Oid | null) => Promise<AppendResult>;
  readonly exclusively: LogStore['exclusively'];
}

function asLog(view: View): LogStore {
  const { handle, provenance } = view;
  const read = (range: ReadRange): ReadResult => {
    const head = view.head();
    const from = range.from ?? head;
    const store = handle.open();
    if (from === null || store === null) return { head, commits: [], isComplete: true };
    return { head, ...walk(store, from, range, provenance) };
  };
  return {
    place: handle.directory,
    head: () => Promise.resolve().then(view.head),
    read: (range) => Promise.resolve().then(() => read(range)),
    checkpoint: (oid) =>
      Promise.resolve().then(() => {
        const store = handle.open();
        return store === null ? new Map<string, string>() : readCheckpoint(store, oid);
      }),
    append: view.append,
    exclusively: view.exclusively,
  };
}

function stageOn(handle: StoreHandle, provenance: Provenance, onto: Oid): Stage {
  let staged = onto;
  const append = (draft: CommitDraft, expected: Oid | null): Promise<AppendResult> => {
    if (expected !== staged) return Promise.resolve({ ok: false, reason: 'stale' });
    const store = handle.create();
    const { objects, oid } = buildCommit(store, draft, staged);
    store.writeObjects(objects);
    staged = oid;
    return Promise.resolve({ ok: true, oid });
  };
  const exclusively: LogStore['exclusively'] = (work) => work();
  return {
    store: asLog({ handle, provenance, head: () => staged, append, exclusively }),
    settle: async (expected) => {
      const swapped = await handle.create().swapRef({ name: logRef, expected, next: staged });
      if (!swapped.ok && swapped.reason === 'locked') throw locked();
      return swapped.ok;
    },
  };
}

/** Whether a log was ever taken over from a remote: it keeps a pin, or lacks the history before a depth. */
function cameFromElsewhere(handle: StoreHandle): boolean {
  const store = handle.open();
  if (store === null) return false;
  const packed = join(handle.directory, 'packed-refs');
  const hasPackedPin = existsSync(packed) && readFileSync(packed, 'utf8').includes('refs/remotes/');
  const hasPin = existsSync(join(handle.directory, 'refs', 'remotes')) || hasPackedPin;
  return hasPin || store.shallow().length > 0;
}

/**
 * The log of a repository. `isShared` tells that there is a remote: then nothing in it counts as this machine's word.
 * The store directory appears with the first append.
 */
export function openLocalLog(commonDir: string, isShared: boolean): LocalLog {
  const handle = storeHandle(commonDir);
  const provenance: Provenance = isShared || cameFromElsewhere(handle) ? 'elsewhere' : 'here';
  const append = async (draft: CommitDraft, expected: Oid | null): Promise<AppendResult> => {
    const store = expected === null ? handle.create() : (handle.open() ?? handle.create());
    if (store.readRef(logRef) !== expected) return { ok: false, reason: 'stale' };
    const { objects, oid } = buildCommit(store, draft, expected);
    store.writeObjects(objects);
    const swapped = await store.swapRef({ name: logRef, expected, next: oid });
    if (!swapped.ok && swapped.reason === 'locked') throw locked();
    return swapped.ok ? { ok: true, oid } : { ok: false, reason: 'stale' };
  };
  const exclusively = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const store = handle.open();
    if (store === null) return work();
    return store.withMutex(async () => {
      const result = await work();
      mergePacks(store);
      return result;
    });
  };
  const head = (): Oid | null => handle.open()?.readRef(logRef) ?? null;
  return {
    ...asLog({ handle, provenance, head, append, exclusively }),
    stage: (onto) => stageOn(handle, provenance, onto),
  };
}
