// Giving a claim back, so that somebody else can take the task; by force, with a reason, that of another.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import type { Refusal, View } from '../../kernel/decider.ts';
import { reason, reference } from '../../kernel/fields.ts';
import { command } from '../../kernel/operation.ts';
import type { Moment } from '../../kernel/operation.ts';
import { lockReleases, locks, locksOfTask } from '../lock/lock.ts';
import type { LockEvent } from '../lock/lock.ts';
import { messages } from '../message/message.ts';
import type { MessageEvent } from '../message/message.ts';
import { holderNotice, holderObstacle } from './holder.ts';
import { aboutTask, calledOf } from './sentence.ts';
import type { ShownTask } from './sentence.ts';
import { isOpen, taskClosed, taskLabel, tasks, taskUnknown, taskView } from './task.ts';
import type { Claim, Task, TaskEvent } from './task.ts';

const input = () =>
  z.object({
    id: reference('task').describe('Task, such as T-12'),
    reason: reason()
      .optional()
      .describe('Why; for the claim of somebody else, who gets it as a message'),
  });
type Input = z.output<ReturnType<typeof input>>;

function unclaimed(task: View<Task>): Refusal<'not-claimed'> {
  const label = taskLabel(task);
  return refuse(
    'not-claimed',
    `Nobody has claimed ${label}, so there is nothing to give back. \`coord task show ${label}\` shows it.`,
    { task: label, status: task.status },
  );
}

function claimObstacle(task: View<Task>, claim: View<Claim>, wanted: Input, moment: Moment) {
  const obstacle = holderObstacle(task, moment, ['human', 'executive']);
  if (obstacle !== null) return obstacle;
  if (claim.agent === moment.actor.name || wanted.reason !== undefined) return null;
  return refuse(
    'reason-needed',
    `${taskLabel(task)} is claimed by ${claim.agent}, who can read why you release it: --reason TEXT.`,
    { task: taskLabel(task), holder: claim.agent },
  );
}

function releasedText(task: ShownTask): string {
  const next = task.ready
    ? `Anybody can claim it: coord claim ${task.id}`
    : `It is ${task.status}; see: coord task show ${task.id}`;
  return `Nobody has ${calledOf(task)} any more. ${next}`;
}

export const release = command({
  name: 'task.release',
  summary: 'Give back a task that you claimed, or with a reason release that of somebody else.',
  input,
  positional: ['id'],
  allow: ['executive', 'implementer', 'human'],
  examples: [
    { text: 'task release T-12', means: { id: 'T-12' } },
    {
      text: 'task release T-12 --reason "its machine is gone"',
      means: { id: 'T-12', reason: 'its machine is gone' },
    },
  ],
  on: { tasks, locks, messages },
  refusals: ['task-unknown', 'task-closed', 'not-claimed', 'not-holder', 'reason-needed'],
  decide(wanted, states, moment) {
    const task = states.tasks.byId.get(wanted.id);
    if (task === undefined) return taskUnknown(wanted.id);
    if (!isOpen(task)) return taskClosed(task);
    const { claim } = task;
    if (claim === null) return unclaimed(task);
    const obstacle = claimObstacle(task, claim, wanted, moment);
    if (obstacle !== null) return obstacle;
    const why = wanted.reason ?? 'given back';
    // Locks tied to the lease end with it; those that somebody else tied to the task last as long as the task.
    const tied = locksOfTask(states.locks, task.id).filter(({ holder }) => holder === claim.agent);
    return accept<TaskEvent | LockEvent | MessageEvent>(
      { type: 'task.claim-released', data: { task: task.id, agent: claim.agent, why } },
      ...lockReleases(tied, moment.actor.name, why),
      ...holderNotice(task, moment, 'released'),
    );
  },
  result(wanted, states, { now }) {
    const task = states.tasks.byId.get(wanted.id);
    return { task: task === undefined ? null : taskView(task, states.tasks, now) };
  },
  text: aboutTask(releasedText),
});
