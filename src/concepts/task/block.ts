// Saying that a task cannot go on, and why.
import { z } from 'zod';
import { accept } from '../../kernel/decider.ts';
import { reason, reference } from '../../kernel/fields.ts';
import { command } from '../../kernel/operation.ts';
import { holderObstacle } from './holder.ts';
import { aboutTask, calledOf } from './sentence.ts';
import type { ShownTask } from './sentence.ts';
import { isOpen, taskClosed, tasks, taskUnknown, taskView } from './task.ts';
import type { TaskEvent } from './task.ts';

/** Whoever has it goes on with it; for others, who may have blocked it, that claim would be refused. */
function blockedText(task: ShownTask): string {
  const { claim, id } = task;
  const isHeld = claim !== null && !claim.lapsed;
  const next = isHeld ? `${claim.agent} goes on with it` : 'To go on';
  return `${calledOf(task)} is blocked. ${next}: coord claim ${id}`;
}

export const block = command({
  name: 'task.block',
  alias: 'block',
  summary: 'Mark a task as blocked; whoever claimed it keeps it, and claims it again to go on.',
  input: () =>
    z.object({
      id: reference('task').describe('Task, such as T-12'),
      reason: reason().describe('What stands in the way'),
    }),
  positional: ['id', 'reason'],
  allow: ['executive', 'implementer', 'human'],
  examples: [
    {
      text: 'block T-12 "waits for the schema"',
      means: { id: 'T-12', reason: 'waits for the schema' },
    },
  ],
  on: { tasks },
  refusals: ['task-unknown', 'task-closed', 'not-holder'],
  decide(wanted, states, moment) {
    const task = states.tasks.byId.get(wanted.id);
    if (task === undefined) return taskUnknown(wanted.id);
    if (!isOpen(task)) return taskClosed(task);
    const obstacle = holderObstacle(task, moment, ['human', 'executive']);
    if (obstacle !== null) return obstacle;
    return accept<TaskEvent>({
      type: 'task.blocked',
      data: { task: task.id, reason: wanted.reason },
    });
  },
  result(wanted, states, { now }) {
    const task = states.tasks.byId.get(wanted.id);
    return { task: task === undefined ? null : taskView(task, states.tasks, now) };
  },
  text: aboutTask(blockedText),
});
