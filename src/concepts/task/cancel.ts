// Cancelling a task that is not to be done any more; what waited for it is blocked and says so.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import type { Refusal, View } from '../../kernel/decider.ts';
import type { Details } from '../../kernel/fault.ts';
import { reason, reference } from '../../kernel/fields.ts';
import { command } from '../../kernel/operation.ts';
import type { Moment } from '../../kernel/operation.ts';
import { lockReleases, locks, locksOfTask } from '../lock/lock.ts';
import type { LockEvent } from '../lock/lock.ts';
import { messages } from '../message/message.ts';
import type { MessageEvent } from '../message/message.ts';
import { holderNotice } from './holder.ts';
import { aboutTask, calledOf } from './sentence.ts';
import { isOpen, openTasks, taskClosed, taskLabel, tasks, taskUnknown, taskView } from './task.ts';
import type { Task, TaskEvent, Tasks } from './task.ts';

/** Who has it, or while nobody has it who added it; people and executives in any case. */
function mayCancel({ claim, createdBy }: View<Task>, { actor }: Moment): boolean {
  if (actor.tier === 'human' || actor.tier === 'executive') return true;
  return (claim?.agent ?? createdBy) === actor.name;
}

function notYours(task: View<Task>): Refusal<'not-holder'> {
  const label = taskLabel(task);
  const { claim, createdBy } = task;
  const whose = claim === null ? `${createdBy} added it` : `${claim.agent} has claimed it`;
  return refuse(
    'not-holder',
    `${label} is not yours to cancel: ${whose}. Ask ${claim?.agent ?? createdBy}, an executive or a person.`,
    { task: label, holder: claim?.agent ?? null, createdBy },
  );
}

/** Open tasks that wait for this one, the oldest first. */
function waitingFor(id: string, state: View<Tasks>): View<Task>[] {
  return openTasks(state).filter((task) => task.after.includes(id));
}

/** They could never be claimed: blocked, somebody sees that they have to be cancelled or added anew. */
function blocks(task: View<Task>, state: View<Tasks>): TaskEvent[] {
  return waitingFor(task.id, state)
    .filter(({ status }) => status !== 'blocked')
    .map(({ id }) => ({
      type: 'task.blocked',
      data: { task: id, reason: `${taskLabel(task)} was cancelled` },
    }));
}

function cancelledText(result: Details): string {
  const waiting = result['waiting'] as readonly string[];
  const [first] = waiting;
  return aboutTask((task) => {
    const next =
      first === undefined
        ? ''
        : ` ${waiting.join(', ')} waited for it and cannot begin; cancel too, or add anew: coord task cancel ${first} REASON`;
    return `Cancelled ${calledOf(task)}.${next}`;
  })(result);
}

export const cancel = command({
  name: 'task.cancel',
  summary: 'Cancel a task that is not to be done; what comes after it is blocked.',
  input: () =>
    z.object({
      id: reference('task').describe('Task, such as T-12'),
      reason: reason().describe(
        'Why it is not to be done; who has claimed it gets it as a message',
      ),
    }),
  positional: ['id', 'reason'],
  allow: ['executive', 'implementer', 'human'],
  examples: [
    {
      text: 'task cancel T-12 "the flag is gone"',
      means: { id: 'T-12', reason: 'the flag is gone' },
    },
  ],
  on: { tasks, locks, messages },
  refusals: ['task-unknown', 'task-closed', 'not-holder'],
  decide(wanted, states, moment) {
    const task = states.tasks.byId.get(wanted.id);
    if (task === undefined) return taskUnknown(wanted.id);
    if (!isOpen(task)) return taskClosed(task);
    if (!mayCancel(task, moment)) return notYours(task);
    const tied = locksOfTask(states.locks, task.id);
    return accept<TaskEvent | LockEvent | MessageEvent>(
      { type: 'task.cancelled', data: { task: task.id, reason: wanted.reason } },
      ...blocks(task, states.tasks),
      ...lockReleases(tied, moment.actor.name, `${taskLabel(task)} cancelled`),
      ...holderNotice(task, moment, 'cancelled'),
    );
  },
  result(wanted, states, { now }) {
    const task = states.tasks.byId.get(wanted.id);
    return {
      task: task === undefined ? null : taskView(task, states.tasks, now),
      waiting: waitingFor(wanted.id, states.tasks).map(taskLabel),
    };
  },
  text: cancelledText,
});
