// What a decider may know of the policy: only what rules need, so that concepts do not depend on the policy's file format.

export const tiers = ['executive', 'implementer', 'validator', 'human'] as const;

/** What an actor may do in general; `human` has the last word everywhere. */
export type Tier = (typeof tiers)[number];

export interface AgentRule {
  readonly tier: Exclude<Tier, 'human'>;
  readonly capabilities: readonly string[];
}

/** Globs of what somebody may do in a phase. */
export interface PhaseScope {
  readonly write: readonly string[];
  readonly delete: readonly string[];
}

export interface PhaseRule {
  readonly id: string;
  /** By agent; left out where the phase has none. */
  readonly scopes?: Readonly<Record<string, PhaseScope>>;
  readonly status: 'planned' | 'active' | 'completed';
  readonly after: readonly string[];
}

export interface Rules {
  /** Names that may join, with the highest tier each may have; null where the policy lists none. */
  readonly agents: Readonly<Record<string, AgentRule>> | null;
  /** Names of people that the policy lists; they need not join, and nobody joins under them. */
  readonly people: readonly string[];
  readonly phases: readonly PhaseRule[];
  readonly locks: { readonly ttlSeconds: number; readonly maxPerAgent: number };
}
