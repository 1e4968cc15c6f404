// Adding a task to the work that agents can claim.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import type { Refusal, View } from '../../kernel/decider.ts';
import { pathGlob, reason, reference } from '../../kernel/fields.ts';
import { limits } from '../../kernel/limits.ts';
import { nearest } from '../../kernel/nearest.ts';
import { command } from '../../kernel/operation.ts';
import type { PhaseRule } from '../../kernel/rules.ts';
import { capabilityName } from '../agent/agent.ts';
import { aboutTask, calledOf } from './sentence.ts';
import type { ShownTask } from './sentence.ts';
import { taskPriorities } from './new-task.ts';
import { tasks, taskUnknown, taskView } from './task.ts';
import type { Tasks } from './task.ts';

const timePattern = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/** Whether the calendar has the day; `Date` itself reads the 31st of February as the 3rd of March. */
function isDay(day: string): boolean {
  const time = Date.parse(day);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

/** `2026-12-01` (its first moment, UTC) or a time with its zone, read into ISO 8601 UTC. */
const isoTime = () =>
  z.string().transform((text, context) => {
    const day = timePattern.exec(text)?.[1];
    if (day !== undefined && isDay(day) && !Number.isNaN(Date.parse(text))) {
      return new Date(text).toISOString();
    }
    context.addIssue({
      code: 'custom',
      message: 'A time looks like 2026-12-01 or 2026-12-01T18:00Z.',
    });
    return z.NEVER;
  });

const input = () =>
  z.object({
    title: z.string().trim().min(1).max(limits.titleCharsMax).describe('What is to be done'),
    after: z
      .array(reference('task'))
      .max(limits.listItemsMax)
      .default([])
      .describe('Task that has to be completed before'),
    priority: z.enum(taskPriorities).default('normal').describe('What is offered first'),
    capability: z
      .array(capabilityName())
      .max(limits.listItemsMax)
      .default([])
      .describe('What an agent must be capable of to claim it'),
    files: z
      .array(pathGlob())
      .max(limits.listItemsMax)
      .default([])
      .describe('Glob of the files it is about'),
    due: isoTime().optional().describe('Day or time by which it should be done'),
    phase: z.string().min(1).max(limits.nameCharsMax).optional().describe('Phase of the plan'),
    parent: reference('task').optional().describe('Task that it is a part of'),
    description: reason().optional().describe('What the title leaves out'),
  });
type Input = z.output<ReturnType<typeof input>>;

function dependencyObstacle(
  after: readonly string[],
  state: View<Tasks>,
): Refusal<'dependency-unknown' | 'dependencies-too-many'> | null {
  const unknown = after.find((id) => !state.byId.has(id));
  if (unknown !== undefined) {
    return refuse(
      'dependency-unknown',
      `There is no task ${unknown} to come after, or it was closed long ago and there is nothing to wait for. \`coord task list\` shows them.`,
      { after: unknown },
    );
  }
  const max = limits.taskDependenciesMax;
  if (after.length <= max) return null;
  return refuse(
    'dependencies-too-many',
    `A task comes after at most ${max} others, not ${after.length}. Put a task between that gathers some of them.`,
    { max, count: after.length },
  );
}

function phaseObstacle(
  wanted: string | undefined,
  phases: readonly PhaseRule[],
): Refusal<'phase-unknown'> | null {
  const known = phases.map((phase) => phase.id);
  if (wanted === undefined || known.includes(wanted)) return null;
  const close = nearest(wanted, known);
  const hint = close === undefined ? '' : ` Did you mean ${close}?`;
  return refuse(
    'phase-unknown',
    `The plan has no phase ${wanted}; it has ${known.join(', ') || 'none'}.${hint} \`coord plan show\` shows it.`,
    { phase: wanted, known },
  );
}

function parentObstacle({ parent }: Input, state: View<Tasks>): Refusal<'task-unknown'> | null {
  return parent === undefined || state.byId.has(parent) ? null : taskUnknown(parent);
}

function addedText(task: ShownTask): string {
  const waiting = task.waitsFor.join(', ');
  const next = waiting === '' ? `Claim it: coord claim ${task.id}` : `It waits for ${waiting}.`;
  return `Added ${calledOf(task)}. ${next}`;
}

export const add = command({
  name: 'task.add',
  summary: 'Add a task that agents can claim.',
  input,
  positional: ['title'],
  allow: ['executive', 'implementer', 'human'],
  examples: [
    {
      text: `task add "Parse the header" --priority high --files 'src/parser/**'`,
      means: { title: 'Parse the header', priority: 'high', files: ['src/parser/**'] },
    },
    {
      text: 'task add "Release" --after T-1 --after T-2 --capability release',
      means: { title: 'Release', after: ['T-1', 'T-2'], capability: ['release'] },
    },
  ],
  on: { tasks },
  refusals: ['dependency-unknown', 'dependencies-too-many', 'phase-unknown', 'task-unknown'],
  decide(wanted, states, { rules }) {
    // Only tasks that exist can come before, so no task can ever wait for itself.
    const after = [...new Set(wanted.after)];
    const obstacle =
      dependencyObstacle(after, states.tasks) ??
      phaseObstacle(wanted.phase, rules.phases) ??
      parentObstacle(wanted, states.tasks);
    if (obstacle !== null) return obstacle;
    return accept({
      type: 'task.added',
      data: {
        title: wanted.title,
        description: wanted.description ?? null,
        priority: wanted.priority,
        capabilities: [...new Set(wanted.capability)].sort(),
        files: [...new Set(wanted.files)],
        after,
        due: wanted.due ?? null,
        phase: wanted.phase ?? null,
        parent: wanted.parent ?? null,
      },
    });
  },
  result(_wanted, states, { id, now }) {
    const task = states.tasks.byId.get(id);
    return { task: task === undefined ? null : taskView(task, states.tasks, now) };
  },
  text: aboutTask(addedText),
});
