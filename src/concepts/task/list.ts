// The tasks there are.
import { z } from 'zod';
import { limits } from '../../kernel/limits.ts';
import { query } from '../../kernel/operation.ts';
import { shortened, table } from '../../kernel/table.ts';
import { stateText } from './sentence.ts';
import type { ShownTask } from './sentence.ts';
import { isOpen, taskStatuses, tasks, taskView } from './task.ts';

const input = () =>
  z.object({
    status: z.enum(taskStatuses).optional().describe('Only these'),
    agent: z
      .string()
      .max(2 * limits.nameCharsMax)
      .transform((text) => text.replace(/^@/, '').toLowerCase())
      .optional()
      .describe('Only what this agent has claimed or completed'),
  });

const titleCharsShown = 60;
/** Completed tasks shown to people without --status; the newest. */
const closedShown = 20;

/** One line of a table of tasks. */
function taskRow(task: ShownTask): string[] {
  return [
    task.id,
    task.status,
    task.priority,
    shortened(task.title, titleCharsShown),
    stateText(task),
  ];
}

function textOf(shown: readonly ShownTask[]): string {
  if (shown.length === 0) return 'No tasks. `coord task add TITLE` adds one.';
  const open = shown.filter(isOpen);
  const closed = shown.filter((task) => !isOpen(task));
  const rows = [...open, ...closed.slice(-closedShown)].map(taskRow);
  const hidden = closed.length - closedShown;
  const rest = hidden > 0 ? `\n... and ${hidden} older closed ones, see --json` : '';
  return `${table(rows)}${rest}`;
}

export const list = query({
  name: 'task.list',
  summary: 'List the tasks, the oldest first; for people the open ones before the closed.',
  input,
  positional: [],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [
    { text: 'task list', means: {} },
    {
      text: 'task list --status in_progress --agent codex',
      means: { status: 'in_progress', agent: 'codex' },
    },
  ],
  on: { tasks },
  answer(wanted, states, { now }) {
    const shown = [...states.tasks.byId.values()]
      .filter((task) => wanted.status === undefined || task.status === wanted.status)
      .filter(
        ({ claim, completedBy }) =>
          wanted.agent === undefined || (claim?.agent ?? completedBy) === wanted.agent,
      );
    return { tasks: shown.map((task) => taskView(task, states.tasks, now)) };
  },
  text: (answer) => textOf(answer['tasks'] as readonly ShownTask[]),
});
