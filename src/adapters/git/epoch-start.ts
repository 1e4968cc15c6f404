// Where an epoch of the log begins: its first commit has no parent, and names the one that it continues in its trailers.
import { Fault } from '../../kernel/fault.ts';
import { continuedBy } from '../../log/message.ts';
import type { CommitSource } from './object-batches.ts';
import type { Commit } from './store/commit.ts';
import type { Oid } from './store/object.ts';

function isHere(source: Pick<CommitSource, 'readCommit'>, oid: Oid): boolean {
  try {
    source.readCommit(oid);
    return true;
  } catch (error) {
    if (error instanceof Fault && error.code === 'object-missing') return false;
    throw error;
  }
}

/** A commit's predecessor across epochs: where it is the first of an epoch, and what is before is not kept here, `isCut`. */
export interface Predecessor {
  readonly oid: Oid | undefined;
  readonly isCut: boolean;
}

export function commitBefore(
  source: Pick<CommitSource, 'readCommit'>,
  { parents, message }: Pick<Commit, 'parents' | 'message'>,
): Predecessor {
  const [before] = continuedBy(parents, message);
  const isLink = before !== undefined && parents.length === 0;
  return { oid: before, isCut: isLink && !isHere(source, before) };
}
