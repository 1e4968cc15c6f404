// A task as it is when it was just added.
import type { EventMeta } from '../../kernel/decider.ts';
import { withUnknown } from '../../kernel/unknown-fields.ts';

/** From the most to the least urgent; the order is the rank. */
export const taskPriorities = ['critical', 'high', 'normal', 'low'] as const;
type TaskPriority = (typeof taskPriorities)[number];

/** What the one who adds a task says about it; other tasks are named by the ids of their commands. */
export interface TaskDescription {
  readonly title: string;
  readonly description: string | null;
  readonly priority: TaskPriority;
  readonly capabilities: readonly string[];
  readonly files: readonly string[];
  /** Tasks that have to be completed before. */
  readonly after: readonly string[];
  /** ISO time. */
  readonly due: string | null;
  readonly phase: string | null;
  readonly parent: string | null;
}

const descriptionFields = 9;

/** Field by field: every task of a log passes here, and a spread with other fields behind it takes much longer. */
export function newTask(data: TaskDescription, number: number, meta: EventMeta) {
  const task = {
    title: data.title,
    description: data.description,
    priority: data.priority,
    capabilities: data.capabilities,
    files: data.files,
    after: data.after,
    due: data.due,
    phase: data.phase,
    parent: data.parent,
    id: meta.id,
    number,
    status: 'pending' as const,
    claim: null,
    blockedReason: null,
    evidence: [],
    verified: false,
    createdBy: meta.actor,
    createdAt: meta.at,
    completedBy: null,
    completedAt: null,
  };
  return withUnknown(task, data, descriptionFields);
}
