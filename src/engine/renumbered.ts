// Things that go by another number since the commands that made them were decided again on a remote's head.
import { messageLabel, messages } from '../concepts/message/message.ts';
import type { Messages } from '../concepts/message/message.ts';
import { taskLabel, tasks } from '../concepts/task/task.ts';
import type { Tasks } from '../concepts/task/task.ts';
import { limits } from '../kernel/limits.ts';
import type { Fold } from './fold.ts';

/** One thing with the display number that its sender knows, and the one it has now. */
export interface Renumbered {
  /** Of the command that made it. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

/** By the id of the command that made the thing. */
export type Renumberings = ReadonlyMap<string, Renumbered>;

/** The display numbers of what these commands made, by the id of the command. */
export function numbersOf(fold: Fold, ids: ReadonlySet<string>): ReadonlyMap<string, string> {
  const numbers = new Map<string, string>();
  const taskState = fold.states.get(tasks.name) as Tasks | undefined;
  const messageState = fold.states.get(messages.name) as Messages | undefined;
  for (const id of ids) {
    const task = taskState?.byId.get(id);
    const message = messageState?.byId.get(id);
    if (task !== undefined) numbers.set(id, taskLabel(task));
    else if (message !== undefined) numbers.set(id, messageLabel(message));
  }
  return numbers;
}

/** What has another number afterwards; what is gone was lost, and that is told elsewhere. */
export function renumberedBetween(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Renumberings {
  const changed = new Map<string, Renumbered>();
  for (const [id, from] of before) {
    const to = after.get(id);
    if (to !== undefined && to !== from) changed.set(id, { id, from, to });
  }
  return changed;
}

/** Two steps as one: from the number of before the first to the one of after the second. */
export function bothRenumbered(first: Renumberings, second: Renumberings): Renumberings {
  const both = new Map(first);
  for (const [id, step] of second) {
    const from = first.get(id)?.from ?? step.from;
    if (from === step.to) both.delete(id);
    else both.set(id, { ...step, from });
  }
  return both;
}

/** `T-5 is now T-6, M-2 is now M-3`, of a long list the beginning; empty when nothing has another number. */
export function renumberedText(renumbered: Renumberings): string {
  const all = [...renumbered.values()].map(({ from, to }) => `${from} is now ${to}`);
  const shown = all.slice(0, limits.listItemsMax);
  const left = all.length - shown.length;
  return [...shown, ...(left > 0 ? [`and ${left} more`] : [])].join(', ');
}
