// One task with all there is to know of it.
import { z } from 'zod';
import { reference } from '../../kernel/fields.ts';
import { query } from '../../kernel/operation.ts';
import { oneLine } from '../../kernel/table.ts';
import { aboutTask, stateText } from './sentence.ts';
import type { ShownTask } from './sentence.ts';
import { tasks, taskUnknown, taskView } from './task.ts';

/** The parts that have a value, each behind its name; text of users takes one line. */
function lines(parts: readonly (readonly [string, string | null | readonly string[]])[]): string[] {
  return parts
    .map(([name, value]) => [name, typeof value === 'string' ? value : (value ?? []).join(', ')])
    .filter(([, value]) => value !== '')
    .map(([name = '', value = '']) => `${name.padEnd(12)}  ${oneLine(value)}`);
}

function wholeText(task: ShownTask): string {
  return [
    `${task.id}  ${oneLine(task.title)}`,
    ...lines([
      ['status', [task.status, stateText(task)].filter((part) => part !== '').join(', ')],
      ['priority', task.priority],
      ['after', task.after],
      ['capabilities', task.capabilities],
      ['files', task.files],
      ['due', task.due],
      ['phase', task.phase],
      ['part of', task.parent],
      ['evidence', task.evidence],
      ['added', `by ${task.createdBy}, ${task.createdAt}`],
      ['description', task.description],
    ]),
  ].join('\n');
}

export const show = query({
  name: 'task.show',
  summary: 'Show one task: its state, who has it, what it waits for, and what it is about.',
  input: () => z.object({ id: reference('task').describe('Task, such as T-12') }),
  positional: ['id'],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [{ text: 'task show T-12', means: { id: 'T-12' } }],
  on: { tasks },
  refusals: ['task-unknown'],
  answer(wanted, states, { now }) {
    const task = states.tasks.byId.get(wanted.id);
    return task === undefined
      ? taskUnknown(wanted.id)
      : { task: taskView(task, states.tasks, now) };
  },
  text: aboutTask(wholeText),
});
