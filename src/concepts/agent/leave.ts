// Leaving: nothing may be held any more, unless force gives it back and says why.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import type { Refusal, View } from '../../kernel/decider.ts';
import type { Details } from '../../kernel/fault.ts';
import { agentName, reason } from '../../kernel/fields.ts';
import { command } from '../../kernel/operation.ts';
import type { Moment, States } from '../../kernel/operation.ts';
import { isLive, lockReleases } from '../lock/lock.ts';
import type { Lock, LockEvent } from '../lock/lock.ts';
import { claimReleases, labelOf, taskLabel } from '../task/task.ts';
import type { TaskEvent } from '../task/task.ts';
import { didYouMean } from './agent.ts';
import type { AgentEvent } from './agent.ts';
import { cardParts, holdingsOf } from './show.ts';
import type { AgentState } from './show.ts';

const input = () =>
  z.object({
    name: agentName().optional().describe('Who leaves, for people; without it you do'),
    force: z.boolean().default(false).describe('Give back what is held; needs a reason'),
    reason: reason().optional().describe('Why, kept on the log'),
  });
type Input = z.output<ReturnType<typeof input>>;

type LeaveRefusal = Refusal<'agent-unknown' | 'not-yourself' | 'reason-needed' | 'agent-busy'>;

function memberObstacle(
  name: string,
  states: States<typeof cardParts>,
  { actor }: Moment,
): LeaveRefusal | null {
  if (!states.agents.byName.has(name)) {
    return refuse(
      'agent-unknown',
      `Nobody named ${name} has joined. ${didYouMean(states.agents, name)}`,
      { name },
    );
  }
  if (name === actor.name || actor.tier === 'human') return null;
  return refuse(
    'not-yourself',
    `You act as ${actor.name}, and only a person makes somebody else leave. Ask a person, or send ${name} a message.`,
    { actor: actor.name, name },
  );
}

function holdingObstacle(
  name: string,
  wanted: Input,
  states: States<typeof cardParts>,
  { now }: Moment,
): LeaveRefusal | null {
  if (wanted.force) {
    if (wanted.reason !== undefined) return null;
    return refuse('reason-needed', 'Force needs a reason that stays on the log: --reason TEXT.');
  }
  const holdings = holdingsOf(name, states, now);
  const claims = holdings.claims.map(taskLabel);
  const scopes = holdings.locks.map(({ scope }) => scope);
  if (claims.length + scopes.length === 0) return null;
  return refuse(
    'agent-busy',
    `${name} still holds ${[...claims, ...scopes].join(', ')}. Finish or release first, or leave with --force --reason TEXT.`,
    { name, tasks: claims, locks: scopes },
  );
}

type LeaveEvent = LockEvent | TaskEvent | AgentEvent;

/** The end of every lock: what lapsed was nobody's before, so that only of the others somebody is told. */
function lockEnds(
  held: readonly View<Lock>[],
  { actor, now }: Moment,
  why: string | null,
): LockEvent[] {
  const lapsed = held.filter((lock) => !isLive(lock, now));
  const live = held.filter((lock) => isLive(lock, now));
  return [
    ...lapsed.map(({ scope, holder }): LockEvent => ({
      type: 'lock.expired',
      data: { scope, holder },
    })),
    ...lockReleases(live, actor.name, why),
  ];
}

/** What nobody holds any more: claims by their labels, locks by their scopes. */
interface GaveBack {
  readonly tasks: readonly string[];
  readonly locks: readonly string[];
}

function gaveBack(events: readonly LeaveEvent[], states: States<typeof cardParts>): GaveBack {
  const claims = events.filter((event) => event.type === 'task.claim-released');
  const releases = events.filter((event) => event.type === 'lock.released');
  return {
    tasks: claims.map(({ data }) => labelOf(states.tasks, data.task)),
    locks: releases.map(({ data }) => data.scope),
  };
}

function leftText(result: Details): string {
  const { name } = result['agent'] as { readonly name: string };
  const back = result['gaveBack'] as GaveBack;
  const things = [...back.tasks, ...back.locks];
  return things.length === 0
    ? `${name} has left.`
    : `${name} has left. Given back, and free for others: ${things.join(', ')}.`;
}

export const leave = command({
  name: 'agent.leave',
  summary: 'Leave, holding nothing, or with force giving back what is held.',
  input,
  positional: ['name'],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [
    { text: 'agent leave', means: {} },
    {
      text: 'agent leave codex --force --reason "its machine is gone"',
      means: { name: 'codex', force: true, reason: 'its machine is gone' },
    },
  ],
  on: cardParts,
  refusals: ['agent-unknown', 'not-yourself', 'reason-needed', 'agent-busy'],
  decide(wanted, states, moment) {
    const name = wanted.name ?? moment.actor.name;
    const obstacle =
      memberObstacle(name, states, moment) ?? holdingObstacle(name, wanted, states, moment);
    if (obstacle !== null) return obstacle;
    const why = wanted.reason ?? null;
    // Without force only lapsed ones are left to give back, so that nothing is held by who is gone.
    const held = [...states.locks.held.values()].filter(({ holder }) => holder === name);
    const events: LeaveEvent[] = [
      ...lockEnds(held, moment, why),
      ...claimReleases(states.tasks, name, why ?? 'left'),
      { type: 'agent.left', data: { name, forced: wanted.force, reason: why } },
    ];
    return accept(...events);
  },
  result(wanted, states, { actor }, events) {
    const state: AgentState = 'completed';
    return {
      agent: { name: wanted.name ?? actor.name, state },
      gaveBack: gaveBack(events, states),
    };
  },
  text: leftText,
});
