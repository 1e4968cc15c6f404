// Fetches epochs that are over when a clone was left behind in one of them: by that it sees that the log goes on.
import { Fault } from '../../../kernel/fault.ts';
import { archiveBranch, archiveRef } from '../../../log/format.ts';
import { continuedBy, parseMessage } from '../../../log/message.ts';
import { decodeBatch } from '../../../log/record.ts';
import type { LogCommit } from '../../../log/store.ts';
import { isLinkBroken, readLogCommit } from '../log-commit.ts';
import type { GitStore } from '../store/git-store.ts';
import type { Oid } from '../store/object.ts';
import { incomingRef } from './quarantine.ts';
import type { Quarantine } from './quarantine.ts';
import { lent, takeOverObjects } from './take-over.ts';
import type { Judging } from './take-over.ts';
import type { Transport } from './transport.ts';

/** In the quarantine. */
function fetchedRef(epoch: number): string {
  return `refs/heads/epoch-${epoch}`;
}

/** Bounds what a remote can make us fetch; nobody is left behind by that many. */
const epochsFetchedMax = 32;

/** The epoch that its first commit says is over, from 1; null where it says none. */
function epochBefore(batch: string, oid: Oid): number | null {
  const [record] = decodeBatch(batch, oid);
  const epoch = (record?.events[0]?.data as { readonly epoch?: unknown } | undefined)?.epoch;
  return Number.isSafeInteger(epoch) && Number(epoch) > 1 ? Number(epoch) - 1 : null;
}

type Linked = Pick<LogCommit, 'oid' | 'parents'>;

/** What the commit says. One that says nothing is not of the log: that is told where it is to be taken over. */
function seqSaid(message: string, oid: Oid): number {
  try {
    return parseMessage(message, oid).seq;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return Number.POSITIVE_INFINITY;
  }
}

/** The epoch whose end is missing between a head and a seq that is known here; null where nothing is missing. */
function missingEpoch(both: GitStore, head: Oid, knownSeq: number): number | null {
  const shallow = new Set(both.shallow());
  let next: Oid | undefined = head;
  while (next !== undefined && both.readObject(next) !== undefined) {
    const { message, parents } = both.readCommit(next);
    if (seqSaid(message, next) <= knownSeq || shallow.has(next)) return null;
    const commit: Linked = { oid: next, parents: continuedBy(parents, message) };
    if (isLinkBroken(both, commit)) {
      return epochBefore(readLogCommit(both, next, 'elsewhere').batch, next);
    }
    next = commit.parents[0];
  }
  return null;
}

/** The store, and the newest commit of the remote that it has. */
export interface KnownHere {
  readonly store: GitStore;
  readonly have: Oid;
}

function missingIn(quarantine: Quarantine, known: KnownHere | null): number | null {
  const from = quarantine.open();
  try {
    const head = from.readRef(incomingRef);
    if (head === null || head === known?.have) return null;
    if (known === null) return missingEpoch(from, head, 0);
    const { store, have } = known;
    const { message } = store.readCommit(have);
    return missingEpoch(lent(from, store), head, parseMessage(message, have).seq);
  } finally {
    from.close();
  }
}

/**
 * Fetches into the quarantine the epochs that lie between the fetched head and what is known here, or all of them
 * where nothing is; answers which.
 */
export async function fetchArchives(
  transport: Transport,
  quarantine: Quarantine,
  known: KnownHere | null,
): Promise<readonly number[]> {
  const asked = new Set<number>();
  for (let count = 0; count < epochsFetchedMax; count += 1) {
    const epoch = missingIn(quarantine, known);
    if (epoch === null || asked.has(epoch)) break;
    asked.add(epoch);
    const into = fetchedRef(epoch);
    const isThere = await transport.fetch(quarantine, null, { from: archiveRef(epoch), into });
    if (!isThere) await transport.fetch(quarantine, null, { from: archiveBranch(epoch), into });
  }
  return [...asked];
}

/** Takes fetched epochs into the store, the oldest first, verified like everything that comes. */
export function takeInArchives(
  from: GitStore,
  store: GitStore,
  epochs: readonly number[],
  judging: Judging,
): void {
  const oldestFirst = [...epochs].sort((left, right) => left - right);
  for (const epoch of oldestFirst) {
    const head = from.readRef(fetchedRef(epoch));
    if (head !== null) takeOverObjects(from, store, head, judging);
  }
}
