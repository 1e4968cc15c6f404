// What the policy holds the author of a pull request to.
import type { Tier } from '../kernel/rules.ts';
import type { Policy, TierBounds } from '../policy/schema.ts';
import type { Author } from './pull-request.ts';

/**
 * The tier whose bounds count. An agent that the policy does not list is held to those of implementers; its tier on
 * the log does not matter here, because that could only widen what it may. Whoever is not an agent counts as human.
 */
export function tierOf(author: Author, policy: Policy): Tier {
  if (author.kind !== 'agent') return 'human';
  return policy.agents?.get(author.name)?.tier ?? 'implementer';
}

export function tierBoundsOf(author: Author, policy: Policy): TierBounds {
  return policy.tiers[tierOf(author, policy)];
}

/** The stricter of several bounds; null or undefined is no bound. */
export function strictest(...bounds: readonly (number | null | undefined)[]): number | null {
  const given = bounds.filter((bound) => typeof bound === 'number');
  return given.length === 0 ? null : Math.min(...given);
}
