// Turns accepted records into the next commit: trailers, chain, and a checkpoint with its board when one is due.
import { present } from '../kernel/assert.ts';
import { byteLength } from '../kernel/bytes.ts';
import { limits } from '../kernel/limits.ts';
import type { Sha256 } from '../log/canonical.ts';
import { chainNext, chainStart } from '../log/chain.ts';
import { batchPath, boardPath, formatPath, formatText } from '../log/format.ts';
import { formatMessage } from '../log/message.ts';
import { encodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { CommitDraft } from '../log/store.ts';
import { checkpointSize, encodeCheckpoint } from './checkpoint.ts';
import type { Clock } from './clock.ts';
import { forgetOldKeys } from './fold.ts';
import type { Fold, Position } from './fold.ts';

/** The commit to append, and where the fold stands once it is there. */
export interface Prepared {
  readonly draft: CommitDraft;
  /** Takes the fold to the new commit; call it when the append succeeded. */
  readonly settle: (oid: string) => void;
}

function isCheckpointDue(fold: Fold, batchBytes: number): boolean {
  if (fold.position === null || fold.position.tail >= limits.tailCommitsMax) return true;
  const allowed = Math.min(
    Math.max(limits.tailBytesMin, fold.checkpointBytes()),
    limits.tailBytesMax,
  );
  return fold.tailBytes + batchBytes > allowed;
}

function checkpointFiles(fold: Fold, board: (fold: Fold) => string): Map<string, string> {
  const files = encodeCheckpoint(fold);
  const size = checkpointSize(files);
  fold.checkpointBytes = () => size;
  files.set(boardPath, board(fold));
  return files;
}

function filesOf(
  fold: Fold,
  batch: string,
  board: ((fold: Fold) => string) | null,
): Map<string, string> {
  const files = new Map([[batchPath, batch]]);
  if (fold.position === null) files.set(formatPath, formatText);
  if (board === null) return files;
  for (const [path, text] of checkpointFiles(fold, board)) files.set(path, text);
  return files;
}

/** The chain that a batch continues. */
function chainBefore(fold: Fold, log: string, sha256: Sha256): string {
  return fold.position?.chain ?? chainStart(log, sha256);
}

/** Prepares the commit for records that are already applied to the fold. `board` renders the branch's README. */
export function prepare(
  fold: Fold,
  records: readonly LogRecord[],
  clock: Clock,
  board: (fold: Fold) => string,
): Prepared {
  const { log, seq, at, hlc } = present(records.at(-1), 'a commit carries at least one record');
  const batch = encodeBatch(records);
  const batchBytes = byteLength(batch);
  const isDue = isCheckpointDue(fold, batchBytes);
  const sha256 = (bytes: Uint8Array): Uint8Array => clock.sha256(bytes);
  const chain = chainNext(chainBefore(fold, log, sha256), batch, sha256);
  const tail = isDue ? 0 : (fold.position?.tail ?? 0) + 1;
  if (isDue) forgetOldKeys(fold, at);
  const files = filesOf(fold, batch, isDue ? board : null);
  const trailers = { seq, count: records.length, tail, chain };
  const ops = records.map((record) => record.op);
  return {
    draft: { message: formatMessage(ops, trailers), at, files, replacesCheckpoint: isDue },
    settle: (oid) => {
      const position: Position = { oid, seq, tail, chain, at, hlc };
      fold.position = position;
      fold.tailBytes = isDue ? 0 : fold.tailBytes + batchBytes;
    },
  };
}
