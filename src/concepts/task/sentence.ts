// What the commands on tasks say that they did, in a line, with the next step.
import type { Details } from '../../kernel/fault.ts';
import { shortened } from '../../kernel/table.ts';
import type { Task } from './task.ts';

const titleCharsShown = 100;
const reasonCharsShown = 60;

/** A task as `taskView` shows it. */
export interface ShownTask extends Task {
  readonly ready: boolean;
  readonly waitsFor: readonly string[];
  readonly claim: (NonNullable<Task['claim']> & { readonly lapsed: boolean }) | null;
}

/** The task of a result; null where there is none. */
export function taskIn(result: Details): ShownTask | null {
  return (result['task'] ?? null) as ShownTask | null;
}

/** `T-12 "Title"` */
export function calledOf({ id, title }: Pick<Task, 'id' | 'title'>): string {
  return `${id} "${shortened(title, titleCharsShown)}"`;
}

function claimText({ claim }: ShownTask): string {
  if (claim === null) return '';
  return claim.lapsed ? `claim of ${claim.agent} lapsed` : `${claim.agent} until ${claim.until}`;
}

function pendingText(task: ShownTask): string {
  return task.ready ? 'ready' : `after ${task.waitsFor.join(', ')}`;
}

function cancelledText({ cancelled }: ShownTask): string {
  if (cancelled === undefined) return '';
  return `by ${cancelled.by}: ${shortened(cancelled.reason, reasonCharsShown)}`;
}

/** What there is to know of a task's state, in a few words. */
export function stateText(task: ShownTask): string {
  const texts: Readonly<Record<Task['status'], () => string>> = {
    pending: () => pendingText(task),
    in_progress: () => claimText(task),
    blocked: () =>
      [shortened(task.blockedReason ?? '', reasonCharsShown), claimText(task)]
        .filter((part) => part !== '')
        .join('; '),
    completed: () => `by ${task.completedBy ?? 'nobody'}${task.verified ? '' : ', unverified'}`,
    failed: () => '',
    cancelled: () => cancelledText(task),
  };
  return texts[task.status]();
}

/** What there is to say of a task that one has claimed now. */
export function claimedText(task: ShownTask): string {
  const until = task.claim === null ? '' : ` until ${task.claim.until}`;
  return `${calledOf(task)} is yours${until}. When it is done: coord done ${task.id} --evidence COMMIT`;
}

/** A sentence about the task of a result. */
export function aboutTask(say: (task: ShownTask) => string): (result: Details) => string {
  return (result) => {
    const task = taskIn(result);
    return task === null ? 'There is no task to show.' : say(task);
  };
}
