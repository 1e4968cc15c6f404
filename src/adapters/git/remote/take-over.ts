// Takes fetched commits of the log into the store: walked from the new head, verified, copied as one pack.
import { Fault } from '../../../kernel/fault.ts';
import { checkContinuity } from '../../../log/continuity.ts';
import type { Before } from '../../../log/continuity.ts';
import { batchPath, boardPath, checkpointFolder, formatPath } from '../../../log/format.ts';
import { continuedBy, parseMessage } from '../../../log/message.ts';
import type { LogCommit } from '../../../log/store.ts';
import type { Sha256 } from '../../../log/canonical.ts';
import type { GitStore } from '../store/git-store.ts';
import { importObjects } from '../store/import.ts';
import { isLinkBroken, readLogCommit } from '../log-commit.ts';
import type { Oid } from '../store/object.ts';
import { treeModes } from '../store/tree.ts';

const allowedAtRoot = new Set([batchPath, boardPath, formatPath, checkpointFolder.slice(0, -1)]);

/**
 * Looks through commits before they are taken over, oldest first; throws a Fault that names the one to refuse.
 * `before` is the commit that they continue, null where it is not here or there is none.
 */
export type Inspect = (commits: readonly LogCommit[], before: LogCommit | null) => void;

/** By what commits are judged that come from elsewhere. */
export interface Judging {
  readonly sha256: Sha256;
  readonly inspect: Inspect;
}

interface News {
  /** Oldest first. */
  readonly commits: LogCommit[];
  readonly objects: Set<Oid>;
  /** The commit of the store that the news continue, or null at a boundary or the genesis. */
  readonly known: Oid | null;
  /** Oldest commit, when the history ends there without being the genesis. */
  readonly boundary: Oid | null;
}

function foreign(commit: Oid, what: string): Fault {
  return new Fault(
    'log-corrupt',
    `Commit ${commit} from the remote was not taken over: ${what}. It was not written by coord.`,
    { commit },
  );
}

/** Where commits come from and where they are to go. */
interface Stores {
  readonly from: GitStore;
  readonly store: GitStore;
}

/** Names every object below a tree that the store lacks; only plain files and folders belong on the log. */
function collectTree(stores: Stores, tree: Oid, news: Set<Oid>, commit: Oid): void {
  const { from, store } = stores;
  if (news.has(tree) || store.readObject(tree) !== undefined) return;
  news.add(tree);
  for (const { mode, oid } of from.readTree(tree)) {
    if (mode === treeModes.tree) collectTree(stores, oid, news, commit);
    else if (mode !== treeModes.file) throw foreign(commit, `it holds a file of mode ${mode}`);
    else if (store.readObject(oid) === undefined) news.add(oid);
  }
}

function collectCommit(from: GitStore, store: GitStore, oid: Oid, news: Set<Oid>): void {
  const { tree } = from.readCommit(oid);
  const stranger = lent(from, store)
    .readTree(tree)
    .find(({ name }) => !allowedAtRoot.has(name));
  if (stranger !== undefined) throw foreign(oid, `it holds ${JSON.stringify(stranger.name)}`);
  news.add(oid);
  collectTree({ from: lent(from, store), store }, tree, news, oid);
}

/** The quarantine, looking into the store for what it was lent. */
export function lent(from: GitStore, store: GitStore): GitStore {
  const has = (oid: Oid): GitStore => (from.readObject(oid) === undefined ? store : from);
  return {
    ...from,
    readObject: (oid) => from.readObject(oid) ?? store.readObject(oid),
    readCommit: (oid) => has(oid).readCommit(oid),
    readTree: (oid) => has(oid).readTree(oid),
    readBlob: (oid) => has(oid).readBlob(oid),
  };
}

function gather(from: GitStore, store: GitStore, head: Oid): News {
  const shallow = new Set(from.shallow());
  const both = lent(from, store);
  const commits: LogCommit[] = [];
  const objects = new Set<Oid>();
  let next: Oid | undefined = head;
  while (next !== undefined && store.readObject(next) === undefined) {
    const commit = readLogCommit(both, next, 'elsewhere');
    collectCommit(from, store, next, objects);
    commits.push(commit);
    if (shallow.has(next))
      return { commits: commits.reverse(), objects, known: null, boundary: next };
    next = commit.parents[0];
    if (isLinkBroken(both, commit)) break;
  }
  const isKnown = next !== undefined && store.readObject(next) !== undefined;
  const known = isKnown ? (next ?? null) : null;
  return { commits: commits.reverse(), objects, known, boundary: null };
}

function beforeOf(store: GitStore, oid: Oid): Before {
  const { message } = store.readCommit(oid);
  const { seq, chain } = parseMessage(message, oid);
  return { oid, seq, chain };
}

/** Whether walking back from `head` meets `pin`, by the seq in the trailers no further than needed. */
export function descendsFrom(store: GitStore, head: Oid, pin: Oid): boolean {
  const floor = beforeOf(store, pin).seq;
  let next: Oid | undefined = head;
  while (next !== undefined && next !== pin) {
    const commit = store.readCommit(next);
    if (parseMessage(commit.message, next).seq <= floor) return false;
    [next] = continuedBy(commit.parents, commit.message);
    if (next !== undefined && store.readObject(next) === undefined) return false;
  }
  return next === pin;
}

/**
 * Verifies everything between what the store has and `head`, then copies it; nothing is copied on a Fault.
 * Answers how many commits were new.
 */
export function takeOverObjects(
  from: GitStore,
  store: GitStore,
  head: Oid,
  { sha256, inspect }: Judging,
): number {
  const { commits, objects, known, boundary } = gather(from, store, head);
  checkContinuity(commits, known === null ? null : beforeOf(store, known), sha256);
  inspect(commits, known === null ? null : readLogCommit(store, known, 'elsewhere'));
  importObjects(
    { readObject: (oid) => from.readObject(oid) ?? store.readObject(oid) },
    store,
    objects,
  );
  if (boundary !== null) store.writeShallow([...store.shallow(), boundary]);
  return commits.length;
}
