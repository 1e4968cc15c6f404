// What `coord verify` says of a clone that is forked: both heads, the last commit that both have, and the ways to go on.
import { historyOf } from '../../../adapters/git/evidence.ts';
import { incomingRef } from '../../../adapters/git/remote/quarantine.ts';
import { fetchAside } from '../../../adapters/git/remote/remote-log.ts';
import { lent } from '../../../adapters/git/remote/take-over.ts';
import type { GitStore } from '../../../adapters/git/store/git-store.ts';
import { Fault } from '../../../kernel/fault.ts';
import { statedBy } from '../../../log/verify-trailers.ts';
import type { Shell } from '../shell.ts';

/** A commit of one of the logs. */
export interface Point {
  readonly commit: string;
  /** What the commit says; null where it says none. */
  readonly seq: number | null;
}

/** How the log here and the remote's stand to each other. */
export interface Fork {
  readonly remote: string;
  readonly here: Point;
  readonly there: Point;
  /** The last commit that both have; null where none is known. */
  readonly common: Point | null;
  /** Commits after it, here and there. */
  readonly commitsHere: number;
  readonly commitsThere: number;
}

function pointAt(store: Pick<GitStore, 'readCommit'>, commit: string): Point {
  const { message } = store.readCommit(commit);
  return { commit, seq: statedBy(message, () => undefined).seq };
}

/** The last commit of one history that another has as well, by its place in each; -1 where there is none. */
function lastShared(ours: readonly string[], others: readonly string[]) {
  const places = new Map(others.map((oid, index) => [oid, index]));
  const here = ours.findLastIndex((oid) => places.has(oid));
  return { here, there: places.get(ours[here] ?? '') ?? -1 };
}

/** Compares two heads by the commits behind them, as far as these can be read. */
function compared(store: GitStore, remote: string, head: string, theirs: string): Fork {
  const stops = { boundary: store.shallow(), isLast: () => false };
  const ours = historyOf(store, head, stops).oids;
  const others = historyOf(store, theirs, stops).oids;
  const last = lastShared(ours, others);
  const common = ours[last.here];
  return {
    ...{ remote, here: pointAt(store, head), there: pointAt(store, theirs) },
    common: common === undefined ? null : pointAt(store, common),
    commitsHere: ours.length - last.here - 1,
    commitsThere: others.length - last.there - 1,
  };
}

/** How the log here and the remote's differ now; null where the remote has none, or it cannot be fetched. */
export async function forkOf(shell: Shell, store: GitStore, head: string): Promise<Fork | null> {
  const { clock, environment, globals } = shell;
  const { keptIn } = await shell.workspace();
  const look = { clock, environment, keptIn, depth: null };
  try {
    const quarantine = await fetchAside(shell.repository(), globals.remote, look);
    try {
      const fetched = quarantine.open();
      try {
        const theirs = fetched.readRef(incomingRef);
        return theirs === null
          ? null
          : compared(lent(fetched, store), globals.remote, head, theirs);
      } finally {
        fetched.close();
      }
    } finally {
      quarantine.remove();
    }
  } catch (error) {
    // The fault that said so stands by itself then.
    if (error instanceof Fault) return null;
    throw error;
  }
}

function named({ commit, seq }: Point): string {
  return `${commit}${seq === null ? '' : ` (seq ${seq})`}`;
}

function counted(count: number): string {
  return count === 1 ? '1 commit' : `${count} commits`;
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

/** What differs, and how to go on with either log; `restored` is where to set the remote's back to. */
export function forkText(fork: Fork, storeDir: string, restored: string): string {
  const { remote, here, there, common, commitsHere, commitsThere } = fork;
  const shared =
    common === null
      ? 'No commit that both have is known.'
      : `The last commit that both have is ${named(common)}; since then: ${counted(commitsHere)} here, ${counted(commitsThere)} on ${remote}.`;
  const moved = storeDir.replace(/(?:\.git)?$/, '.old.git');
  return (
    `Here: ${named(here)}. On ${remote}: ${named(there)}. ${shared} ` +
    `If the log here is right, set the branch back: coord git push --force URL-OF-THE-REMOTE ${restored}:refs/heads/coord ` +
    `If the one on ${remote} is right, give up what is only here: mv ${quoted(storeDir)} ${quoted(moved)} and then: coord sync`
  );
}
