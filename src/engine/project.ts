// Keeps a fold at the head of a store: cold from the last checkpoint, then commit by commit.
import { Fault } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import { parseMessage } from '../log/message.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogCommit, LogStore } from '../log/store.ts';
import { decodeCheckpoint } from './checkpoint.ts';
import type { Clock } from './clock.ts';
import { applyCommit, emptyFold } from './fold.ts';
import type { Evolutions, Fold } from './fold.ts';

/** Commits that hold a checkpoint, wherever on the log they are. */
export const tailWindow = limits.tailCommitsMax + 1;

/** A fold that can be brought to the head again and again. */
export interface Projection {
  /** The fold at the store's head; it belongs to the projection, callers read it until the next await. */
  load(): Promise<Fold>;
  /** Forgets what is in memory, as after a failed append that left the fold ahead of the log. */
  forget(): void;
}

function noCheckpoint(store: LogStore, head: string | null): Fault {
  return new Fault(
    'log-corrupt',
    `The last ${tailWindow} commits of the log at ${store.place} hold no checkpoint. Run \`coord verify\`.`,
    { commit: head },
  );
}

/** The fold at a commit that carries a checkpoint, from the checkpoint's files. */
export function foldAt(
  commit: LogCommit,
  files: ReadonlyMap<string, string>,
  evolutions: Evolutions,
): Fold {
  const fold = decodeCheckpoint(files, evolutions, commit.oid);
  const { seq, tail, chain } = parseMessage(commit.message, commit.oid);
  const last = decodeBatch(commit.batch, commit.oid).at(-1);
  fold.position = { oid: commit.oid, seq, tail, chain, at: last?.at ?? '', hlc: last?.hlc ?? '' };
  return fold;
}

/** How much of what a store shows is taken on trust. */
export interface Caution {
  /** Whether the checkpoint of a commit may be believed; else the reader goes further back, to the genesis if need be. */
  readonly believes: (commit: LogCommit) => boolean;
  /** The branch only ever grows: a head that does not continue what was read before is a fault. */
  readonly isAppendOnly: boolean;
}

/** For doing: the rules hold whoever wrote the checkpoint, and a local branch may be decided again. */
export const trusting: Caution = { believes: () => true, isAppendOnly: false };

/** For judging: a checkpoint may leave out what restricts, so only our own and GitHub's word for it count. */
export const judging: Caution = {
  believes: ({ provenance }) => provenance !== 'elsewhere',
  isAppendOnly: false,
};

/** A checkpoint of an older coord says what an older fold says: with the whole log here, that is folded anew. */
function isOutgrown(error: unknown): boolean {
  if (!(error instanceof Fault) || error.code !== 'reducer-version') return false;
  const { found, known } = error.data as { found: number; known: number };
  return found < known;
}

interface Start {
  /** From here on, oldest first. */
  readonly commits: readonly LogCommit[];
  /** The first of them carries the checkpoint to start at; else it is the genesis, and everything is folded. */
  readonly hasCheckpoint: boolean;
}

export function carriesCheckpoint({ message, oid }: LogCommit): boolean {
  return parseMessage(message, oid).tail === 0;
}

/** Where the history that is here ends without a genesis, its oldest checkpoint is all there is to start at. */
function oldestStart(store: LogStore, commits: readonly LogCommit[], head: string): Start {
  const start = commits.findIndex(carriesCheckpoint);
  if (start < 0) throw noCheckpoint(store, head);
  return { commits: commits.slice(start), hasCheckpoint: true };
}

async function startOf(store: LogStore, head: string, { believes }: Caution): Promise<Start> {
  let commits: readonly LogCommit[] = [];
  let from: string | undefined = head;
  while (from !== undefined) {
    const page = await store.read({ from, commitsMax: tailWindow });
    commits = [...page.commits, ...commits];
    const start = commits.findLastIndex((commit) => carriesCheckpoint(commit) && believes(commit));
    if (start >= 0) return { commits: commits.slice(start), hasCheckpoint: true };
    if (page.commits.length < tailWindow) break;
    from = page.commits[0]?.parents[0];
  }
  const isWhole = commits[0]?.parents.length === 0;
  return isWhole ? { commits, hasCheckpoint: false } : oldestStart(store, commits, head);
}

/** A fold and the commits that are still to be added to it. */
export interface Beginning {
  readonly fold: Fold;
  /** Commit whose checkpoint it is; null where it is empty. */
  readonly base: string | null;
  /** The files of that checkpoint. */
  readonly files: ReadonlyMap<string, string>;
  readonly commits: readonly LogCommit[];
}

async function openStart(
  { commits, hasCheckpoint }: Start,
  store: LogStore,
  evolutions: Evolutions,
): Promise<Beginning> {
  const [first, ...rest] = commits;
  if (first === undefined) throw noCheckpoint(store, null);
  if (!hasCheckpoint) {
    return { fold: emptyFold(evolutions), base: null, files: new Map(), commits };
  }
  const files = await store.checkpoint(first.oid);
  return { fold: foldAt(first, files, evolutions), base: first.oid, files, commits: rest };
}

/** Where a fold of a log begins that is not in memory. */
export async function coldStart(
  store: LogStore,
  evolutions: Evolutions,
  caution: Caution = trusting,
): Promise<Beginning> {
  const head = await store.head();
  if (head === null) {
    return { fold: emptyFold(evolutions), base: null, files: new Map(), commits: [] };
  }
  const start = await startOf(store, head, caution);
  try {
    return await openStart(start, store, evolutions);
  } catch (error) {
    if (!isOutgrown(error)) throw error;
    const whole = await startOf(store, head, { ...caution, believes: () => false });
    if (whole.hasCheckpoint) throw error;
    return openStart(whole, store, evolutions);
  }
}

function rewritten(store: LogStore, known: string): Fault {
  return new Fault(
    'log-forked',
    `The log of ${store.place} no longer continues ${known}, which was read before. Nothing is done on it. ` +
      'Find out who rewrote it; restart to accept it as it is now.',
    { known },
  );
}

/** Says where a fold begins that is not in memory, where that is not the last checkpoint. */
export interface Begins {
  readonly begin: () => Promise<Pick<Beginning, 'fold' | 'commits'>>;
}

const newsCommitsMax = 100_000;

/** A projection of the store; reads nothing before the first `load`. */
export function projectionOf(
  store: LogStore,
  evolutions: Evolutions,
  clock: Clock,
  caution: Caution & Partial<Begins> = trusting,
): Projection {
  let fold: Fold | null = null;
  /** The last head that was read; kept when the fold is forgotten. */
  let known: string | null = null;

  function add(current: Fold, commits: readonly LogCommit[]): Fold {
    for (const commit of commits) {
      applyCommit(current, evolutions, commit, (bytes) => clock.sha256(bytes));
    }
    return current;
  }

  async function cold(): Promise<Fold> {
    const begin = caution.begin ?? (() => coldStart(store, evolutions, caution));
    const { fold: beginning, commits } = await begin();
    return add(beginning, commits);
  }

  async function advance(current: Fold | null, oid: string): Promise<Fold> {
    const commitsMax = caution.isAppendOnly ? newsCommitsMax : tailWindow;
    const { commits, isComplete } = await store.read({ until: oid, commitsMax });
    if (!isComplete && caution.isAppendOnly) throw rewritten(store, oid);
    return isComplete && current !== null ? add(current, commits) : cold();
  }

  function next(current: Fold | null): Promise<Fold> {
    const position = current?.position?.oid ?? null;
    if (position !== null) return advance(current, position);
    const isPinned = caution.isAppendOnly && known !== null;
    return isPinned ? advance(null, known ?? '') : cold();
  }

  return {
    async load() {
      const current = fold;
      fold = null;
      fold = await next(current);
      known = fold.position?.oid ?? known;
      return fold;
    },
    forget() {
      fold = null;
    },
  };
}
