// Checks commits that came from elsewhere before they are taken over: one parent each, order and chain without a gap.
import type { Kept } from '../kernel/decider.ts';
import { Fault } from '../kernel/fault.ts';
import type { Sha256 } from './canonical.ts';
import { chainNext } from './chain.ts';
import { parseMessage } from './message.ts';
import { decodeBatch } from './record.ts';
import type { LogCommit } from './store.ts';

/** Where the commits are to continue; null at a boundary behind which nothing is known. */
export interface Before {
  readonly oid: string;
  readonly seq: number;
  readonly chain: string;
}

function broken(commit: LogCommit, problem: string): Fault {
  return new Fault(
    'log-corrupt',
    `Commit ${commit.oid} from the remote was not taken over: ${problem}.`,
    { commit: commit.oid },
  );
}

interface Reading {
  readonly firstSeq: number | undefined;
  readonly after: Before;
}

function checkKept(commit: LogCommit, kept: Kept | undefined, at: string | undefined): void {
  const times = kept === undefined ? [] : [kept.tasksSince, kept.messagesSince];
  if (times.every((time) => time <= (at ?? ''))) return;
  throw broken(commit, 'it lets go of what is not past yet');
}

/** Reads a commit by itself: one parent at most, and trailers that fit its records. */
function readOne(commit: LogCommit): Reading {
  const { seq, count, chain, kept } = parseMessage(commit.message, commit.oid);
  const records = decodeBatch(commit.batch, commit.oid);
  if (commit.parents.length > 1) throw broken(commit, 'it is a merge');
  if (records.length !== count || records.at(-1)?.seq !== seq) {
    throw broken(commit, 'its trailers do not fit its records');
  }
  checkKept(commit, kept, records.at(-1)?.at);
  return { firstSeq: records[0]?.seq, after: { oid: commit.oid, seq, chain } };
}

function checkOne(commit: LogCommit, before: Before | null, sha256: Sha256): Before {
  const { firstSeq, after } = readOne(commit);
  if (before === null) return after;
  if (commit.parents[0] !== before.oid) throw broken(commit, 'it does not follow its parent');
  if (firstSeq !== before.seq + 1) throw broken(commit, 'its seq leaves a gap');
  if (after.chain !== chainNext(before.chain, commit.batch, sha256)) {
    throw broken(commit, 'the chain does not fit its batch');
  }
  return after;
}

/** Fault `log-corrupt` naming the first commit, oldest first, that does not continue the one before. */
export function checkContinuity(
  commits: readonly LogCommit[],
  before: Before | null,
  sha256: Sha256,
): void {
  let last = before;
  for (const commit of commits) last = checkOne(commit, last, sha256);
}
