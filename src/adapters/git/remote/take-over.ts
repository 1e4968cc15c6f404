// Takes fetched commits of the log into the store: walked from the new head, verified, copied as one pack.
import { Fault } from '../../../kernel/fault.ts';
import { checkContinuity } from '../../../log/continuity.ts';
import type { Before } from '../../../log/continuity.ts';
import { batchPath, boardPath, checkpointFolder, formatPath } from '../../../log/format.ts';
import { continuedBy, parseMessage } from '../../../log/message.ts';
import { PartialFetch } from '../../../log/partial-fetch.ts';
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

/** How far back the news go. */
interface Walk {
  /** Oldest first. */
  readonly oids: readonly Oid[];
  /** The commit of the store that the news continue, or null at a boundary or the genesis. */
  readonly known: Oid | null;
  /** Oldest commit, when the history ends there without being the genesis. */
  readonly boundary: Oid | null;
}

/** News that were looked through, up to the first commit that nobody should take over. */
interface News {
  readonly walk: Walk;
  /** What the good ones consist of. */
  readonly objects: Set<Oid>;
  /** The last of the good ones; null when there is none. */
  readonly last: LogCommit | null;
  /** What is wrong with the commit after that; null when all are good. */
  readonly problem: Fault | null;
}

function foreign(commit: Oid, what: string): Fault {
  return new Fault(
    'log-corrupt',
    `Commit ${commit} from the remote was not taken over: ${what}. It was not written by coord.`,
    { commit },
  );
}

/** Where commits come from and where they are to go. */
export interface Stores {
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

type Linked = Pick<LogCommit, 'oid' | 'parents'>;

/** Names what is new, by parents alone: none of it has been looked at yet. */
function walkBack({ from, store }: Stores, head: Oid): Walk {
  const shallow = new Set(from.shallow());
  const both = lent(from, store);
  const oids: Oid[] = [];
  let next: Oid | undefined = head;
  while (next !== undefined && store.readObject(next) === undefined) {
    const { parents, message } = both.readCommit(next);
    const commit: Linked = { oid: next, parents: continuedBy(parents, message) };
    oids.push(next);
    if (shallow.has(next)) return { oids: oids.reverse(), known: null, boundary: next };
    [next] = commit.parents;
    if (isLinkBroken(both, commit)) break;
  }
  const isKnown = next !== undefined && store.readObject(next) !== undefined;
  return { oids: oids.reverse(), known: isKnown ? (next ?? null) : null, boundary: null };
}

function placeOf({ oid, message }: Pick<LogCommit, 'oid' | 'message'>): Before {
  const { seq, chain } = parseMessage(message, oid);
  return { oid, seq, chain };
}

function beforeOf(store: GitStore, oid: Oid): Before {
  return placeOf({ oid, message: store.readCommit(oid).message });
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

/** Reads and judges one commit, and names its objects. */
function judged(
  { from, store }: Stores,
  oid: Oid,
  { before, objects, judging }: Judgement,
): LogCommit {
  collectCommit(from, store, oid, objects);
  const commit = readLogCommit(lent(from, store), oid, 'elsewhere');
  checkContinuity([commit], before === null ? null : placeOf(before), judging.sha256);
  judging.inspect([commit], before);
  return commit;
}

interface Judgement {
  readonly before: LogCommit | null;
  readonly objects: Set<Oid>;
  readonly judging: Judging;
}

/** A fault of our own store, met while a commit was judged: it says nothing about the commit. */
class OwnDamage extends Error {}

/** Our store, whose faults are not those of what is looked at. */
function ownStore(store: GitStore): GitStore {
  const own = <Result>(read: (oid: Oid) => Result) => {
    return (oid: Oid): Result => {
      try {
        return read(oid);
      } catch (error) {
        throw new OwnDamage('', { cause: error });
      }
    };
  };
  return {
    ...store,
    readObject: own((oid: Oid) => store.readObject(oid)),
    readCommit: own((oid: Oid) => store.readCommit(oid)),
    readTree: own((oid: Oid) => store.readTree(oid)),
    readBlob: own((oid: Oid) => store.readBlob(oid)),
  };
}

/** What says something about the commit, and nothing about this machine. */
function isAboutCommit(error: unknown): error is Fault {
  return error instanceof Fault && /^(?:log|object)-/.test(error.code);
}

function truncate(objects: Set<Oid>, size: number): void {
  for (const oid of [...objects].slice(size)) objects.delete(oid);
}

/** Looks through everything between what the store has and `head`, oldest first, and stops at the first bad commit. */
function gather(stores: Stores, head: Oid, judging: Judging): News {
  const walk = walkBack(stores, head);
  const guarded = { ...stores, store: ownStore(stores.store) };
  const { known, oids } = walk;
  const objects = new Set<Oid>();
  let last: LogCommit | null = null;
  let before = known === null ? null : readLogCommit(stores.store, known, 'elsewhere');
  for (const oid of oids) {
    const size = objects.size;
    try {
      last = before = judged(guarded, oid, { before, objects, judging });
    } catch (problem) {
      if (problem instanceof OwnDamage) throw problem.cause;
      if (!isAboutCommit(problem)) throw problem;
      // In the order in which they came: what the bad commit brought goes again.
      truncate(objects, size);
      return { walk, objects, last, problem };
    }
  }
  return { walk, objects, last, problem: null };
}

function importNews({ from, store }: Stores, { objects, walk }: News): void {
  importObjects(
    { readObject: (oid) => from.readObject(oid) ?? store.readObject(oid) },
    store,
    objects,
  );
  if (walk.boundary !== null) store.writeShallow([...store.shallow(), walk.boundary]);
}

/** Verifies everything between what the store has and `head`, then copies it; nothing is copied on a Fault. */
export function takeOverObjects(
  from: GitStore,
  store: GitStore,
  head: Oid,
  judging: Judging,
): void {
  const stores = { from, store };
  const news = gather(stores, head, judging);
  if (news.problem !== null) throw news.problem;
  importNews(stores, news);
}

/** Behind a boundary nobody can look: there what is good must bring the checkpoint that it rests on. */
function isFoldable({ oids, boundary }: Walk, { oid, message }: LogCommit): boolean {
  return boundary === null || parseMessage(message, oid).tail <= oids.indexOf(oid);
}

/** The last commit before the bad one, when the log here can go on up to it; else null. */
function goodEnd(stores: Stores, { walk, last }: News, pin: Oid | null): Oid | null {
  const good = last?.oid ?? walk.known;
  if (good === null || (last !== null && !isFoldable(walk, last))) return null;
  const continues = pin === null || descendsFrom(lent(stores.from, stores.store), good, pin);
  return continues ? good : null;
}

/** The fault with where to set the branch back to, where it does not say that yet. */
function withEnd({ code, message, data }: Fault, good: Oid): Fault {
  if (message.includes(good)) return new Fault(code, message, data);
  const next = `To go on, let whoever may set the branch coord of the remote back to ${good}, the last good commit.`;
  return new Fault(code, `${message} ${next}`, { ...data, parent: good });
}

/**
 * As `takeOverObjects`, for a branch whose head others move: what is good before the first bad commit is copied too,
 * as if the remote ended there, and the fault is a `PartialFetch`. It is a plain one where nothing new is good, or
 * where that does not continue `pin`.
 */
export function takeOverBranch(stores: Stores, head: Oid, pin: Oid | null, judging: Judging): void {
  const news = gather(stores, head, judging);
  const { problem, last } = news;
  if (problem === null) {
    importNews(stores, news);
    return;
  }
  const good = goodEnd(stores, news, pin);
  if (good === null) throw problem;
  if (last === null) throw withEnd(problem, good);
  importNews(stores, news);
  throw new PartialFetch(withEnd(problem, good), good);
}
