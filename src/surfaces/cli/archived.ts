// Says what to do where the log that is here begins with an epoch, and the archive of what it continues is not here.
import { archiveRef } from '../../log/format.ts';
import { parseMessage } from '../../log/message.ts';
import { decodeBatch } from '../../log/record.ts';
import type { LogCommit } from '../../log/store.ts';

/** The epoch that ended before a commit. */
export interface Archived {
  /** From 1. */
  readonly epoch: number;
  /** The repository that keeps it, as people know it; null where the log's own does. */
  readonly keeper: string | null;
}

/** How a repository is named in a sentence: nothing else that stands on a log is shown there. */
const plainName = /^[\w./-]{1,200}$/;

/** What the first record of a commit says of the epoch that it begins. */
function rollIn({ batch, oid }: LogCommit): Readonly<Record<string, unknown>> {
  const [record] = decodeBatch(batch, oid);
  return (record?.events[0]?.data ?? {}) as Record<string, unknown>;
}

/** What the commit continues, where it is the first of an epoch; null where it is not. Faults of reading a commit. */
export function archivedBefore(commit: LogCommit): Archived | null {
  const { previous } = parseMessage(commit.message, commit.oid);
  if (previous === undefined || commit.parents[0] !== previous) return null;
  const { epoch, archive } = rollIn(commit);
  if (!Number.isSafeInteger(epoch)) return null;
  const keeper = typeof archive === 'string' && plainName.test(archive) ? archive : null;
  return { epoch: Number(epoch) - 1, keeper };
}

/** A remote that was asked for the archive; null where none was, and why. */
export interface Asked {
  readonly remote: string | null;
  readonly isOffline: boolean;
}

/** That the log before a commit is archived, and how to have it here; ends with the command. */
export function archivedText(
  oid: string,
  { epoch, keeper }: Archived,
  { remote, isOffline }: Asked,
): string {
  const asked = isOffline || remote === null;
  const where = asked ? 'not here' : `neither here nor on ${remote}`;
  const wait =
    isOffline && remote !== null ? `Leave --offline out to look for it on ${remote}, or ` : '';
  const fetch = wait === '' ? 'Fetch' : 'fetch';
  const kept = keeper === null ? 'from where it is kept' : `from ${keeper}, which keeps it`;
  return (
    `The log before ${oid} is in the archive of epoch ${epoch}, which is ${where}. ` +
    `${wait}${fetch} it ${kept}, and try again: coord git fetch URL-OF-IT '${archiveRef(epoch)}:${archiveRef(epoch)}'`
  );
}
