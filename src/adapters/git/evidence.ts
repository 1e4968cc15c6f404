// Walks the commits of the log for the verifier; where the walk cannot go on is told by commit, never thrown.
import { present } from '../../kernel/assert.ts';
import { messageOf } from '../../kernel/fault.ts';
import type { Problem } from '../../log/verify-batch.ts';
import { commitBefore } from './epoch-start.ts';
import { listedCommits } from './object-batches.ts';
import type { CommitSource } from './object-batches.ts';
import type { Commit } from './store/commit.ts';
import type { Oid } from './store/object.ts';

/** A source that the installed git can read as well. */
type DirectorySource = CommitSource & { readonly dir: string };

/** The commits below a head, oldest first. */
export interface History {
  readonly oids: readonly Oid[];
  /** Why the walk ended. */
  readonly end: 'genesis' | 'boundary' | 'limit' | 'unreadable';
  /** The commit that could not be read, when that was why. */
  readonly problem: Problem | null;
}

/** Where a walk ends before the genesis. */
export interface Stops {
  /** Commits whose parents are deliberately not here. */
  readonly boundary: readonly Oid[];
  /** Whether this commit, the `count`th from the head, is far enough back. */
  readonly isLast: (commit: Commit, oid: Oid, count: number) => boolean;
}

/** Walks the first parents from `head`. */
export function historyOf(source: CommitSource, head: Oid, { boundary, isLast }: Stops): History {
  const stops = new Set(boundary);
  const oids: Oid[] = [];
  const ended = (end: History['end'], problem: Problem | null = null): History => ({
    ...{ oids: oids.reverse(), end, problem },
  });
  for (let next: Oid | undefined = head; next !== undefined;) {
    const oid: Oid = next;
    try {
      const commit = source.readCommit(oid);
      oids.push(oid);
      const before = commitBefore(source, commit);
      if (isLast(commit, oid, oids.length))
        return ended(before.oid === undefined ? 'genesis' : 'limit');
      if (before.isCut) return ended('boundary');
      next = before.oid;
    } catch (error) {
      return ended('unreadable', { commit: oid, reason: messageOf(error) });
    }
    if (stops.has(oid)) return ended(next === undefined ? 'genesis' : 'boundary');
  }
  return ended('genesis');
}

/** The whole history of a store, listed by the installed git where it can: what it says is verified commit by commit. */
export async function wholeHistory(
  store: DirectorySource,
  head: Oid,
  boundary: readonly Oid[],
): Promise<History> {
  const oids = boundary.length > 0 ? null : await listedCommits(store.dir, head);
  if (oids?.at(-1) !== head) return historyOf(store, head, { boundary, isLast: () => false });
  const first = commitBefore(store, store.readCommit(present(oids[0], 'a head is listed')));
  if (first.oid === undefined) return { oids, end: 'genesis', problem: null };
  if (first.isCut) return { oids, end: 'boundary', problem: null };
  const before = await wholeHistory(store, first.oid, boundary);
  return { ...before, oids: [...before.oids, ...oids] };
}
