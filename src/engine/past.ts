// The log as it was: a fold that ends at a seq, a time or a commit of the past, begun at the checkpoint before it.
import { Fault, UsageError } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import { parseMessage } from '../log/message.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogCommit, LogStore } from '../log/store.ts';
import type { Clock } from './clock.ts';
import { applyCommit, applyRecord, emptyFold } from './fold.ts';
import type { Evolutions, Fold } from './fold.ts';
import { foldAt } from './project.ts';

/** A moment of the log as somebody names it. */
export type Point =
  | { readonly kind: 'seq'; readonly seq: number }
  /** ISO time. */
  | { readonly kind: 'time'; readonly at: string }
  /** The first characters of a commit's name, or all of them. */
  | { readonly kind: 'commit'; readonly prefix: string };

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
const examples = '--at 120, --at 2026-11-20, --at 2026-11-20T12:00:00Z or --at 3f2a91c';
const timePattern = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;
const commitPattern = /^[0-9a-f]{7,40}$/;

function badPoint(text: string): UsageError {
  const message = `\`${text}\` is no seq, time or commit of the log. Say it as in ${examples}.`;
  return new UsageError('bad-point', message, { at: text });
}

/**
 * Reads a point: digits are a seq, seven or more hexadecimal characters a commit, all else a time in ISO 8601 with its
 * zone, or a day in UTC. UsageError `bad-point` otherwise.
 */
export function parsePoint(text: string): Point {
  if (/^[1-9]\d{0,14}$/.test(text)) return { kind: 'seq', seq: Number(text) };
  if (commitPattern.test(text)) return { kind: 'commit', prefix: text };
  const unixMs = timePattern.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(unixMs)) throw badPoint(text);
  return { kind: 'time', at: new Date(unixMs).toISOString() };
}

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
    `The log at ${store.place} begins later than that. Where the remote can be reached, leave --offline out.`,
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

function outside(point: Point, head: LogCommit | undefined): UsageError {
  const seq = head === undefined ? 0 : parseMessage(head.message, head.oid).seq;
  const asked =
    point.kind === 'seq' ? `seq ${point.seq}` : point.kind === 'time' ? point.at : point.prefix;
  const message = `The log has nothing at ${asked}; it goes from seq 1 to ${seq}. Say it as in ${examples}.`;
  return new UsageError('bad-point', message, { at: asked, seq });
}

async function pageBefore(store: LogStore, from: string): Promise<readonly LogCommit[]> {
  return (await store.read({ from, commitsMax: pageCommits })).commits;
}

/** Walks back, page by page, until the point is found and `isEnough`; Fault `past-not-here` where the history ends. */
async function walkTo(
  store: LogStore,
  point: Point,
  isEnough: (found: Found) => boolean,
): Promise<Found> {
  const head = await store.head();
  let found: Found | null = null;
  let newest: LogCommit | undefined;
  let from: string | undefined = head ?? undefined;
  while (from !== undefined) {
    const page = await pageBefore(store, from);
    newest ??= page.at(-1);
    found =
      found === null ? foundIn(page, point) : { ...found, commits: [...page, ...found.commits] };
    if (found !== null && isEnough(found)) return found;
    const [first] = page;
    from = first?.parents[0];
    if (from !== undefined && page.length < pageCommits) throw notHere(store, first);
  }
  if (found !== null) return found;
  throw outside(point, newest);
}

function isAhead(point: Point, head: LogCommit, now: string): boolean {
  if (point.kind === 'time') return point.at > now;
  return point.kind === 'seq' && point.seq > parseMessage(head.message, head.oid).seq;
}

async function checkNotAhead({ store, clock }: Looking, point: Point): Promise<void> {
  const [head] = (await store.read({ commitsMax: 1 })).commits;
  if (head === undefined || isAhead(point, head, clock.now())) throw outside(point, head);
}

function finish(fold: Fold, { commits, isPart, seq }: Found, looking: Looking): void {
  const last = commits.at(-1);
  if (!isPart || last === undefined) return;
  const records = decodeBatch(last.batch, last.oid).filter((record) => record.seq <= seq);
  for (const record of records) applyRecord(fold, looking.evolutions, record);
  const end = records.at(-1);
  if (end === undefined || fold.position === null) return;
  fold.position = { ...fold.position, oid: last.oid, seq, at: end.at, hlc: end.hlc };
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

async function foldUpTo(point: Point, looking: Looking): Promise<Fold> {
  const found = await walkTo(looking.store, point, (some) => startIn(some) >= 0);
  try {
    return await foldOf(found, startIn(found), looking);
  } catch (error) {
    if (!isOutgrown(error)) throw error;
    const whole = await walkTo(looking.store, point, () => false);
    return foldOf(whole, -1, looking);
  }
}

/**
 * The state at a point of the past. UsageError `bad-point` where the log has none such; Fault `past-not-here` where it
 * lies before what a shallow store holds.
 */
export async function pastAt(point: Point, looking: Looking): Promise<Past> {
  await checkNotAhead(looking, point);
  const fold = await foldUpTo(point, looking);
  const now = point.kind === 'time' ? point.at : (fold.position?.at ?? looking.clock.now());
  return { fold, now };
}
