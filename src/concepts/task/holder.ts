// Who may end or block a task, and who is told that somebody else did.
import { refuse } from '../../kernel/decider.ts';
import type { Refusal, View } from '../../kernel/decider.ts';
import type { Moment } from '../../kernel/operation.ts';
import type { Tier } from '../../kernel/rules.ts';
import { noticeTo } from '../message/message.ts';
import type { MessageEvent } from '../message/message.ts';
import { calledOf } from './sentence.ts';
import { taskLabel } from './task.ts';
import type { Task } from './task.ts';

function notHolder(task: View<Task>): Refusal<'not-holder'> {
  const label = taskLabel(task);
  const holder = task.claim?.agent ?? null;
  const next =
    holder === null
      ? `nobody has claimed it. Claim it first: coord claim ${label}.`
      : `${holder} has claimed it. Ask ${holder}: coord send ${holder} "${label}"`;
  return refuse('not-holder', `${label} is not yours: ${next}`, { task: label, holder });
}

/** Only who claimed a task, or somebody of these tiers; a lapsed claim that nobody took over will do. */
export function holderObstacle(
  task: View<Task>,
  { actor }: Moment,
  tiers: readonly Tier[],
): Refusal<'not-holder'> | null {
  const isAllowed = tiers.includes(actor.tier) || task.claim?.agent === actor.name;
  return isAllowed ? null : notHolder(task);
}

/** The message to who has claimed a task that somebody else takes away; the reason of the command, if there is one, is its text. */
export function holderNotice(
  task: View<Task>,
  { actor }: Moment,
  what: 'cancelled' | 'completed' | 'released',
): MessageEvent[] {
  const holder = task.claim?.agent ?? actor.name;
  if (holder === actor.name) return [];
  const label = calledOf({ id: taskLabel(task), title: task.title });
  return noticeTo([holder], `Your claim ended: ${label} was ${what}`);
}
