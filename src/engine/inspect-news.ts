// Looks through commits that came from elsewhere before they are taken over: records by the format, events by their types.
import { Fault } from '../kernel/fault.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogCommit } from '../log/store.ts';
import { verifyBatch } from '../log/verify-batch.ts';
import { eventProblem } from './fold.ts';
import type { Evolutions } from './fold.ts';

const path = 'batch.ndjson';

interface Place {
  /** From 1. */
  readonly line?: number;
  readonly seq?: number;
}

function refused({ oid, parents }: LogCommit, { line, seq }: Place, problem: string): Fault {
  const [parent] = parents;
  const where = [
    path,
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(seq === undefined ? [] : [`seq ${seq}`]),
  ].join(', ');
  const next =
    parent === undefined
      ? 'It was not written by coord.'
      : `To go on, let whoever may set the branch coord of the remote back to ${parent}, the last good commit.`;
  return new Fault(
    'log-corrupt',
    `Commit ${oid} from the remote was not taken over: ${where}: ${problem}. Nothing was changed. ${next}`,
    {
      ...{ commit: oid, path, parent: parent ?? null },
      ...(line === undefined ? {} : { line }),
      ...(seq === undefined ? {} : { seq }),
    },
  );
}

function inspectForm(commit: LogCommit): void {
  const [problem] = verifyBatch(new TextEncoder().encode(commit.batch)).problems;
  if (problem === undefined) return;
  const { line, reason } = problem;
  throw refused(commit, line === undefined ? {} : { line }, reason.replace(/\.$/, ''));
}

function inspectEvents(evolutions: Evolutions, commit: LogCommit): void {
  for (const [index, { seq, events }] of decodeBatch(commit.batch, commit.oid).entries()) {
    for (const event of events) {
      const problem = eventProblem(evolutions, event);
      if (problem !== null)
        throw refused(commit, { line: index + 1, seq }, `${event.type}: ${problem}`);
    }
  }
}

/**
 * Fault `log-corrupt` naming commit, line and seq of the first record that is not as format 1 says, or whose event
 * of a type known here has other data than that type: once on the log it would trip everybody who reads on.
 */
export function inspectNews(evolutions: Evolutions, commits: readonly LogCommit[]): void {
  for (const commit of commits) {
    inspectForm(commit);
    inspectEvents(evolutions, commit);
  }
}
