// Holds the first commit of an epoch against the history before it: it may say nothing else than that came to.
import { currentEpoch, epochs } from '../concepts/epoch/epoch.ts';
import type { EpochEvent, Epochs } from '../concepts/epoch/epoch.ts';
import { checkpointMetaPath, reducerVersion } from '../log/format.ts';
import { parseMessage } from '../log/message.ts';
import { decodeBatch } from '../log/record.ts';
import type { LocalLog, LogCommit, RemoteLog } from '../log/store.ts';
import { takeCheckpoint } from './checkpoint.ts';
import type { Engine } from './execute.ts';
import { applyCommit } from './fold.ts';
import type { Fold } from './fold.ts';
import { badEpoch } from './forked.ts';
import { projectionOf } from './project.ts';

/** What was known of the log, and the remote that goes on otherwise. */
export interface Meeting {
  readonly engine: Engine;
  readonly local: LocalLog;
  readonly remote: Pick<RemoteLog, 'name'>;
}

const commitsMax = 100_000;

/** The epoch that the commit begins by its only record; a reason where it does not say so as it should. */
function begunBy(commit: LogCommit, previous: string): EpochEvent['data'] | string {
  const records = decodeBatch(commit.batch, commit.oid);
  const [event, ...others] = records.flatMap(({ events }) => events);
  if (records.length !== 1 || others.length > 0 || event?.type !== 'epoch.rolled') {
    return 'its only record is not the roll';
  }
  const data = event.data as EpochEvent['data'];
  return data.previous === previous ? data : 'its record names another commit before it';
}

/** What is wrong with the state that the commit carries; null where it is what the records come to. */
function stateProblem(fold: Fold, found: ReadonlyMap<string, string>): string | null {
  const { reducer } = JSON.parse(found.get(checkpointMetaPath) ?? '{}') as { reducer?: number };
  // Nobody here starts at it: what is before it is here, and folded anew.
  if (reducer !== undefined && reducer < reducerVersion) return null;
  const { files } = takeCheckpoint(fold);
  const paths = new Set([...files.keys(), ...found.keys()]);
  const wrong = [...paths].find((path) => files.get(path) !== found.get(path));
  return wrong === undefined ? null : `${wrong} is not what the records before it come to`;
}

async function checkRoot(meeting: Meeting, commit: LogCommit, previous: string): Promise<number> {
  const { engine, local, remote } = meeting;
  const { evolutions, clock } = engine;
  const refuse = (why: string): Error => badEpoch(remote, commit.oid, why);
  const begun = begunBy(commit, previous);
  if (typeof begun === 'string') throw refuse(begun);
  const fold = await projectionOf(local.stage(previous).store, evolutions, clock).load();
  const ended = currentEpoch((fold.states.get(epochs.name) ?? epochs.initial()) as Epochs);
  if (begun.epoch !== ended + 1) throw refuse(`it says epoch ${begun.epoch} after ${ended}`);
  applyCommit(fold, evolutions, commit, (bytes) => clock.sha256(bytes));
  const problem = stateProblem(fold, await local.checkpoint(commit.oid));
  if (problem !== null) throw refuse(problem);
  return ended;
}

/**
 * Checks every epoch that begins between what was known here and a head of the remote, and keeps what was before each.
 * Fault `log-forked` where one does not follow from what is known; nothing is said of a head that does not continue it.
 */
export async function acceptEpochs(
  meeting: Meeting,
  theirs: string,
  known: string | null,
): Promise<void> {
  const { local } = meeting;
  if (known === null || known === theirs) return;
  const { commits, isComplete } = await local.read({ from: theirs, until: known, commitsMax });
  if (!isComplete) return;
  for (const commit of commits) {
    const { previous } = parseMessage(commit.message, commit.oid);
    // On a commit that has a parent of its own the link leads nowhere; verification names it.
    if (previous === undefined || commit.parents[0] !== previous) continue;
    const ended = await checkRoot(meeting, commit, previous);
    await local.keepArchive?.(ended, previous);
  }
}
