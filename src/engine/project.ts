// Keeps a fold at the head of a store: cold from the last checkpoint, then commit by commit.
import { Fault } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import { parseMessage } from '../log/message.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogCommit, LogStore } from '../log/store.ts';
import { decodeCheckpoint } from './checkpoint.ts';
import type { Clock } from './clock.ts';
import { applyCommit, emptyFold } from './fold.ts';
import type { Evolutions, Fold } from './fold.ts';

const windowCommits = limits.tailCommitsMax + 1;

/** A fold that can be brought to the head again and again. */
export interface Projection {
  /** The fold at the store's head; it belongs to the projection, callers read it until the next await. */
  load(): Promise<Fold>;
  /** Forgets what is in memory, as after a failed append that left the fold ahead of the log. */
  forget(): void;
}

function noCheckpoint(store: LogStore, head: string | null): Fault {
  return new Fault(
    'log-corrupt',
    `The last ${windowCommits} commits of the log at ${store.place} hold no checkpoint. Run \`coord verify\`.`,
    { commit: head },
  );
}

async function startAt(store: LogStore, commit: LogCommit, evolutions: Evolutions): Promise<Fold> {
  const fold = decodeCheckpoint(await store.checkpoint(commit.oid), evolutions, commit.oid);
  const { seq, tail, chain } = parseMessage(commit.message, commit.oid);
  const last = decodeBatch(commit.batch, commit.oid).at(-1);
  fold.position = { oid: commit.oid, seq, tail, chain, at: last?.at ?? '', hlc: last?.hlc ?? '' };
  return fold;
}

async function coldFold(store: LogStore, evolutions: Evolutions, clock: Clock): Promise<Fold> {
  const { commits, head } = await store.read({ commitsMax: windowCommits });
  if (head === null) return emptyFold(evolutions);
  const start = commits.findLastIndex(({ message, oid }) => parseMessage(message, oid).tail === 0);
  const first = commits[start];
  if (first === undefined) throw noCheckpoint(store, head);
  const fold = await startAt(store, first, evolutions);
  for (const commit of commits.slice(start + 1)) {
    applyCommit(fold, evolutions, commit, (bytes) => clock.sha256(bytes));
  }
  return fold;
}

/** A projection of the store; reads nothing before the first `load`. */
export function projectionOf(store: LogStore, evolutions: Evolutions, clock: Clock): Projection {
  let fold: Fold | null = null;

  async function advance(current: Fold, oid: string): Promise<Fold> {
    const { commits, isComplete } = await store.read({ until: oid, commitsMax: windowCommits });
    if (!isComplete) return coldFold(store, evolutions, clock);
    for (const commit of commits) {
      applyCommit(current, evolutions, commit, (bytes) => clock.sha256(bytes));
    }
    return current;
  }

  return {
    async load() {
      const position = fold?.position ?? null;
      const current = fold;
      fold = null;
      const next =
        current === null || position === null
          ? await coldFold(store, evolutions, clock)
          : await advance(current, position.oid);
      fold = next;
      return next;
    },
    forget() {
      fold = null;
    },
  };
}
