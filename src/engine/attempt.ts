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

/** Reads the records of commands that the fold has seen, as far as the last window of the log holds them. */
export async function recordsSeen(
  store: LogStore,
  fold: Fold,
  intents: readonly Intent[],
): Promise<ReadonlyMap<number, LogRecord>> {
  const found = new Map<number, LogRecord>();
  const seqs = new Set(intents.map((intent) => seenOf(fold, intent)?.seq));
  if (fold.position === null || seqs.size === 0 || (seqs.size === 1 && seqs.has(undefined))) {
    return found;
  }
  const { commits } = await store.read({
    from: fold.position.oid,
    commitsMax: limits.tailCommitsMax + 1,
  });
  for (const { batch, oid } of commits) {
    for (const record of decodeBatch(batch, oid)) {
      if (seqs.has(record.seq)) found.set(record.seq, record);
    }
  }
  return found;
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
  const record: LogRecord = {
    ...request.intent,
    input,
    auth: request.auth,
    seq: nextSeq(attempt),
    at: attempt.now,
    policy: attempt.inForce.oid,
    events,
  };
  const size = byteLength(encodeRecord(record));
  if (size > limits.recordBytesMax) return tooLarge(size);
  const lineBytes = size + 1;
  if (isFull(attempt, lineBytes)) return 'full';
  applyRecord(attempt.fold, evolutions, record);
  attempt.records.push(record);
  attempt.batchBytes += lineBytes;
  return record;
}
