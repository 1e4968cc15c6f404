// The fold: the state of every concept after a prefix of the log, owned by one place and changed in place.
import { byteLength } from '../kernel/bytes.ts';
import type { AnyEvolution, Event, EventMeta, Kept } from '../kernel/decider.ts';
import { shapeProblem, text } from '../kernel/event-shape.ts';
import type { Shape } from '../kernel/event-shape.ts';
import { Fault } from '../kernel/fault.ts';
import { addSeconds } from '../kernel/duration.ts';
import { limits } from '../kernel/limits.ts';
import type { Sha256 } from '../log/canonical.ts';
import { chainNext, chainStart } from '../log/chain.ts';
import { parseMessage } from '../log/message.ts';
import type { Trailers } from '../log/message.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { Position } from '../log/snapshot.ts';
import type { LogCommit } from '../log/store.ts';
import { ConceptStates } from './concept-states.ts';
import { SeenKeys } from './seen-keys.ts';
import type { Shelf } from './shelf.ts';

export interface Fold {
  position: Position | null;
  log: string | null;
  repository: string | null;
  /** Bytes of the batches since the checkpoint. */
  tailBytes: number;
  /** The checkpoint that the head carries, where every part of it is known to be this fold's; null elsewhere. */
  shelf: Shelf | null;
  /** Bytes of the last checkpoint as far as they are known. */
  checkpointBytes: number;
  readonly states: ConceptStates;
  /** Command ids and causes of the last 30 days. */
  readonly seen: SeenKeys;
  /** Event types that this version does not know, with how many it met. */
  readonly unknown: Map<string, number>;
}

type Handler = (state: object, data: object, meta: EventMeta) => void;
export interface Route {
  readonly concept: string;
  readonly handle: Handler;
}

/** The evolutions of a registry, with a route for every event type. */
export interface Evolutions {
  readonly list: readonly AnyEvolution[];
  readonly routes: ReadonlyMap<string, readonly Route[]>;
  /** By event type; a type that is not there is carried, never judged. */
  readonly shapes: ReadonlyMap<string, Shape>;
}

const SECONDS_PER_DAY = 86_400;
const logCreated = 'log.created';

/** Collects the handlers of all concepts by event type. */
export function routeEvents(list: readonly AnyEvolution[]): Evolutions {
  const routes = new Map<string, Route[]>();
  for (const evolution of list) {
    for (const [type, handle] of Object.entries(evolution.evolve as Record<string, Handler>)) {
      routes.set(type, [...(routes.get(type) ?? []), { concept: evolution.name, handle }]);
    }
  }
  const created: [string, Shape] = [logCreated, { log: text, repository: text }];
  const shapes = new Map([created, ...list.flatMap((each) => Object.entries(each.shapes))]);
  return { list, routes, shapes };
}

export function emptyFold(evolutions: Evolutions): Fold {
  const states = new ConceptStates();
  for (const { name, initial } of evolutions.list) states.set(name, initial());
  return {
    position: null,
    log: null,
    repository: null,
    tailBytes: 0,
    shelf: null,
    checkpointBytes: 0,
    states,
    seen: new SeenKeys(),
    unknown: new Map(),
  };
}

function remember(fold: Fold, record: LogRecord): void {
  const { seq, at, id, cause } = record;
  fold.seen.add({ seq, at, id, cause });
}

/** Lets go of what is no longer kept; happens with every checkpoint, at the same point for every reader. */
export function letGo(fold: Fold, evolutions: Evolutions, at: string, kept?: Kept): void {
  forgetOldKeys(fold, at);
  if (kept === undefined) return;
  for (const { name, retain } of evolutions.list) {
    if (retain !== undefined) fold.states.change(name, (state) => retain(state as never, kept));
  }
}

function forgetOldKeys(fold: Fold, at: string): void {
  // A sender's clock may be ahead by so much, and its commands stay acceptable as much longer.
  const keptSeconds = limits.idempotencyDaysMax * SECONDS_PER_DAY + limits.clockAheadSecondsMax;
  fold.seen.forgetBefore(addSeconds(at, -keptSeconds));
}

function applyEvent(fold: Fold, evolutions: Evolutions, record: LogRecord, index: number): void {
  const event = record.events[index];
  if (event === undefined) return;
  // Only the first record creates the log: one that somebody adds later must not rename it.
  if (event.type === logCreated && fold.log === null) {
    const { log, repository } = event.data as { log: string; repository: string };
    fold.log = log;
    fold.repository = repository;
    return;
  }
  const routes = evolutions.routes.get(event.type);
  if (routes === undefined) {
    fold.unknown.set(event.type, (fold.unknown.get(event.type) ?? 0) + 1);
    return;
  }
  const { seq, at, actor, id, input, sig } = record;
  const meta: EventMeta = { seq, at, actor, id, input, isSigned: sig !== undefined };
  for (const { concept, handle } of routes) {
    fold.states.change(concept, (state) => handle(state, event.data, meta));
  }
}

/** Adds one record to the fold: its events and its keys. */
export function applyRecord(fold: Fold, evolutions: Evolutions, record: LogRecord): void {
  for (let index = 0; index < record.events.length; index += 1) {
    applyEvent(fold, evolutions, record, index);
  }
  remember(fold, record);
}

function broken(commit: LogCommit, problem: string): Fault {
  return new Fault(
    'log-corrupt',
    `Commit ${commit.oid} on the log: ${problem}. Run \`coord verify\` to see how far the log is good.`,
    { commit: commit.oid, path: 'batch.ndjson' },
  );
}

/** What is wrong with the data of an event of a known type, as half a sentence; null when nothing is. */
export function eventProblem({ shapes }: Evolutions, { type, data }: Event): string | null {
  const shape = shapes.get(type);
  return shape === undefined ? null : shapeProblem(data, shape);
}

function checkEvents(evolutions: Evolutions, commit: LogCommit, record: LogRecord): void {
  const { seq, events } = record;
  for (const event of events) {
    const problem = eventProblem(evolutions, event);
    if (problem !== null) throw broken(commit, `seq ${seq}: ${event.type}: ${problem}`);
  }
}

function checkOrder(fold: Fold, commit: LogCommit, records: readonly LogRecord[]): void {
  let seq = fold.position?.seq ?? 0;
  let at = fold.position?.at ?? '';
  for (const record of records) {
    seq += 1;
    if (record.seq !== seq) throw broken(commit, `seq ${record.seq} stands where ${seq} belongs`);
    if (record.at < at) throw broken(commit, `the time of seq ${seq} goes backwards`);
    at = record.at;
  }
}

interface Checked {
  readonly records: readonly LogRecord[];
  readonly last: LogRecord;
  readonly trailers: Trailers;
}

/** A commit's records when its order, trailers and chain continue the fold; Fault `log-corrupt` otherwise. */
function checked(fold: Fold, evolutions: Evolutions, commit: LogCommit, sha256: Sha256): Checked {
  const trailers = parseMessage(commit.message, commit.oid);
  const records = decodeBatch(commit.batch, commit.oid);
  checkOrder(fold, commit, records);
  // Who can push can write anything; what was written here or by our App was decided by this very code.
  if (commit.provenance === 'elsewhere') {
    for (const record of records) checkEvents(evolutions, commit, record);
  }
  const last = records.at(-1);
  if (last?.seq !== trailers.seq) throw broken(commit, 'its trailers do not fit its records');
  const before = fold.position?.chain ?? chainStart(last.log, sha256);
  if (chainNext(before, commit.batch, sha256) !== trailers.chain) {
    throw broken(commit, 'the chain does not fit its batch');
  }
  return { records, last, trailers };
}

/** Adds one commit: order and chain are checked first, so that a broken one changes nothing. */
export function applyCommit(
  fold: Fold,
  evolutions: Evolutions,
  commit: LogCommit,
  sha256: Sha256,
): void {
  const { records, last, trailers } = checked(fold, evolutions, commit, sha256);
  const { seq, tail, chain, kept } = trailers;
  for (const record of records) applyRecord(fold, evolutions, record);
  fold.tailBytes = tail === 0 ? 0 : fold.tailBytes + byteLength(commit.batch);
  if (tail === 0) {
    letGo(fold, evolutions, last.at, kept);
    // Somebody else's checkpoint: ours is then written whole, so that nothing of theirs is taken on trust.
    fold.shelf = null;
  }
  fold.position = { oid: commit.oid, seq, tail, chain, at: last.at, hlc: last.hlc };
}
