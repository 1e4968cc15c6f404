// One attempt at a commit: what is to go into its batch, and what the log says already of commands that come again.
import { byteLength } from '../kernel/bytes.ts';
import { refuse } from '../kernel/decider.ts';
import type { Event, Refusal } from '../kernel/decider.ts';
import type { Details } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import { decodeBatch, encodeRecord } from '../log/record.ts';
import type { Intent, LogRecord } from '../log/record.ts';
import type { LogStore } from '../log/store.ts';
import type { PolicyInForce } from '../policy/in-force.ts';
import type { Request } from './decide.ts';
import { applyRecord } from './fold.ts';
import type { Evolutions, Fold } from './fold.ts';
import type { Seen } from './seen-keys.ts';

export interface Attempt {
  readonly fold: Fold;
  readonly inForce: PolicyInForce;
  readonly now: string;
  /** Records of commands that are on the log already, by seq; those too far back are not there. */
  readonly known: ReadonlyMap<number, LogRecord>;
  readonly records: LogRecord[];
  /** The same as text: written once, to be measured and for the batch. */
  readonly lines: string[];
  /** The commit will be the first of an epoch. */
  readonly beginsEpoch?: true;
  /** Bytes of the records as they will stand in the batch. */
  batchBytes: number;
}

export function nextSeq(attempt: Attempt): number {
  return (attempt.fold.position?.seq ?? 0) + attempt.records.length + 1;
}

/** Where a command stands on the log, found by its id or by what caused it. */
export function seenOf(fold: Fold, { id, cause }: Intent): Seen | undefined {
  return fold.seen.get(id) ?? (cause === undefined ? undefined : fold.seen.get(cause));
}

/** By fold, the first seq of the last window that was read: a fold only goes on, so what was before it stays too far back. */
const windowStarts = new WeakMap<Fold, number>();

/** Seqs of commands that the fold has seen and that the window may still hold. */
function seqsWithin(fold: Fold, intents: readonly Intent[]): ReadonlySet<number> {
  const start = windowStarts.get(fold) ?? 1;
  const seqs = intents.map((intent) => seenOf(fold, intent)?.seq ?? 0);
  return new Set(seqs.filter((seq) => seq >= start));
}

/** Reads the records of commands that the fold has seen, as far as the last window of the log holds them. */
export async function recordsSeen(
  store: LogStore,
  fold: Fold,
  intents: readonly Intent[],
): Promise<ReadonlyMap<number, LogRecord>> {
  const seqs = seqsWithin(fold, intents);
  if (fold.position === null || seqs.size === 0) return new Map();
  const { oid: from } = fold.position;
  const { commits } = await store.read({ from, commitsMax: limits.tailCommitsMax + 1 });
  const records = commits.flatMap(({ batch, oid }) => decodeBatch(batch, oid));
  const [first] = records;
  if (first !== undefined) windowStarts.set(fold, first.seq);
  return new Map(records.filter(({ seq }) => seqs.has(seq)).map((record) => [record.seq, record]));
}

function tooLarge(size: number): Refusal<'record-too-large'> {
  return refuse(
    'record-too-large',
    `The command takes ${size} bytes; ${limits.recordBytesMax} is the most. Shorten it or link to the text.`,
    { size, max: limits.recordBytesMax },
  );
}

/** Whether one more record of this size (bytes) would make the batch larger than a batch may be. */
function isFull({ records, batchBytes }: Attempt, size: number): boolean {
  const bytes = batchBytes + size;
  return records.length >= limits.batchCommandsMax || bytes > limits.batchBytesMax;
}

/**
 * Puts a record of these events on the attempt and into its fold. A refusal when it is too large for the log;
 * `full` when it has to wait for the next batch. In both cases nothing has changed.
 */
export function addRecord(
  request: Request,
  input: Details,
  events: readonly Event[],
  { attempt, evolutions }: { readonly attempt: Attempt; readonly evolutions: Evolutions },
): LogRecord | Refusal | 'full' {
  // Not a spread: one with fields behind it takes twenty times as long, and this is done for every command.
  const record: LogRecord = Object.assign({}, request.intent, {
    input,
    auth: request.auth,
    seq: nextSeq(attempt),
    at: attempt.now,
    policy: attempt.inForce.oid,
    events,
  });
  const line = encodeRecord(record);
  const size = byteLength(line);
  if (size > limits.recordBytesMax) return tooLarge(size);
  const lineBytes = size + 1;
  if (isFull(attempt, lineBytes)) return 'full';
  applyRecord(attempt.fold, evolutions, record);
  attempt.records.push(record);
  attempt.lines.push(line);
  attempt.batchBytes += lineBytes;
  return record;
}
