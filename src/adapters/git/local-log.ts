// The log in its own bare store beside the user's repository: never the user's objects, refs or work tree.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '../../kernel/assert.ts';
import { Fault, messageOf } from '../../kernel/fault.ts';
import type {
  AppendResult,
  CommitDraft,
  LogCommit,
  LogStore,
  Provenance,
  ReadRange,
  ReadResult,
  RollingLog,
  SharedWork,
  Stage,
} from '../../log/store.ts';
import { createBareStore } from './store/bare-store.ts';
import { isSystemError } from './store/durable-file.ts';
import { archiveRef } from '../../log/format.ts';
import { openBareStore } from './store/git-store.ts';
import type { GitStore } from './store/git-store.ts';
import { buildCommit, isLinkBroken, readCheckpoint, readLogCommit } from './log-commit.ts';
import type { Oid } from './store/object.ts';
import type { SwapResult } from './store/ref.ts';

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
    const isEnd = boundary.has(next) || isLinkBroken(store, commit);
    if (isEnd) return { commits: commits.reverse(), isComplete: commit.parents[0] === range.until };
    next = commit.parents[0];
  }
  const isComplete = next === range.until;
  return { commits: commits.reverse(), isComplete };
}

/** Housekeeping that fails, as on a full disk, takes nothing from what is durable already; the next writer tries again. */
function mergePacks(store: GitStore): void {
  try {
    const files = readdirSync(join(store.dir, 'objects', 'pack'));
    if (files.length > packFilesBeforeMerge) store.consolidate();
  } catch (error) {
    if (!isSystemError(error) && !(error instanceof Fault && error.code === 'store-io'))
      throw error;
  }
}

/** A process that writes on and on need not look at the packs each time. */
const writesPerLook = 8;

class Housekeeping {
  #writes = 0;

  after(store: GitStore): void {
    if (this.#writes % writesPerLook === 0) mergePacks(store);
    this.#writes += 1;
  }
}

/** Has work done in turn with that of other processes; the result is the answers to its items. */
async function together<Result>(
  store: GitStore,
  provenance: Provenance,
  housekeeping: Housekeeping,
  { lane, items, doAll }: SharedWork,
): Promise<Result> {
  const work = { lane: `${provenance} ${await lane()}`, items };
  const answers = await store.combine(work, async (all) => {
    const done = await doAll(all);
    housekeeping.after(store);
    return done;
  });
  return answers as Result;
}

/** Moves the branch; Fault `outcome-unknown` where it has moved but the system does not say that this will last. */
async function moveBranch(store: GitStore, expected: Oid | null, next: Oid): Promise<SwapResult> {
  try {
    return await store.swapRef({ name: logRef, expected, next });
  } catch (error) {
    if (store.readRef(logRef) !== next) throw error;
    throw new Fault(
      'outcome-unknown',
      `The last write to ${store.dir} happened, but the disk does not confirm it: ${messageOf(error)} \`coord log\` shows whether it stays.`,
      { place: store.dir },
      { cause: error },
    );
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

/** A log to look at and nothing else, whose last commit is `head`; what it holds is nobody's word. */
export function readOnlyLog(store: GitStore, head: Oid): LogStore {
  const handle = { directory: store.dir, open: () => store, create: () => store };
  return asLog({
    ...{ handle, provenance: 'elsewhere', head: () => head },
    append: () => Promise.resolve({ ok: false, reason: 'stale' }),
    exclusively: (work) => work(),
  });
}

function stageOn(handle: StoreHandle, provenance: Provenance, onto: Oid | null): Stage {
  let staged = onto;
  const append = (draft: CommitDraft, expected: Oid | null): Promise<AppendResult> => {
    if (expected !== staged) return Promise.resolve({ ok: false, reason: 'stale' });
    const store = handle.create();
    const { objects, oid } = buildCommit(store, draft, staged);
    store.writePack(objects.size, objects.values());
    staged = oid;
    return Promise.resolve({ ok: true, oid });
  };
  const exclusively: LogStore['exclusively'] = (work) => work();
  return {
    store: asLog({ handle, provenance, head: () => staged, append, exclusively }),
    settle: async (expected) => {
      const next = present(staged, 'a stage is settled with a commit');
      const swapped = await handle.create().swapRef({ name: logRef, expected, next });
      if (!swapped.ok && swapped.reason === 'locked') throw locked();
      return swapped.ok;
    },
  };
}

/** Without a ref of its own the history before a roll would go with the next garbage collection. */
async function keepArchive(handle: StoreHandle, epoch: number, next: Oid): Promise<void> {
  const store = handle.create();
  const name = archiveRef(epoch);
  const expected = store.readRef(name);
  if (expected === next) return;
  const swapped = await store.swapRef({ name, expected, next });
  if (!swapped.ok) throw locked();
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
export function openLocalLog(
  commonDir: string,
  isShared: boolean,
  handle = storeHandle(commonDir),
): RollingLog {
  const provenance: Provenance = isShared || cameFromElsewhere(handle) ? 'elsewhere' : 'here';
  const housekeeping = new Housekeeping();
  const append = async (draft: CommitDraft, expected: Oid | null): Promise<AppendResult> => {
    const store = expected === null ? handle.create() : (handle.open() ?? handle.create());
    if (store.readRef(logRef) !== expected) return { ok: false, reason: 'stale' };
    const { objects, oid } = buildCommit(store, draft, expected);
    store.writePack(objects.size, objects.values());
    const swapped = await moveBranch(store, expected, oid);
    if (!swapped.ok && swapped.reason === 'locked') throw locked();
    return swapped.ok ? { ok: true, oid } : { ok: false, reason: 'stale' };
  };
  const exclusively: LogStore['exclusively'] = async (work, shared) => {
    const store = handle.open();
    if (store === null) return work();
    if (shared !== undefined) return together(store, provenance, housekeeping, shared);
    return store.withMutex(async () => {
      const result = await work();
      housekeeping.after(store);
      return result;
    });
  };
  const head = (): Oid | null => handle.open()?.readRef(logRef) ?? null;
  return {
    ...asLog({ handle, provenance, head, append, exclusively }),
    stage: (onto) => stageOn(handle, provenance, onto),
    keepArchive: (epoch, oid) => keepArchive(handle, epoch, oid),
  };
}
