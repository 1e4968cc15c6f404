// The log as it was: a fold that ends at a seq, a time or a commit of the past, begun at the checkpoint before it.
import { refuse } from '../kernel/decider.ts';
import type { Refusal } from '../kernel/decider.ts';
import { Fault } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import { pointExamples } from '../kernel/point.ts';
import type { Point } from '../kernel/point.ts';
import { parseMessage } from '../log/message.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogCommit, LogStore } from '../log/store.ts';
import type { Clock } from './clock.ts';
import { applyCommit, applyRecord, emptyFold } from './fold.ts';
import type { Evolutions, Fold } from './fold.ts';
import { foldAt } from './project.ts';

/** The state at a point. */
export interface Past {
  /** Its position is that of the last record that counts. */
  readonly fold: Fold;
  /** The time by which leases are judged: the one asked for, else that of the last record. */
  readonly now: string;
}

/** Everything that looking back takes. */
export interface Looking {
  readonly store: LogStore;
  readonly evolutions: Evolutions;
  readonly clock: Clock;
}

const pageCommits = limits.tailCommitsMax + 1;
function firstRecord({ batch, oid }: LogCommit): LogRecord | undefined {
  return decodeBatch(batch, oid)[0];
}

/** Whether the point lies at or after the beginning of a commit. */
function isReached(point: Point, commit: LogCommit): boolean {
  if (point.kind === 'commit') return commit.oid.startsWith(point.prefix);
  const first = firstRecord(commit);
  if (first === undefined) return false;
  return point.kind === 'seq' ? first.seq <= point.seq : first.at <= point.at;
}

/** The last seq of a commit that counts at the point. */
function lastSeq(point: Point, commit: LogCommit): number {
  const records = decodeBatch(commit.batch, commit.oid);
  const counting = records.filter(({ seq, at }) => {
    if (point.kind === 'commit') return true;
    return point.kind === 'seq' ? seq <= point.seq : at <= point.at;
  });
  return counting.at(-1)?.seq ?? 0;
}

function notHere(store: LogStore, first: LogCommit | undefined): Fault {
  return new Fault(
    'past-not-here',
    `The log at ${store.place} begins later than that. Fetch the history before it.`,
    { first: first?.oid ?? null },
  );
}

/** What was found on the way back: the commit of the point, and those before it as far as a fold needs them. */
interface Found {
  /** Oldest first; the last is the commit of the point. */
  commits: readonly LogCommit[];
  /** Whether only a part of the last commit counts. */
  readonly isPart: boolean;
  readonly seq: number;
}

/** A commit whose checkpoint a fold up to the point may begin at: not the last one, where only a part of it counts. */
function startIn({ commits, isPart }: Found): number {
  const usable = isPart ? commits.slice(0, -1) : commits;
  return usable.findLastIndex(({ message, oid }) => parseMessage(message, oid).tail === 0);
}

function foundIn(page: readonly LogCommit[], point: Point): Found | null {
  const index = page.findLastIndex((commit) => isReached(point, commit));
  const last = page[index];
  if (last === undefined) return null;
  const seq = lastSeq(point, last);
  const isPart = seq !== parseMessage(last.message, last.oid).seq;
  return { commits: page.slice(0, index + 1), isPart, seq };
}

function nameOf(point: Point): string {
  if (point.kind === 'seq') return `seq ${point.seq}`;
  return point.kind === 'time' ? point.at : `commit ${point.prefix}`;
}

function outside(point: Point, head: Fold): Refusal {
  const seq = head.position?.seq ?? 0;
  const asked = nameOf(point);
  const message = `The log has nothing at ${asked}; it goes from seq 1 to ${seq} now. Say it as in ${pointExamples}.`;
  return refuse('point-unknown', message, { asked, seq });
}

/** The next page on the way back; Fault `past-not-here` where the history that is here ends before the genesis. */
async function pageBefore(store: LogStore, page: readonly LogCommit[] | null) {
  const first = page?.[0];
  const from = first?.parents[0];
  if (page !== null && from === undefined) return null;
  if (page !== null && page.length < pageCommits) throw notHere(store, first);
  const range = { commitsMax: pageCommits };
  return (await store.read(from === undefined ? range : { ...range, from })).commits;
}

function withPage(found: Found | null, page: readonly LogCommit[], point: Point): Found | null {
  if (found === null) return foundIn(page, point);
  return { ...found, commits: [...page, ...found.commits] };
}

/** Walks back, page by page, until the point is found and `isEnough`; null where the log has nothing there. */
async function walkTo(
  store: LogStore,
  point: Point,
  isEnough: (found: Found) => boolean,
): Promise<Found | null> {
  let found: Found | null = null;
  let page = await pageBefore(store, null);
  while (page !== null && page.length > 0) {
    found = withPage(found, page, point);
    if (found !== null && isEnough(found)) return found;
    page = await pageBefore(store, page);
  }
  return found;
}

/** What has not happened yet is not the past. */
function isAhead(point: Point, now: string, head: Fold): boolean {
  if (point.kind === 'time') return point.at > now;
  return point.kind === 'seq' && point.seq > (head.position?.seq ?? 0);
}

function finish(fold: Fold, { commits, isPart, seq }: Found, looking: Looking): void {
  const last = commits.at(-1);
  if (!isPart || last === undefined) return;
  const records = decodeBatch(last.batch, last.oid).filter((record) => record.seq <= seq);
  for (const record of records) applyRecord(fold, looking.evolutions, record);
  const end = records.at(-1);
  if (end === undefined) return;
  const { at, hlc } = end;
  const { tail, chain } = fold.position ?? { tail: 0, chain: '' };
  fold.position = { oid: last.oid, seq, tail, chain, at, hlc };
}

async function foldOf(found: Found, start: number, looking: Looking): Promise<Fold> {
  const { store, evolutions, clock } = looking;
  const commits = found.isPart ? found.commits.slice(0, -1) : found.commits;
  const first = commits[start];
  const fold =
    first === undefined
      ? emptyFold(evolutions)
      : foldAt(first, await store.checkpoint(first.oid), evolutions);
  for (const commit of commits.slice(start + 1)) {
    applyCommit(fold, evolutions, commit, (bytes) => clock.sha256(bytes));
  }
  finish(fold, found, looking);
  return fold;
}

/** A checkpoint of an older coord: then everything is folded from the genesis on. */
function isOutgrown(error: unknown): boolean {
  if (!(error instanceof Fault) || error.code !== 'reducer-version') return false;
  const { found, known } = error.data as { found: number; known: number };
  return found < known;
}

async function foldUpTo(point: Point, looking: Looking): Promise<Fold | null> {
  const found = await walkTo(looking.store, point, (some) => startIn(some) >= 0);
  if (found === null) return null;
  try {
    return await foldOf(found, startIn(found), looking);
  } catch (error) {
    if (!isOutgrown(error)) throw error;
    const whole = await walkTo(looking.store, point, () => false);
    return whole === null ? null : foldOf(whole, -1, looking);
  }
}

/**
 * The state at a point of the past of a log whose head has the fold `head`; refusal `point-unknown` where the log has
 * none such. Fault `past-not-here` where it lies before what a shallow store holds.
 */
export async function pastAt(point: Point, head: Fold, looking: Looking): Promise<Past | Refusal> {
  if (isAhead(point, looking.clock.now(), head)) return outside(point, head);
  const fold = await foldUpTo(point, looking);
  if (fold === null) return outside(point, head);
  const now = point.kind === 'time' ? point.at : (fold.position?.at ?? looking.clock.now());
  return { fold, now };
}
