// Where one left off: what one has claimed and locked, what has arrived, and what to do next.
import { z } from 'zod';
import { addSeconds } from '../../kernel/duration.ts';
import { limits } from '../../kernel/limits.ts';
import { query } from '../../kernel/operation.ts';
import type { Moment, States } from '../../kernel/operation.ts';
import { shortened } from '../../kernel/table.ts';
import { agents } from '../agent/agent.ts';
import { commands, lostBy } from '../command/command.ts';
import { liveOverrides, locks, locksOf, lockView, untilText } from '../lock/lock.ts';
import type { Lock } from '../lock/lock.ts';
import { messageLabel, messages, unreadOf } from '../message/message.ts';
import { plan, recentStarts, startDoubt, vouchedPhases } from '../plan/plan.ts';
import type { VouchedPhase } from '../plan/plan.ts';
import {
  askedText,
  isClaimed,
  nextFor,
  openClaimsOf,
  taskLabel,
  tasks,
  taskView,
} from '../task/task.ts';
import type { Task } from '../task/task.ts';
import { section } from './section.ts';

const parts = { agents, tasks, locks, plan, messages, commands };

/** One step, as a command line without the program's name, and why. */
interface Step {
  readonly say: string;
  readonly why: string;
}

interface TaskLine {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly blockedReason: string | null;
  readonly claim: (NonNullable<Task['claim']> & { readonly lapsed: boolean }) | null;
}

interface Subject {
  readonly id: string;
  readonly from: string;
  readonly priority: string;
  readonly subject: string;
}

interface Answer {
  readonly actor: {
    readonly name: string;
    readonly tier: string;
    readonly session: string | null;
    /** False for a person too, who need not join; `tier` is of a stranger what the policy lists, if it does. */
    readonly joined: boolean;
    readonly standing: 'member' | 'listed' | 'stranger';
  };
  readonly tasks: readonly TaskLine[];
  readonly locks: readonly Lock[];
  readonly overridden: readonly { readonly scope: string; readonly by: string }[];
  readonly unread: { readonly count: number; readonly top: readonly Subject[] };
  readonly lost: readonly { readonly op: string; readonly message: string }[];
  readonly phases: readonly string[];
  /** By the ids of `phases`, who stands behind the start of each. */
  readonly phaseVouches: Readonly<Record<string, VouchedPhase['vouch']>>;
  readonly next: readonly Step[];
}

const subjectsShown = 5;

/** What to do about the tasks that one has: the first that can go on, else the one that lapsed or is blocked. */
function ownStep(states: States<typeof parts>, { actor, now }: Moment): Step | null {
  const mine = openClaimsOf(states.tasks, actor.name);
  const task =
    mine.find((one) => isClaimed(one, now) && one.status !== 'blocked') ??
    mine.find((one) => one.status !== 'blocked');
  if (task === undefined) return null;
  const label = taskLabel(task);
  return isClaimed(task, now)
    ? { say: `done ${label} --evidence COMMIT`, why: `when ${label} is finished` }
    : { say: `claim ${label}`, why: `your claim of ${label} lapsed and nobody took it` };
}

function freeStep(states: States<typeof parts>, moment: Moment): Step | null {
  if (moment.actor.tier === 'executive' || moment.actor.tier === 'validator') return null;
  const free = nextFor(states.tasks, states.agents, moment);
  if (free === undefined) return null;
  const label = taskLabel(free);
  return {
    say: `claim ${label}`,
    why: `${label} is free for you: ${shortened(free.title, 60)}${askedText(free)}`,
  };
}

/** A name that has not joined and is no person's: none that git, GitHub or the policy gives, nobody at a terminal. */
function isStranger(states: States<typeof parts>, { actor, rules }: Moment): boolean {
  const isPerson =
    actor.isPersonPresent || actor.name.includes(':') || rules.people.includes(actor.name);
  return !isPerson && !states.agents.byName.has(actor.name);
}

/** An agent that has not joined is a stranger, whatever the policy lists it as. */
function actorOf(states: States<typeof parts>, moment: Moment): Answer['actor'] {
  const { name, tier } = moment.actor;
  const joined = states.agents.byName.get(name);
  const session = joined?.session ?? null;
  const known = { name, session, joined: joined !== undefined };
  if (!isStranger(states, moment)) return { ...known, tier, standing: 'member' };
  const { agents: listed } = moment.rules;
  // Not a bare index: `constructor` is a name that somebody may have.
  const rule = listed !== null && Object.hasOwn(listed, name) ? listed[name] : undefined;
  if (rule === undefined) return { ...known, tier, standing: 'stranger' };
  return { ...known, tier: rule.tier, standing: 'listed' };
}

function stepsOf(states: States<typeof parts>, moment: Moment): Step[] {
  const { actor, now } = moment;
  if (isStranger(states, moment))
    return [{ say: `agent join ${actor.name}`, why: 'you have not joined' }];
  const unread = unreadOf(states.messages, actor.name, now).length;
  const reading = { say: 'inbox --unread', why: `${unread} unread` };
  const working = ownStep(states, moment) ?? freeStep(states, moment);
  const steps = [...(unread > 0 ? [reading] : []), ...(working === null ? [] : [working])];
  return steps.length > 0 ? steps : [{ say: 'status', why: 'nothing waits for you' }];
}

function claimText({ claim, status, blockedReason }: TaskLine): string {
  const why = status === 'blocked' ? `blocked: ${shortened(blockedReason ?? '', 60)}` : '';
  const until = claim === null ? '' : claim.lapsed ? 'claim lapsed' : `until ${claim.until}`;
  return [until, why].filter((part) => part !== '').join('; ');
}

function activeText({ phases, phaseVouches }: Answer): string {
  const shown = phases.map((id) => {
    const doubt = startDoubt({ vouch: phaseVouches[id] ?? null });
    return doubt === '' ? id : `${id} (${doubt})`;
  });
  return shown.join(', ');
}

/** A tier is told of who has it: others may read, and no more. */
function standingText({ tier, session, standing }: Answer['actor']): string {
  if (standing === 'listed') return `not joined; the policy lists you as ${tier}`;
  if (standing === 'stranger') return 'not joined';
  return session === null ? tier : `${tier}, session ${session}`;
}

function headline(answer: Answer): string {
  const { actor, phases } = answer;
  const phase = phases.length === 0 ? '' : `; active: ${activeText(answer)}`;
  return shortened(`You are ${actor.name} (${standingText(actor)})${phase}`, 200);
}

function textOf(answer: Answer): string {
  const taskRows = answer.tasks.map((task) => [
    task.id,
    shortened(task.title, 60),
    claimText(task),
  ]);
  const lockRows = answer.locks.map((lock) => [
    lock.scope,
    untilText(lock),
    `token ${lock.token}`,
    lock.task ?? '',
  ]);
  const subjects = answer.unread.top.map(({ id, priority, from, subject }) => [
    id,
    priority,
    from,
    shortened(subject, 60),
  ]);
  const lost = answer.lost.map(({ op, message }) => [op, shortened(message, 100)]);
  const released = answer.overridden.map(({ scope, by }) => [scope, `by ${by}`]);
  return [
    headline(answer),
    ...section('Your tasks', taskRows, 8),
    ...section('Your locks', lockRows, 10),
    ...section('Your locks that others released', released, 5),
    ...section('Lost while you were offline', lost, 5),
    ...section(`Unread (${answer.unread.count})`, subjects, subjectsShown),
    ...section(
      'Next',
      answer.next.map(({ say, why }) => [`coord ${say}`, why]),
      3,
    ),
  ].join('\n');
}

export const resume = query({
  name: 'overview.continue',
  alias: 'continue',
  summary: 'Show where you left off: your tasks, locks, unread messages, and what to do next.',
  input: () => z.object({}),
  positional: [],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [{ text: 'continue', means: {} }],
  on: parts,
  sources: (states, moment) => recentStarts(states.plan, moment),
  answer(_wanted, states, moment) {
    const { actor, now } = moment;
    const unread = unreadOf(states.messages, actor.name, now);
    const recent = addSeconds(now, -limits.lostShownSeconds);
    const phases = vouchedPhases(states.plan, moment, 'unread');
    const active = phases.filter(({ status }) => status === 'active');
    return {
      actor: actorOf(states, moment),
      tasks: openClaimsOf(states.tasks, actor.name).map((task) =>
        taskView(task, states.tasks, now),
      ),
      locks: locksOf(states.locks, actor.name, now).map((lock) => lockView(lock, states.tasks)),
      overridden: liveOverrides(states.locks, now)
        .filter(({ lock, by }) => lock.holder === actor.name && by !== actor.name)
        .map(({ lock, by, at }) => ({ scope: lock.scope, by, at })),
      unread: {
        count: unread.length,
        top: unread.slice(0, subjectsShown).map((message) => ({
          id: messageLabel(message),
          from: message.from,
          priority: message.priority,
          subject: message.subject,
        })),
      },
      lost: lostBy(states.commands, actor.name).filter(({ at }) => at > recent),
      phases: active.map(({ id }) => id),
      phaseVouches: Object.fromEntries(active.map(({ id, vouch }) => [id, vouch])),
      next: stepsOf(states, moment),
    };
  },
  text: (answer) => textOf(answer as unknown as Answer),
});
