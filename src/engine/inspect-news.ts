// Looks through commits that came from elsewhere before they are taken over: records by the format, events by their types.
import { addSeconds } from '../kernel/duration.ts';
import { Fault } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
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

/** What kind of fault it is, and what to look at before the branch is set back. */
interface Why {
  readonly code: 'log-corrupt' | 'log-ahead';
  readonly hint: string;
}

const corrupt: Why = { code: 'log-corrupt', hint: '' };
const ahead: Why = { code: 'log-ahead', hint: 'If the clock here is wrong, set it. ' };

function refused({ oid, parents }: LogCommit, place: Place, problem: string, why: Why): Fault {
  const { line, seq } = place;
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
    why.code,
    `Commit ${oid} from the remote was not taken over: ${where}: ${problem}. Neither was anything after it. ${why.hint}${next}`,
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
  throw refused(commit, line === undefined ? {} : { line }, reason.replace(/\.$/, ''), corrupt);
}

function inspectEvents(evolutions: Evolutions, commit: LogCommit): void {
  for (const [index, { seq, events }] of decodeBatch(commit.batch, commit.oid).entries()) {
    for (const event of events) {
      const problem = eventProblem(evolutions, event);
      if (problem !== null)
        throw refused(commit, { line: index + 1, seq }, `${event.type}: ${problem}`, corrupt);
    }
  }
}

/** By what the times of news are judged; ISO 8601 UTC. */
export interface Times {
  /** Time of the record that they continue; empty where that is not here. */
  readonly before: string;
  /** What the clock of this machine reads. */
  readonly now: string;
}

/** The times of a log, for `inspectTimes`: that of the last record before the news, and this machine's. */
export function timesOf(before: LogCommit | null, now: string): Times {
  const last = before === null ? undefined : decodeBatch(before.batch, before.oid).at(-1);
  return { before: last?.at ?? '', now };
}

/** A wrong time once on the log makes leases lapse, or stops everybody who judges by it. */
function inspectTime({ at }: LogRecord, { before, now }: Times): [string, Why] | null {
  const seconds = limits.clockAheadSecondsMax;
  if (at < before)
    return [`its time ${at} is before ${before}, the time of the last record`, corrupt];
  if (at <= addSeconds(now, seconds)) return null;
  return [`its time ${at} is more than ${seconds} s ahead of the clock here, ${now}`, ahead];
}

/** The time of the last record, when all of them can be. */
function lastTime(commit: LogCommit, times: Times): string {
  let { before } = times;
  for (const [index, record] of decodeBatch(commit.batch, commit.oid).entries()) {
    const problem = inspectTime(record, { ...times, before });
    if (problem !== null) {
      throw refused(commit, { line: index + 1, seq: record.seq }, ...problem);
    }
    before = record.at;
  }
  return before;
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

/** Fault `log-corrupt` for the first time that runs backwards, `log-ahead` for the first that no clock shows yet. */
export function inspectTimes(commits: readonly LogCommit[], times: Times): void {
  let { before } = times;
  for (const commit of commits) before = lastTime(commit, { ...times, before });
}
