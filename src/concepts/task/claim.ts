// Claiming a task: a lease for one agent, renewed by claiming again.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import type { Refusal, View } from '../../kernel/decider.ts';
import { addSeconds } from '../../kernel/duration.ts';
import { reference } from '../../kernel/fields.ts';
import { limits } from '../../kernel/limits.ts';
import { command } from '../../kernel/operation.ts';
import type { Moment, States } from '../../kernel/operation.ts';
import { agents } from '../agent/agent.ts';
import { isLive, locks, locksOfTask } from '../lock/lock.ts';
import type { LockEvent, Locks } from '../lock/lock.ts';
import { aboutTask, claimedText } from './sentence.ts';
import { missingCapabilities } from './able.ts';
import {
  isClaimed,
  isOpen,
  labelOf,
  nextFor,
  openDependencies,
  taskClosed,
  taskLabel,
  tasks,
  taskUnknown,
  taskView,
} from './task.ts';
import type { Task, TaskEvent, Tasks } from './task.ts';

/** The folds that claiming reads and changes. */
export const claimParts = { tasks, locks, agents };
type Parts = States<typeof claimParts>;

type ClaimRefusal = Refusal<
  'task-unknown' | 'task-closed' | 'task-claimed' | 'task-not-ready' | 'capability-missing'
>;

function takenObstacle(task: View<Task>, states: Parts, moment: Moment): ClaimRefusal | null {
  const { claim } = task;
  if (claim === null || !isClaimed(task, moment.now)) return null;
  const free = nextFor(states.tasks, states.agents, moment);
  const next = free === undefined ? null : taskLabel(free);
  const hint = next === null ? 'No other task is free for you now.' : `${next} is free for you.`;
  const label = taskLabel(task);
  return refuse(
    'task-claimed',
    `${label} has been claimed by ${claim.agent} since ${claim.since}, until ${claim.until}. ${hint}`,
    { task: label, holder: claim.agent, since: claim.since, until: claim.until, next },
  );
}

/** What comes after something that is never done is never free either: waiting for it would be in vain. */
function neverReady(task: View<Task>, state: View<Tasks>): Refusal<'task-not-ready'> | null {
  const gone = task.after.flatMap((id) => {
    const status = state.byId.get(id)?.status;
    return status === 'cancelled' || status === 'failed'
      ? [{ label: labelOf(state, id), status }]
      : [];
  });
  if (gone.length === 0) return null;
  const label = taskLabel(task);
  const what = gone.map((each) => `${each.label} was ${each.status}`).join(', and ');
  return refuse(
    'task-not-ready',
    `${label} can never start: ${what}. Cancel it too (coord task cancel ${label} REASON), or add it anew without that. \`coord next\` shows what is free.`,
    { task: label, open: gone.map((each) => each.label), never: true },
  );
}

function readinessObstacle(task: View<Task>, states: Parts, moment: Moment): ClaimRefusal | null {
  const never = neverReady(task, states.tasks);
  if (never !== null) return never;
  const label = taskLabel(task);
  const open = openDependencies(task, states.tasks).map((id) => labelOf(states.tasks, id));
  if (open.length > 0) {
    return refuse(
      'task-not-ready',
      `${label} waits for ${open.join(', ')}. \`coord next\` shows what is free.`,
      { task: label, open },
    );
  }
  const missing = missingCapabilities(task, states.agents, moment);
  if (missing.length === 0) return null;
  return refuse(
    'capability-missing',
    `${label} requires ${missing.join(', ')}, which you have not stated. \`coord next\` shows what suits you.`,
    { task: label, missing },
  );
}

/** The former holder's lease and what was tied to it, now that somebody else takes the task. */
function lapse(task: View<Task>, state: View<Locks>, now: string): (TaskEvent | LockEvent)[] {
  if (task.claim === null) return [];
  const lapsed = locksOfTask(state, task.id).filter((lock) => !isLive(lock, now));
  return [
    { type: 'task.claim-expired', data: { task: task.id, agent: task.claim.agent } },
    ...lapsed.map(({ scope, holder }): LockEvent => ({
      type: 'lock.expired',
      data: { scope, holder },
    })),
  ];
}

/** The locks tied to the lease move with it. */
function extensions(task: View<Task>, state: View<Locks>, until: string): LockEvent[] {
  return [...state.held.values()]
    .filter((lock) => lock.task === task.id && lock.holder === task.claim?.agent)
    .filter((lock) => lock.until !== null && lock.until < until)
    .map(({ scope, holder }) => ({
      type: 'lock.extended',
      data: { scope, holder, until, task: task.id },
    }));
}

/**
 * The events that give a task to the actor; none of the obstacles is looked at. A blocked task is taken up again
 * by claiming it. One's own claim is renewed, even a lapsed one that nobody took over.
 */
export function claimEvents(
  task: View<Task>,
  state: View<Locks>,
  { actor, now }: Moment,
): (TaskEvent | LockEvent)[] {
  const until = addSeconds(now, limits.claimTtlSeconds);
  const data = { task: task.id, agent: actor.name, until };
  const resumed: TaskEvent[] =
    task.status === 'blocked' ? [{ type: 'task.unblocked', data: { task: task.id } }] : [];
  if (task.claim?.agent === actor.name) {
    const renewed: TaskEvent = { type: 'task.claim-renewed', data };
    return [...resumed, renewed, ...extensions(task, state, until)];
  }
  return [...lapse(task, state, now), ...resumed, { type: 'task.claimed', data }];
}

export const claim = command({
  name: 'task.claim',
  alias: 'claim',
  summary: 'Claim a task for yourself, or renew your claim.',
  input: () => z.object({ id: reference('task').describe('Task, such as T-12') }),
  positional: ['id'],
  allow: ['implementer', 'human'],
  examples: [{ text: 'claim T-12', means: { id: 'T-12' } }],
  on: claimParts,
  refusals: ['task-unknown', 'task-closed', 'task-claimed', 'task-not-ready', 'capability-missing'],
  decide(wanted, states, moment) {
    const task = states.tasks.byId.get(wanted.id);
    if (task === undefined) return taskUnknown(wanted.id);
    if (!isOpen(task)) return taskClosed(task);
    const isMine = task.claim?.agent === moment.actor.name;
    const obstacle = isMine
      ? null
      : (takenObstacle(task, states, moment) ?? readinessObstacle(task, states, moment));
    return obstacle ?? accept(...claimEvents(task, states.locks, moment));
  },
  result(wanted, states, { now }) {
    const task = states.tasks.byId.get(wanted.id);
    return { task: task === undefined ? null : taskView(task, states.tasks, now) };
  },
  text: aboutTask(claimedText),
});
