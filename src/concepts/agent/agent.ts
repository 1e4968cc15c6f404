// An agent is a member that joined under a name: its tier, what it is capable of, and its current session.
import { z } from 'zod';
import { evolution } from '../../kernel/decider.ts';
import type { Event, EventMeta, View } from '../../kernel/decider.ts';
import { namePattern } from '../../kernel/fields.ts';
import { limits } from '../../kernel/limits.ts';
import { nearest } from '../../kernel/nearest.ts';
import type { Tier } from '../../kernel/rules.ts';
import { agentShapes } from './event-shape.ts';

/** The tiers of agents from most to least powerful; people are of tier `human` without joining. */
export const agentTiers = ['executive', 'implementer', 'validator'] as const;

export type AgentTier = Exclude<Tier, 'human'>;

/** One member; joined twice under the same name it is still one, in a newer session. */
export interface Agent {
  readonly name: string;
  readonly tier: AgentTier;
  /** Sorted, lower case, each once. */
  readonly capabilities: readonly string[];
  /** When this membership began; joining again while joined does not change it. */
  readonly joinedAt: string;
  readonly joinedSeq: number;
  /** Seq of the record that gave the tier it has: a tier permits something, so a check asks who vouches for that. */
  readonly tierSeq: number;
  /** The newest session that had a name; null when none had. */
  readonly session: string | null;
  /** Named sessions that a newer one replaced, oldest first; the last `fencedSessionsMax` are remembered. */
  readonly fenced: readonly string[];
}

export interface Agents {
  readonly byName: Map<string, Agent>;
  /** Who left: kept so that the late commands of an old session stay refused when the agent is back. */
  readonly former: Map<string, Agent>;
}

interface Joined {
  readonly name: string;
  readonly tier: AgentTier;
  /** All it has from now on, not what is added. */
  readonly capabilities: readonly string[];
  readonly session: string | null;
}

export type AgentEvent =
  | Event<'agent.joined', Joined>
  | Event<
      'agent.left',
      { readonly name: string; readonly forced: boolean; readonly reason: string | null }
    >;

/** A capability as agents state it and tasks require it: one word such as `ts`, kept in lower case. */
export const capabilityName = () =>
  z
    .string()
    .transform((text) => text.toLowerCase())
    .refine((word) => namePattern.test(word), {
      error: `A capability is one word of 1 to ${limits.nameCharsMax} letters, digits, dots, dashes or underscores, such as ts or unit-test.`,
    });

/** The newest named session, and those it replaced. */
function sessionsAfter(
  before: Agent | undefined,
  session: string | null,
): Pick<Agent, 'session' | 'fenced'> {
  if (before === undefined || session === null) {
    return { session: before?.session ?? session, fenced: before?.fenced ?? [] };
  }
  const replaced = before.session === null ? [] : [before.session];
  const fenced = [...before.fenced, ...replaced].filter((name) => name !== session);
  return { session, fenced: fenced.slice(-limits.fencedSessionsMax) };
}

function joined(state: Agents, data: Joined, meta: EventMeta): void {
  const member = state.byName.get(data.name);
  const before = member ?? state.former.get(data.name);
  state.former.delete(data.name);
  state.byName.set(data.name, {
    name: data.name,
    tier: data.tier,
    capabilities: data.capabilities,
    joinedAt: member?.joinedAt ?? meta.at,
    joinedSeq: member?.joinedSeq ?? meta.seq,
    tierSeq: member?.tier === data.tier ? member.tierSeq : meta.seq,
    ...sessionsAfter(before, data.session),
  });
}

export const agents = evolution<Agents, AgentEvent>({
  name: 'agent',
  shapes: agentShapes,
  initial: () => ({ byName: new Map(), former: new Map() }),
  evolve: {
    'agent.joined': joined,
    'agent.left': (state, data) => {
      const agent = state.byName.get(data.name);
      if (agent === undefined) return;
      state.byName.delete(data.name);
      state.former.set(data.name, agent);
    },
  },
});

/** Whether a newer named session of the agent replaced this one, so that its late commands are refused. */
export function isFenced(state: View<Agents>, agent: string, session: string | null): boolean {
  if (session === null) return false;
  const known = state.byName.get(agent) ?? state.former.get(agent);
  return known?.fenced.includes(session) ?? false;
}

/** The end of a refusal about an unknown name: the joined one that was probably meant, else where to look. */
export function didYouMean(state: View<Agents>, name: string): string {
  const close = nearest(name, state.byName.keys());
  return close === undefined
    ? '`coord agent list` shows who has joined.'
    : `Did you mean ${close}?`;
}
