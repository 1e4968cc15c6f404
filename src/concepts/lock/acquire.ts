// Taking locks: all of the scopes asked for, or none.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import type { Refusal, View } from '../../kernel/decider.ts';
import { addSeconds, formatDuration } from '../../kernel/duration.ts';
import type { Details } from '../../kernel/fault.ts';
import { durationSeconds, reason, reference } from '../../kernel/fields.ts';
import { limits } from '../../kernel/limits.ts';
import { command } from '../../kernel/operation.ts';
import type { Moment } from '../../kernel/operation.ts';
import { shellWord } from '../../kernel/shell-word.ts';
import { plan } from '../plan/plan.ts';
import { isClaimed, isOpen, taskClosed, taskLabel, tasks, taskUnknown } from '../task/task.ts';
import type { Task, Tasks } from '../task/task.ts';
import { beyondPlanNote } from './beyond-plan.ts';
import {
  isLive,
  isResource,
  lockKey,
  lockView,
  locks,
  locksOf,
  scopesOverlap,
  untilText,
} from './lock.ts';
import type { Lock, LockEvent, Locks } from './lock.ts';
import { lockScopes } from './scope.ts';

const input = () =>
  z.object({
    scope: lockScopes().describe(
      'Path globs, or @names; all or none. src/ui is that one path, src/ui/ what lies beneath it',
    ),
    ttl: durationSeconds()
      .refine((seconds) => seconds <= limits.lockTtlSecondsMax, {
        error: `A lock lasts at most ${formatDuration(limits.lockTtlSecondsMax)}; lock it again to extend it.`,
      })
      .optional()
      .describe('Lapses after this long; the policy has the default'),
    shared: z
      .boolean()
      .default(false)
      .describe('Let others share it; without it nobody else gets in'),
    task: reference('task').optional().describe('Task it is held for; then it lasts as your claim'),
    reason: reason().optional().describe('Why, shown to whoever runs into it'),
  });
type Input = z.output<ReturnType<typeof input>>;

/** How long the locks last, and the task that ends them. */
interface Term {
  readonly ok: true;
  readonly until: string | null;
  readonly task: string | null;
}

function isMineNow(task: View<Task>, { actor, now }: Moment): boolean {
  return task.claim?.agent === actor.name && isClaimed(task, now);
}

function tieObstacle(
  wanted: string,
  task: View<Task> | undefined,
  moment: Moment,
): Refusal<'task-unknown' | 'task-closed' | 'not-holder'> | null {
  if (task === undefined) return taskUnknown(wanted);
  if (!isOpen(task)) return taskClosed(task);
  if (moment.actor.tier === 'human' || isMineNow(task, moment)) return null;
  const label = taskLabel(task);
  return refuse(
    'not-holder',
    `${label} is not on your claim, and a lock is tied only to a task of one's own. Claim it first: coord claim ${label}.`,
    { task: label, claim: task.claim },
  );
}

/** Tied to a claimed task a lock lasts as the lease does; a person without the lease holds it until the task ends. */
function termOf(wanted: Input, state: View<Tasks>, moment: Moment) {
  const seconds = wanted.ttl ?? moment.rules.locks.ttlSeconds;
  const timed = addSeconds(moment.now, seconds);
  if (wanted.task === undefined) return { ok: true, until: timed, task: null } satisfies Term;
  const task = state.byId.get(wanted.task);
  const obstacle = tieObstacle(wanted.task, task, moment);
  if (obstacle !== null) return obstacle;
  const lease = task !== undefined && isMineNow(task, moment) ? (task.claim?.until ?? null) : null;
  return { ok: true, until: lease, task: wanted.task } satisfies Term;
}

/** The live lock of somebody else that keeps one of the scopes out, and that scope. */
function obstacle(wanted: Input, state: View<Locks>, moment: Moment) {
  const others = [...state.held.values()].filter(
    (lock) =>
      lock.holder !== moment.actor.name &&
      isLive(lock, moment.now) &&
      !(wanted.shared && lock.mode === 'shared'),
  );
  for (const scope of wanted.scope) {
    const lock = others.find((other) => scopesOverlap(other.scope, scope));
    if (lock !== undefined) return { scope, lock };
  }
  return null;
}

function held(scope: string, lock: View<Lock>, state: View<Tasks>): Refusal<'lock-held'> {
  const { task, since, until, token, holder } = lockView(lock, state) as unknown as Lock;
  const end = until ?? `${task ?? 'its task'} ends`;
  return refuse(
    'lock-held',
    `${scope} is locked by ${holder} (${lock.scope}) until ${end}. Work elsewhere, or ask ${holder}.`,
    { scope, held: lock.scope, holder, since, until, token, task },
  );
}

/** The lapsed locks, own ones too, that the scopes take over. */
function lapsed(scopes: readonly string[], state: View<Locks>, now: string): LockEvent[] {
  return [...state.held.values()]
    .filter((lock) => !isLive(lock, now))
    .filter((lock) => scopes.some((scope) => scopesOverlap(lock.scope, scope)))
    .map(({ scope, holder }) => ({ type: 'lock.expired', data: { scope, holder } }));
}

/** The later of two ends; null is the end of the task, which nothing outlasts. */
function later(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return null;
  return left > right ? left : right;
}

/** A lock that one has is extended, never shortened; a shared one that is to be exclusive is granted anew. */
function grant(
  scope: string,
  own: View<Lock> | undefined,
  wanted: Input,
  [holder, term]: readonly [string, Term],
): LockEvent {
  if (own !== undefined && (own.mode === 'exclusive' || wanted.shared)) {
    const until = later(own.until, term.until);
    return { type: 'lock.extended', data: { scope, holder, until, task: term.task ?? own.task } };
  }
  return {
    type: 'lock.acquired',
    data: {
      scope,
      holder,
      until: term.until,
      mode: wanted.shared ? 'shared' : 'exclusive',
      task: term.task,
      reason: wanted.reason ?? null,
    },
  };
}

/** A literal is one path, and nothing beneath it: not what is meant when it is the name of a folder. */
function onePathNote(scope: string): string[] {
  if (isResource(scope) || /[*?{]|\.[^/]*$/.test(scope)) return [];
  return [
    `${scope} is locked as that one path; for what lies beneath it: coord lock ${shellWord(`${scope}/**`)}`,
  ];
}

function lockedText(result: Details): string {
  const shown = result['locks'] as readonly Lock[];
  const named = shown.map((lock) => `${lock.scope} ${untilText(lock)}`).join(', ');
  const back = shown.map(({ scope }) => shellWord(scope)).join(' ');
  return named === ''
    ? 'It was locked, and is not any more. `coord lock list` shows what is.'
    : `Locked ${named}. Give it back: coord unlock ${back}`;
}

export const acquire = command({
  name: 'lock.acquire',
  alias: 'lock',
  summary: 'Take the lock on path globs or named resources.',
  input,
  positional: ['scope'],
  allow: ['executive', 'implementer', 'human'],
  examples: [
    { text: "lock 'src/api/**' --ttl 2h", means: { scope: ['src/api/**'], ttl: '2h' } },
    {
      text: 'lock @build --reason "release build"',
      means: { scope: ['@build'], reason: 'release build' },
    },
  ],
  on: { locks, tasks, plan },
  refusals: ['task-unknown', 'task-closed', 'not-holder', 'lock-held', 'lock-limit'],
  decide(wanted, states, moment) {
    const holder = moment.actor.name;
    const term = termOf(wanted, states.tasks, moment);
    if (!term.ok) return term;
    const inTheWay = obstacle(wanted, states.locks, moment);
    if (inTheWay !== null) return held(inTheWay.scope, inTheWay.lock, states.tasks);
    const mine = new Map(
      locksOf(states.locks, holder, moment.now).map((lock) => [lock.scope, lock]),
    );
    const max = moment.rules.locks.maxPerAgent;
    const fresh = wanted.scope.filter((scope) => !mine.has(scope)).length;
    if (fresh > 0 && mine.size + fresh > max) {
      return refuse(
        'lock-limit',
        `An agent holds at most ${max} locks, and you hold ${mine.size}. Release one first: coord unlock SCOPE.`,
        { max, held: [...mine.keys()] },
      );
    }
    const grants = wanted.scope.map((scope) =>
      grant(scope, mine.get(scope), wanted, [holder, term]),
    );
    return accept(...lapsed(wanted.scope, states.locks, moment.now), ...grants);
  },
  result(wanted, states, moment) {
    const mine = wanted.scope
      .map((scope) => states.locks.held.get(lockKey(moment.actor.name, scope)))
      .filter((lock) => lock !== undefined)
      .map((lock) => lockView(lock, states.tasks));
    const notes = [
      ...wanted.scope.flatMap(onePathNote),
      ...beyondPlanNote(wanted.scope, states.plan, moment),
    ];
    return { lock: mine[0] ?? null, locks: mine, ...(notes.length === 0 ? {} : { notes }) };
  },
  text: lockedText,
});
