// How many tasks stand how, kept beside them: what is closed lies in the past, and need not be opened to be counted.
import type { Numbered } from '../../kernel/numbered.ts';

type OpenStatus = 'pending' | 'in_progress' | 'blocked';
type ClosedStatus = 'completed' | 'failed' | 'cancelled';

export interface Tally {
  /** Numbers of the open ones by id. */
  readonly open: Map<string, number>;
  /** How many are closed, by how. */
  readonly closed: Record<ClosedStatus, number>;
  /** Of the completed ones, those without evidence. */
  unverified: number;
  /** Numbers of the closed ones with when they were closed, in that order, for letting go of them. */
  atRest: [number, string][];
}

interface Counted {
  readonly id: string;
  readonly number: number;
  readonly status: OpenStatus | ClosedStatus;
  readonly verified: boolean;
}

export function emptyTally(): Tally {
  return {
    open: new Map(),
    closed: { completed: 0, failed: 0, cancelled: 0 },
    unverified: 0,
    atRest: [],
  };
}

export function isClosed(status: OpenStatus | ClosedStatus): status is ClosedStatus {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

function countClosed(tally: Tally, { status, verified }: Counted, by: 1 | -1): void {
  if (!isClosed(status)) return;
  tally.closed[status] += by;
  if (status === 'completed' && !verified) tally.unverified += by;
}

/** Takes a task from where it was counted to where it stands now. */
export function recount(tally: Tally, before: Counted, after: Counted): void {
  countClosed(tally, before, -1);
  countClosed(tally, after, 1);
  if (isClosed(after.status)) tally.open.delete(after.id);
  else tally.open.set(after.id, after.number);
}

/** Notes that an open task is closed at a time (ISO 8601 UTC). */
export function noteRest(tally: Tally, id: string, at: string): void {
  const number = tally.open.get(id);
  if (number !== undefined) tally.atRest.push([number, at]);
}

interface Collection extends Tally {
  readonly byId: Numbered<Counted>;
}

/** Lets go of tasks that were closed before a time (ISO 8601 UTC), but of those that open ones name. */
export function letGo(state: Collection, before: string, named: () => ReadonlySet<string>): void {
  const old = state.atRest.filter(([, at]) => at < before).map(([number]) => number);
  if (old.length === 0) return;
  const stay = named();
  const tasks = old.flatMap((number) => state.byId.numbered(number) ?? []);
  const gone = tasks.filter(({ id, status }) => isClosed(status) && !stay.has(id));
  for (const { id } of gone) state.byId.delete(id);
  const numbers = new Set(gone.map(({ number }) => number));
  state.atRest = state.atRest.filter(([number]) => !numbers.has(number));
}
