// Turns accepted records into the next commit: trailers, chain, and a checkpoint with its board when one is due.
import { present } from '../kernel/assert.ts';
import { byteLength } from '../kernel/bytes.ts';
import type { Kept } from '../kernel/decider.ts';
import { limits } from '../kernel/limits.ts';
import type { Sha256 } from '../log/canonical.ts';
import { chainNext, chainStart } from '../log/chain.ts';
import { batchPath, boardPath, formatPath, formatText } from '../log/format.ts';
import { formatMessage } from '../log/message.ts';
import { encodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { CommitDraft } from '../log/store.ts';
import type { Position } from '../log/snapshot.ts';
import { takeCheckpoint } from './checkpoint.ts';
import type { CheckpointChange } from './checkpoint.ts';
import type { Clock } from './clock.ts';
import { letGo } from './fold.ts';
import type { Evolutions, Fold } from './fold.ts';

/** The commit to append, and where the fold stands once it is there. */
export interface Prepared {
  readonly draft: CommitDraft;
  /** Takes the fold to the new commit; call it when the append succeeded. */
  readonly settle: (oid: string) => void;
}

function isCheckpointDue(fold: Fold, batchBytes: number): boolean {
  if (fold.position === null || fold.position.tail >= limits.tailCommitsMax) return true;
  const allowed = Math.min(
    Math.max(limits.tailBytesMin, fold.checkpointBytes),
    limits.tailBytesMax,
  );
  return fold.tailBytes + batchBytes > allowed;
}

/** A checkpoint, or null, and what it let go of where that is said. */
interface Taken {
  readonly kept?: Kept | undefined;
  readonly change: CheckpointChange | null;
}

/** The checkpoint that the next commit carries, where one is due. */
function dueCheckpoint(
  fold: Fold,
  batchBytes: number,
  at: string,
  { evolutions, keptAt, previous }: Means,
): Taken {
  const isRoot = previous !== undefined;
  if (!isRoot && !isCheckpointDue(fold, batchBytes)) return { change: null };
  // Nothing is carried over where there is no parent.
  if (isRoot) fold.shelf = null;
  const kept = keptAt?.(at);
  letGo(fold, evolutions, at, kept);
  return { kept, change: takeCheckpoint(fold) };
}

type Changes = Pick<CommitDraft, 'files' | 'removed' | 'replacesCheckpoint'>;

function changesOf(
  fold: Fold,
  batch: string,
  checkpoint: CheckpointChange | null,
  { board, previous }: Means,
): Changes {
  const files = new Map([[batchPath, batch]]);
  if (fold.position === null || previous !== undefined) files.set(formatPath, formatText);
  if (checkpoint === null) return { files, removed: [], replacesCheckpoint: false };
  for (const [path, text] of checkpoint.files) files.set(path, text);
  files.set(boardPath, board(fold));
  return { files, removed: checkpoint.removed, replacesCheckpoint: checkpoint.isWhole };
}

/** The chain that a batch continues. */
function chainBefore(fold: Fold, log: string, sha256: Sha256): string {
  return fold.position?.chain ?? chainStart(log, sha256);
}

/** What it takes to make a commit of records. */
export interface Means {
  /** The records as text, where that is made already. */
  readonly batch?: string;
  readonly clock: Clock;
  readonly evolutions: Evolutions;
  /** Renders the branch's README. */
  readonly board: (fold: Fold) => string;
  /** What a checkpoint at this time (ISO 8601 UTC) lets go of; nothing where it is not said. */
  readonly keptAt?: (at: string) => Kept;
  /** The commit begins an epoch after this one: it has no parent and holds the whole state. */
  readonly previous?: string;
}

/** Prepares the commit for records that are already applied to the fold. */
export function prepare(fold: Fold, records: readonly LogRecord[], means: Means): Prepared {
  const { log, seq, at, hlc } = present(records.at(-1), 'a commit carries at least one record');
  const batch = means.batch ?? encodeBatch(records);
  const batchBytes = byteLength(batch);
  const sha256 = (bytes: Uint8Array): Uint8Array => means.clock.sha256(bytes);
  const chain = chainNext(chainBefore(fold, log, sha256), batch, sha256);
  const { change, kept } = dueCheckpoint(fold, batchBytes, at, means);
  const tail = change === null ? (fold.position?.tail ?? 0) + 1 : 0;
  const { files, ...changes } = changesOf(fold, batch, change, means);
  const { previous } = means;
  const said = { ...(kept && { kept }), ...(previous && { previous }) };
  const trailers = { seq, count: records.length, tail, chain, ...said };
  const ops = records.map((record) => record.op);
  return {
    draft: { message: formatMessage(ops, trailers), at, files, ...changes },
    settle: (oid) => {
      const position: Position = { oid, seq, tail, chain, at, hlc };
      fold.position = position;
      fold.tailBytes = change !== null ? 0 : fold.tailBytes + batchBytes;
    },
  };
}
