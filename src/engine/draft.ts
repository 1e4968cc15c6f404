// Turns accepted records into the next commit: trailers, chain, and a checkpoint with its board when one is due.
import { present } from '../kernel/assert.ts';
import { limits } from '../kernel/limits.ts';
import { chainNext, chainStart } from '../log/chain.ts';
import { batchPath, boardPath, formatPath, formatText } from '../log/format.ts';
import { formatMessage } from '../log/message.ts';
import { encodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { CommitDraft } from '../log/store.ts';
import { encodeCheckpoint } from './checkpoint.ts';
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
    Math.max(limits.tailBytesMin, fold.checkpointBytes),
    limits.tailBytesMax,
  );
  return fold.tailBytes + batchBytes > allowed;
}

function checkpointFiles(fold: Fold, board: (fold: Fold) => string): Map<string, string> {
  const files = encodeCheckpoint(fold);
  fold.checkpointBytes = [...files.values()].reduce((sum, text) => sum + text.length, 0);
  files.set(boardPath, board(fold));
  return files;
}

/** Prepares the commit for records that are already applied to the fold. `board` renders the branch's README. */
export function prepare(
  fold: Fold,
  records: readonly LogRecord[],
  clock: Clock,
  board: (fold: Fold) => string,
): Prepared {
  const last = present(records.at(-1), 'a commit carries at least one record');
  const batch = encodeBatch(records);
  const isDue = isCheckpointDue(fold, batch.length);
  const sha256 = (bytes: Uint8Array): Uint8Array => clock.sha256(bytes);
  const chain = chainNext(fold.position?.chain ?? chainStart(last.log, sha256), batch, sha256);
  const tail = isDue ? 0 : (fold.position?.tail ?? 0) + 1;
  if (isDue) forgetOldKeys(fold, last.at);
  const files = new Map([[batchPath, batch]]);
  if (fold.position === null) files.set(formatPath, formatText);
  if (isDue) for (const [path, text] of checkpointFiles(fold, board)) files.set(path, text);
  const { seq, at, hlc } = last;
  const trailers = { seq, count: records.length, tail, chain };
  const ops = records.map((record) => record.op);
  return {
    draft: { message: formatMessage(ops, trailers), at, files, replacesCheckpoint: isDue },
    settle: (oid) => {
      const position: Position = { oid, seq, tail, chain, at, hlc };
      fold.position = position;
      fold.tailBytes = isDue ? 0 : fold.tailBytes + batch.length;
    },
  };
}
