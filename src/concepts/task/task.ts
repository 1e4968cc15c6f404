// A task is a piece of work that at most one agent has claimed at a time; a claim is a lease.
import { evolution, refuse } from '../../kernel/decider.ts';
import type { Event, EventMeta, Refusal, View } from '../../kernel/decider.ts';
import type { Details } from '../../kernel/fault.ts';
import { Numbered } from '../../kernel/numbered.ts';
import type { Moment } from '../../kernel/operation.ts';
import type { Agents } from '../agent/agent.ts';
import { missingCapabilities } from './able.ts';
import { newTask, taskPriorities } from './new-task.ts';
import type { TaskDescription } from './new-task.ts';
import { emptyTally, isClosed, letGo, noteRest, recount } from './tally.ts';
import type { Tally } from './tally.ts';
import { taskShapes } from './event-shape.ts';

export const taskStatuses = [
  'pending',
  'in_progress',
  'blocked',
  'completed',
  'failed',
  'cancelled',
] as const;
type TaskStatus = (typeof taskStatuses)[number];

/** A lease on a task: `until` is ISO time after which anyone may take the task over. */
export interface Claim {
  readonly agent: string;
  readonly since: string;
  readonly until: string;
  /** Seq of the record that made the claim; renewing keeps it. */
  readonly seq: number;
}

export interface Task extends TaskDescription {
  readonly id: string;
  /** The n of `T-n`, counted by the fold. */
  readonly number: number;
  readonly status: TaskStatus;
  /** Stays while the task is blocked; gone when it is closed. */
  readonly claim: Claim | null;
  readonly blockedReason: string | null;
  readonly evidence: readonly string[];
  /** Completed with evidence; without, it is shown as unverified. */
  readonly verified: boolean;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly completedBy: string | null;
  readonly completedAt: string | null;
  /** Only where it was cancelled. */
  readonly cancelled?: { readonly by: string; readonly at: string; readonly reason: string };
}

export interface Tasks extends Tally {
  /** Keyed by the id of the command that added it, in order of numbers. */
  readonly byId: Numbered<Task>;
  /** Number of the task added last. */
  lastNumber: number;
}

interface OnTask {
  readonly task: string;
}

export type TaskEvent =
  | Event<'task.added', TaskDescription>
  | Event<'task.claimed', OnTask & { readonly agent: string; readonly until: string }>
  | Event<'task.claim-renewed', OnTask & { readonly agent: string; readonly until: string }>
  | Event<'task.claim-expired', OnTask & { readonly agent: string }>
  | Event<'task.claim-released', OnTask & { readonly agent: string; readonly why: string }>
  | Event<'task.blocked', OnTask & { readonly reason: string }>
  | Event<'task.unblocked', OnTask>
  | Event<
      'task.completed',
      OnTask & { readonly evidence: readonly string[]; readonly verified: boolean }
    >
  | Event<'task.cancelled', OnTask & { readonly reason: string }>;

function change(state: Tasks, id: string, edit: (task: Task) => Partial<Task>): void {
  const task = state.byId.get(id);
  if (task === undefined) return;
  const changed: Task = Object.assign({ ...task }, edit(task));
  recount(state, task, changed);
  state.byId.set(id, changed);
}

function close(state: Tasks, id: string, { at }: EventMeta, edit: Partial<Task>): void {
  noteRest(state, id, at);
  change(state, id, () => ({ ...edit, claim: null, blockedReason: null }));
}

/** Without its claim a task waits for somebody else, unless something blocks it. */
function unclaimed(task: Task): Partial<Task> {
  return { claim: null, status: task.status === 'in_progress' ? 'pending' : task.status };
}

function added(state: Tasks, data: TaskDescription, meta: EventMeta): void {
  state.lastNumber += 1;
  state.open.set(meta.id, state.lastNumber);
  state.byId.set(meta.id, newTask(data, state.lastNumber, meta));
}

/** `T-12` in any case, or the id of the command that added it. */
function findTask(state: View<Tasks>, text: string): string | undefined {
  const wanted = text.trim();
  const digits = /^t-([1-9][0-9]{0,8})$/i.exec(wanted)?.[1];
  if (digits !== undefined) return state.byId.numbered(Number(digits))?.id;
  return state.byId.get(wanted)?.id;
}

export const tasks = evolution<Tasks, TaskEvent>({
  name: 'task',
  shapes: taskShapes,
  initial: () => ({ byId: new Numbered(), lastNumber: 0, ...emptyTally() }),
  find: findTask,
  retain: (state, { tasksSince }) =>
    letGo(state, tasksSince, () => {
      const named = openTasks(state).flatMap(({ after, parent }) => [...after, parent ?? '']);
      return new Set(named);
    }),
  evolve: {
    'task.added': added,
    'task.claimed': (state, { task, agent, until }, meta) =>
      change(state, task, () => ({
        status: 'in_progress',
        claim: { agent, since: meta.at, until, seq: meta.seq },
      })),
    'task.claim-renewed': (state, { task, until }) =>
      change(state, task, ({ claim }) => ({ claim: claim === null ? null : { ...claim, until } })),
    'task.claim-expired': (state, { task }) => change(state, task, unclaimed),
    'task.claim-released': (state, { task }) => change(state, task, unclaimed),
    'task.blocked': (state, { task, reason }) =>
      change(state, task, () => ({ status: 'blocked', blockedReason: reason })),
    'task.unblocked': (state, { task }) =>
      change(state, task, ({ claim }) => ({
        status: claim === null ? 'pending' : 'in_progress',
        blockedReason: null,
      })),
    'task.completed': (state, { task, evidence, verified }, meta) => {
      const done = { completedBy: meta.actor, completedAt: meta.at };
      close(state, task, meta, { status: 'completed', evidence, verified, ...done });
    },
    'task.cancelled': (state, { task, reason }, meta) => {
      const cancelled = { by: meta.actor, at: meta.at, reason };
      close(state, task, meta, { status: 'cancelled', cancelled });
    },
  },
});

/** The refusal of every verb that names a task which is not there. */
export function taskUnknown(text: string): Refusal<'task-unknown'> {
  const sentence = `There is no task ${text}, or it was closed long ago.`;
  return refuse('task-unknown', `${sentence} \`coord task list\` shows them.`, { task: text });
}

/** The refusal of every verb that works on open tasks only. */
export function taskClosed(task: View<Task>): Refusal<'task-closed'> {
  const label = taskLabel(task);
  const closedBy = task.cancelled?.by ?? task.completedBy;
  const at = task.cancelled?.at ?? task.completedAt;
  const by = closedBy === null ? '' : ` by ${closedBy}`;
  return refuse(
    'task-closed',
    `${label} is ${task.status}${by}. \`coord next\` shows what is free.`,
    { task: label, status: task.status, by: closedBy, at },
  );
}

/** What people call it: `T-12`. */
export function taskLabel(task: View<Task>): string {
  return `T-${task.number}`;
}

/** `T-12` of an id; the id itself when there is no such task. */
export function labelOf(state: View<Tasks>, id: string): string {
  const task = state.byId.get(id);
  return task === undefined ? id : taskLabel(task);
}

/** Whether work on it can still happen. */
export function isOpen(task: View<Task>): boolean {
  return !isClosed(task.status);
}

/** What is open, oldest first. */
export function openTasks(state: View<Tasks>): View<Task>[] {
  const numbers = [...state.open.values()].sort((left, right) => left - right);
  return numbers.flatMap((number) => state.byId.numbered(number) ?? []);
}

/** Whether somebody has it on lease at `now`. */
export function isClaimed(task: View<Task>, now: string): boolean {
  return task.claim !== null && task.claim.until > now;
}

/** Ids of what has to be completed before; one that is not known counts as open. */
export function openDependencies(task: View<Task>, state: View<Tasks>): string[] {
  return task.after.filter((id) => state.byId.get(id)?.status !== 'completed');
}

/** More urgent first, then older. */
export function byUrgency(left: View<Task>, right: View<Task>): number {
  const rank = (task: View<Task>): number => taskPriorities.indexOf(task.priority);
  return rank(left) - rank(right) || left.number - right.number;
}

/** What can be claimed at `now`: open, not blocked, on nobody's lease, all it waits for completed; urgent first. */
export function readyTasks(state: View<Tasks>, now: string): View<Task>[] {
  return openTasks(state)
    .filter((task) => isReady(task, state, now))
    .sort(byUrgency);
}

/** Whether it can be claimed at `now` by somebody who has what it takes. */
export function isReady(task: View<Task>, state: View<Tasks>, now: string): boolean {
  const mayBegin = task.status === 'pending' || task.status === 'in_progress';
  return mayBegin && !isClaimed(task, now) && openDependencies(task, state).length === 0;
}

/**
 * The free task for the actor: one that it can do, for an agent those that ask for a capability before those that
 * anybody can do, then the more urgent, then the older. Undefined when there is none. Of people nobody knows what they
 * can do: they are offered everything, and are told what it asks for.
 */
export function nextFor(
  state: View<Tasks>,
  agents: View<Agents>,
  moment: Moment,
): View<Task> | undefined {
  const isPerson = moment.actor.tier === 'human';
  const isSpecial = (task: View<Task>): number =>
    !isPerson && task.capabilities.length > 0 ? 0 : 1;
  return readyTasks(state, moment.now)
    .filter((task) => missingCapabilities(task, agents, moment).length === 0)
    .sort((left, right) => isSpecial(left) - isSpecial(right) || byUrgency(left, right))[0];
}

/** `; it asks for ts, release` behind the offer of a task; nothing where anybody can do it. */
export function askedText({ capabilities }: { readonly capabilities: readonly string[] }): string {
  return capabilities.length === 0 ? '' : `; it asks for ${capabilities.join(', ')}`;
}

/** Open tasks whose claim is this agent's, a lapsed one that nobody took over included; oldest first. */
export function openClaimsOf(state: View<Tasks>, agent: string): View<Task>[] {
  return openTasks(state).filter(({ claim }) => claim?.agent === agent);
}

/** What `openClaimsOf` gives for each agent, found in one pass; who has none is not there. */
export function openClaimsByAgent(state: View<Tasks>): Map<string, View<Task>[]> {
  const claims = new Map<string, View<Task>[]>();
  for (const task of openTasks(state)) {
    if (task.claim === null) continue;
    claims.set(task.claim.agent, [...(claims.get(task.claim.agent) ?? []), task]);
  }
  return claims;
}

/** The events that give all of an agent's claims back. */
export function claimReleases(state: View<Tasks>, agent: string, why: string): TaskEvent[] {
  return openClaimsOf(state, agent).map((task) => ({
    type: 'task.claim-released',
    data: { task: task.id, agent, why },
  }));
}

/** A task as answers show it: other tasks by their labels, `command` is the id of the command that added it. */
export function taskView(task: View<Task>, state: View<Tasks>, now: string): Details {
  const { after, parent, claim } = task;
  return {
    ...task,
    id: taskLabel(task),
    after: after.map((each) => labelOf(state, each)),
    parent: parent === null ? null : labelOf(state, parent),
    claim: claim === null ? null : { ...claim, lapsed: claim.until <= now },
    ready: isReady(task, state, now),
    waitsFor: openDependencies(task, state).map((each) => labelOf(state, each)),
    command: task.id,
  };
}
