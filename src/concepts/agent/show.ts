// One agent as answers show it: who it is, what it holds, and what it is up to.
import { z } from 'zod';
import { refuse } from '../../kernel/decider.ts';
import type { View } from '../../kernel/decider.ts';
import type { Details } from '../../kernel/fault.ts';
import { agentName } from '../../kernel/fields.ts';
import { query } from '../../kernel/operation.ts';
import type { States } from '../../kernel/operation.ts';
import { locks, locksOf } from '../lock/lock.ts';
import type { Lock } from '../lock/lock.ts';
import { isClaimed, openClaimsOf, taskLabel, tasks } from '../task/task.ts';
import type { Task } from '../task/task.ts';
import { agents, didYouMean } from './agent.ts';

/** What an agent's card is made of; the folds of agents, locks and tasks. */
export const cardParts = { agents, locks, tasks };

/** Derived, never stored: `completed` is who left, the others follow from what it holds. */
export type AgentState = 'idle' | 'working' | 'blocked' | 'completed';

/** What an agent holds at `now`; lapsed claims and locks no longer count. */
export interface Holdings {
  readonly claims: readonly View<Task>[];
  readonly locks: readonly View<Lock>[];
}

export function holdingsOf(
  name: string,
  states: States<Pick<typeof cardParts, 'locks' | 'tasks'>>,
  now: string,
): Holdings {
  return {
    claims: openClaimsOf(states.tasks, name).filter((task) => isClaimed(task, now)),
    locks: locksOf(states.locks, name, now),
  };
}

/** Blocked only when every claim of it is: with a claim to go on with it works, whatever else waits. */
function stateOf({ claims, locks: held }: Holdings): AgentState {
  if (claims.length > 0) {
    return claims.every(({ status }) => status === 'blocked') ? 'blocked' : 'working';
  }
  return held.length > 0 ? 'working' : 'idle';
}

/** A joined agent with its state, claimed tasks (`T-12`) and locked scopes; null when nobody of that name has joined. */
export function agentCard(
  name: string,
  states: States<typeof cardParts>,
  now: string,
): Details | null {
  const agent = states.agents.byName.get(name);
  if (agent === undefined) return null;
  const holdings = holdingsOf(name, states, now);
  return {
    name,
    tier: agent.tier,
    capabilities: agent.capabilities,
    state: stateOf(holdings),
    session: agent.session,
    joinedAt: agent.joinedAt,
    tasks: holdings.claims.map(taskLabel),
    locks: holdings.locks.map(({ scope }) => scope),
  };
}

const input = () => z.object({ name: agentName().describe('Agent to show') });

function wordOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(', ');
  return typeof value === 'string' ? value : '-';
}

function textOf(agent: Details): string {
  const width = Math.max(...Object.keys(agent).map((field) => field.length));
  return Object.entries(agent)
    .map(([field, value]) => `${field.padEnd(width)}  ${wordOf(value)}`)
    .join('\n');
}

export const show = query({
  name: 'agent.show',
  summary: 'Show one agent: tier, capabilities, state, and what it holds.',
  input,
  positional: ['name'],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [{ text: 'agent show codex', means: { name: 'codex' } }],
  on: cardParts,
  refusals: ['agent-unknown'],
  answer(wanted, states, { now }) {
    const agent = agentCard(wanted.name, states, now);
    if (agent !== null) return { agent };
    return refuse(
      'agent-unknown',
      `Nobody named ${wanted.name} has joined. ${didYouMean(states.agents, wanted.name)}`,
      { name: wanted.name },
    );
  },
  text: (answer) => textOf(answer['agent'] as Details),
});
