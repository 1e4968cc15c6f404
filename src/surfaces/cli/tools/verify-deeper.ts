// Verifies a log with what is fetched for this look only, and says which level is not reached where that is not enough.
import { readLogCommit } from '../../../adapters/git/log-commit.ts';
import { fetchAside } from '../../../adapters/git/remote/remote-log.ts';
import { lent } from '../../../adapters/git/remote/take-over.ts';
import type { GitStore } from '../../../adapters/git/store/git-store.ts';
import { Fault } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import { archivedBefore, archivedText } from '../archived.ts';
import type { Archived, Asked } from '../archived.ts';
import type { Shell } from '../shell.ts';
import { verifyAt } from './verify-levels.ts';
import type { Level, Place, Verified } from './verify-levels.ts';

/** Enough for the newest checkpoint and the one before it, wherever the head stands. */
const checkpointDepth = 2 * (limits.tailCommitsMax + 1);

/** What is verified, and the level that was reached with what could be had. */
export interface Deepened {
  readonly verified: Verified;
  readonly reached: Level;
}

/** A commit that cannot be read is told by the verifier; here it begins no epoch. */
function archivedAt(store: GitStore, oid: string): Archived | null {
  try {
    return archivedBefore(readLogCommit(store, oid, 'elsewhere'));
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

function reasonFor(store: GitStore, { first, level }: Verified, asked: Asked): string {
  const archived = first === null ? null : archivedAt(store, first);
  if (first !== null && archived !== null) {
    return `The level ${level} is not reached. ${archivedText(first, archived, asked)}`;
  }
  return `The level ${level} is not reached. What is before this commit is not here. \`coord verify --level ${level}\` fetches it when the remote can be reached.`;
}

/** The deepest level whose commits are here: with one checkpoint compared, those since the one before it are. */
function reachedBy({ level, isShort, checkpoints }: Verified): Level {
  if (!isShort) return level;
  return level === 'genesis' && checkpoints.compared > 0 ? 'checkpoint' : 'window';
}

/** What is asked for further back than what can be had is a problem. */
function judged(store: GitStore, verified: Verified, asked: Asked): Deepened {
  const reached = reachedBy(verified);
  if (!verified.isShort) return { verified, reached };
  const { first, problems } = verified;
  const problem = { commit: first, reason: reasonFor(store, verified, asked) };
  return { verified: { ...verified, problems: [problem, ...problems], mark: null }, reached };
}

/** Looks once more with what is not here, fetched from the remote for this look. */
async function verifyFetched(
  shell: Shell,
  place: Place,
  level: Level,
  depth: number | null,
): Promise<Deepened> {
  const { keptIn } = await shell.workspace();
  const { remote } = shell.globals;
  const look = { clock: shell.clock, environment: shell.environment, keptIn, depth };
  const quarantine = await fetchAside(shell.repository(), remote, look);
  try {
    const fetched = quarantine.open();
    try {
      const store = lent(fetched, place.store);
      const verified = await verifyAt({ ...place, store, boundary: fetched.shallow() }, level);
      return judged(store, verified, { remote, isOffline: false });
    } finally {
      fetched.close();
    }
  } finally {
    quarantine.remove();
  }
}

/** Where an epoch began less than two checkpoints ago, what is before it is fetched too. */
async function verifyDeeper(shell: Shell, place: Place, level: Level): Promise<Deepened> {
  if (level !== 'checkpoint') return verifyFetched(shell, place, level, null);
  const near = await verifyFetched(shell, place, level, checkpointDepth);
  return near.verified.isShort ? verifyFetched(shell, place, level, null) : near;
}

/** As `verifyDeeper`; null where the remote cannot be reached. */
async function tryDeeper(
  shell: Shell,
  place: Place,
  level: Level,
  tellUnreachable: (fault: Fault) => void,
): Promise<Deepened | null> {
  try {
    return await verifyDeeper(shell, place, level);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'remote-unreachable') throw error;
    tellUnreachable(error);
    return null;
  }
}

/** Verifies a log, with what the remote has where that is asked for and not here; a level that is not reached is a problem. */
export async function verifyPlace(
  shell: Shell,
  place: Place,
  asked: Level | undefined,
  tellUnreachable: (fault: Fault) => void,
): Promise<Deepened> {
  const verified = await verifyAt(place, asked);
  const { isOffline } = shell.globals;
  const remote = (await shell.workspace()).remote?.name ?? null;
  if (!verified.isShort || remote === null || isOffline) {
    return judged(place.store, verified, { remote, isOffline });
  }
  const deeper = await tryDeeper(shell, place, verified.level, tellUnreachable);
  return deeper ?? judged(place.store, verified, { remote: null, isOffline });
}
