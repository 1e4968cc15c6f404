// Completing a task, with evidence if there is any.
import { z } from 'zod';
import { accept } from '../../kernel/decider.ts';
import type { View } from '../../kernel/decider.ts';
import type { Details } from '../../kernel/fault.ts';
import { reference } from '../../kernel/fields.ts';
import { limits } from '../../kernel/limits.ts';
import { command } from '../../kernel/operation.ts';
import { lockReleases, locks, locksOfTask } from '../lock/lock.ts';
import type { LockEvent } from '../lock/lock.ts';
import { messages } from '../message/message.ts';
import type { MessageEvent } from '../message/message.ts';
import { holderNotice, holderObstacle } from './holder.ts';
import { aboutTask, calledOf } from './sentence.ts';
import {
  byUrgency,
  isOpen,
  isReady,
  openTasks,
  taskClosed,
  taskLabel,
  tasks,
  taskUnknown,
  taskView,
} from './task.ts';
import type { TaskEvent, Tasks } from './task.ts';

const evidenceForms = [
  /[0-9a-f]{7,40}|[0-9a-f]{64}/,
  /(?:[\w.-]+\/[\w.-]+)?#[1-9]\d{0,9}/,
  /https?:\/\/\S+/,
  /check:\S(?:.*\S)?/,
];

const evidenceForm = `^(?:${evidenceForms.map(({ source }) => source).join('|')})$`;
const evidencePattern = new RegExp(evidenceForm, 'i');

/** A surface that stands in a repository knows by the mark that another text may be a revision there. */
const evidence = () =>
  z.string().trim().min(1).max(limits.evidenceCharsMax).meta({ revision: evidenceForm });

const input = () =>
  z.object({
    id: reference('task').describe('Task, such as T-12'),
    evidence: z
      .array(evidence())
      .max(limits.listItemsMax)
      .default([])
      .describe(
        'What shows it: a commit, #12, owner/repo#12, a URL or check:NAME; without any the task stays unverified',
      ),
  });

/** What waited for this task and can be claimed now, urgent first. */
function unlockedBy(id: string, state: View<Tasks>, now: string): string[] {
  return openTasks(state)
    .filter((task) => task.after.includes(id) && isReady(task, state, now))
    .sort(byUrgency)
    .map(taskLabel);
}

function doneText(ready: readonly string[]): (result: Details) => string {
  return aboutTask((task) => {
    const doubt = task.verified ? '' : ' It is unverified: no --evidence was given.';
    const next = ready.length === 0 ? '' : ` Ready now: ${ready.join(', ')}.`;
    return `Completed ${calledOf(task)}.${doubt}${next}`;
  });
}

export const done = command({
  name: 'task.done',
  alias: 'done',
  summary: 'Complete a task that you claimed, or as a person that of somebody else.',
  input,
  positional: ['id'],
  // What others can look up: words of one's own would make a task count as verified by itself. Logs have some.
  saidProblem: ({ evidence: given }) =>
    given.every((text) => evidencePattern.test(text))
      ? null
      : 'Evidence is a commit (7 digits of its id or more; in a shell HEAD or a branch too), #12, owner/repo#12, a URL, or check:NAME. Name one of them, or give none: then the task is unverified.',
  allow: ['implementer', 'human'],
  examples: [
    {
      text: 'done T-12 --evidence octo/demo#34',
      means: { id: 'T-12', evidence: ['octo/demo#34'] },
    },
  ],
  on: { tasks, locks, messages },
  refusals: ['task-unknown', 'task-closed', 'not-holder'],
  decide(wanted, states, moment) {
    const task = states.tasks.byId.get(wanted.id);
    if (task === undefined) return taskUnknown(wanted.id);
    if (!isOpen(task)) return taskClosed(task);
    const obstacle = holderObstacle(task, moment, ['human']);
    if (obstacle !== null) return obstacle;
    const { evidence: shown } = wanted;
    const completed: TaskEvent = {
      type: 'task.completed',
      data: { task: task.id, evidence: shown, verified: shown.length > 0 },
    };
    const tied = locksOfTask(states.locks, task.id);
    return accept<TaskEvent | LockEvent | MessageEvent>(
      completed,
      ...lockReleases(tied, moment.actor.name, `${taskLabel(task)} completed`),
      ...holderNotice(task, moment, 'completed'),
    );
  },
  result(wanted, states, { now }) {
    const task = states.tasks.byId.get(wanted.id);
    return {
      task: task === undefined ? null : taskView(task, states.tasks, now),
      ready: unlockedBy(wanted.id, states.tasks, now),
    };
  },
  text: (result) => doneText(result['ready'] as readonly string[])(result),
});
