// What goes on, on one screen: who is there, what is being done, what is locked, where the plan stands.
import { z } from 'zod';
import type { View } from '../../kernel/decider.ts';
import { query } from '../../kernel/operation.ts';
import { pointText } from '../../kernel/point.ts';
import { shortened } from '../../kernel/table.ts';
import { agents } from '../agent/agent.ts';
import type { Agent } from '../agent/agent.ts';
import { liveLocks, locks, locksOf, lockView, untilText } from '../lock/lock.ts';
import type { Lock } from '../lock/lock.ts';
import { messages, unreadCounts } from '../message/message.ts';
import { plan, recentStarts, startDoubt, vouchedPhases } from '../plan/plan.ts';
import type { VouchedPhase } from '../plan/plan.ts';
import {
  openClaimsByAgent,
  openTasks,
  readyTasks,
  taskLabel,
  tasks,
  taskStatuses,
  taskView,
} from '../task/task.ts';
import type { Task, Tasks } from '../task/task.ts';
import { section } from './section.ts';

interface AgentLine {
  readonly name: string;
  readonly tier: string;
  readonly session: string | null;
  readonly tasks: readonly string[];
  readonly locks: readonly string[];
  readonly unread: number;
}

interface TaskLine {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly blockedReason: string | null;
  readonly claim: (NonNullable<Task['claim']> & { readonly lapsed: boolean }) | null;
}

interface Counts extends Readonly<Record<Task['status'], number>> {
  /** Of the open ones, those that can be claimed now. */
  readonly ready: number;
  /** Of the completed ones, those without evidence. */
  readonly unverified: number;
}

interface Answer {
  /** Only where the past was asked for. */
  readonly asOf?: { readonly seq: number; readonly time: string };
  readonly agents: readonly AgentLine[];
  readonly tasks: { readonly counts: Counts; readonly current: readonly TaskLine[] };
  readonly locks: readonly Lock[];
  readonly phases: readonly VouchedPhase[];
}

function countTasks(state: View<Tasks>, now: string): Counts {
  const zero = taskStatuses.map((status) => [status, 0]);
  const none = Object.fromEntries(zero) as Record<Task['status'], number>;
  const counts = { ...none, ...state.closed };
  // Only the open ones are looked at: an old log has thousands that are closed.
  for (const { status } of openTasks(state)) counts[status] += 1;
  return { ...counts, ready: readyTasks(state, now).length, unverified: state.unverified };
}

function claimText({ status, claim, blockedReason }: TaskLine): string {
  const why = status === 'blocked' ? `blocked: ${shortened(blockedReason ?? '', 40)}` : '';
  if (claim === null) return why;
  const who = claim.lapsed
    ? `claim of ${claim.agent} lapsed`
    : `${claim.agent} until ${claim.until}`;
  return why === '' ? who : `${who}; ${why}`;
}

function countsText({ counts }: Answer['tasks']): string {
  const shown = [
    `${counts.pending} pending`,
    `${counts.in_progress} in progress`,
    `${counts.blocked} blocked`,
    `${counts.completed} completed${counts.unverified > 0 ? ` (${counts.unverified} unverified)` : ''}`,
  ];
  return `Tasks: ${shown.join(', ')}; ${counts.ready} can be claimed now`;
}

function agentRow({ name, tier, tasks: claims, locks: scopes, unread }: AgentLine): string[] {
  const held = [...claims, ...scopes].join(' ');
  return [name, tier, shortened(held, 50) || '-', unread === 0 ? '' : `${unread} unread`];
}

function taskRow(task: TaskLine): string[] {
  return [task.id, shortened(task.title, 50), claimText(task)];
}

function lockRow(lock: Lock): string[] {
  return [lock.scope, lock.holder, lock.mode, untilText(lock), lock.task ?? ''];
}

function phaseRow(phase: VouchedPhase): string[] {
  const { id, status, after } = phase;
  return [id, status, after.length === 0 ? '' : `after ${after.join(', ')}`, startDoubt(phase)];
}

const begin = 'Begin with: coord agent join NAME';

function taskLines({ counts, current }: Answer['tasks']): string[] {
  if (!taskStatuses.some((status) => counts[status] > 0)) return [];
  const heading = countsText({ counts, current });
  return current.length === 0 ? [heading] : section(heading, current.map(taskRow), 9);
}

function textOf(answer: Answer): string {
  const lines = [
    ...section('Agents', answer.agents.map(agentRow), 9),
    ...taskLines(answer.tasks),
    ...section('Locks', answer.locks.map(lockRow), 7),
    ...section('Plan', answer.phases.map(phaseRow), 6),
  ];
  const { asOf } = answer;
  if (asOf !== undefined) return [`As of seq ${asOf.seq}, ${asOf.time}`, ...lines].join('\n');
  if (lines.length === 0) return `Nothing yet. ${begin}`;
  return answer.agents.length === 0
    ? [...lines, `Nobody has joined. ${begin}`].join('\n')
    : lines.join('\n');
}

export const status = query({
  name: 'overview.status',
  alias: 'status',
  summary: 'Show who is there, what is being done, what is locked and where the plan stands.',
  input: () =>
    z.object({
      at: pointText()
        .optional()
        .describe(
          'As it was then: a seq, a time, or a commit of the log; the plan by the policy of today',
        ),
    }),
  positional: [],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [
    { text: 'status', means: {} },
    { text: 'status --at 2026-11-20T12:00:00Z', means: { at: '2026-11-20T12:00:00Z' } },
    { text: 'status --at 120', means: { at: '120' } },
  ],
  on: { agents, tasks, locks, plan, messages },
  isAboutActor: false,
  pointOf: ({ at }) => at,
  sources: (states, moment) => recentStarts(states.plan, moment),
  answer({ at }, states, moment) {
    const { now, seq } = moment;
    const unread = unreadCounts(states.messages, now);
    const claims = openClaimsByAgent(states.tasks);
    const line = ({ name, tier, session }: View<Agent>): AgentLine => ({
      name,
      tier,
      session,
      tasks: (claims.get(name) ?? []).map(taskLabel),
      locks: locksOf(states.locks, name, now).map(({ scope }) => scope),
      unread: unread.get(name) ?? 0,
    });
    const current = openTasks(states.tasks).filter(({ status: one }) => one !== 'pending');
    return {
      ...(at === undefined ? {} : { asOf: { seq, time: now } }),
      agents: [...states.agents.byName.values()].map(line),
      tasks: {
        counts: countTasks(states.tasks, now),
        current: current.map((task) => taskView(task, states.tasks, now)),
      },
      locks: liveLocks(states.locks, now).map((lock) => lockView(lock, states.tasks)),
      phases: vouchedPhases(states.plan, moment, 'unread'),
    };
  },
  text: (answer) => textOf(answer as unknown as Answer),
});
