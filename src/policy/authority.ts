// Who may do what: the operation's own list of tiers is the most there is, the policy may take from it.
import type { Tier } from '../kernel/rules.ts';
import type { Policy } from './schema.ts';
import { reservedNames } from './name.ts';

export interface Member {
  readonly name: string;
  readonly tier: Tier;
  readonly kind: 'person' | 'agent';
}

export type Permission =
  | { readonly ok: true }
  /** `reason` is a sentence that ends with the next step. */
  | { readonly ok: false; readonly reason: string };

/**
 * Whether the actor may use the operation. `allow` are the tiers that may use it at most. People may use everything
 * unless the policy narrows the operation; the entry of `authority.operations` then names all who may, by tier or name.
 */
export function mayPerform({
  policy,
  operationName,
  allow,
  actor,
}: {
  readonly policy: Policy;
  readonly operationName: string;
  readonly allow: readonly Tier[];
  readonly actor: Member;
}): Permission {
  if (actor.kind === 'agent' && !allow.includes(actor.tier)) {
    const others = allow.length === 0 ? 'people' : listing(allow);
    const reason = `${operationName} is for ${others}, and ${actor.name} is ${actor.tier}. Ask one of them to do it.`;
    return { ok: false, reason };
  }
  const narrowed = policy.authority?.operations.get(operationName);
  if (narrowed === undefined || narrowed.some((who) => isMeant(who, actor))) return { ok: true };
  const few = narrowed.length === 0 ? 'nobody' : `only ${listing(narrowed)}`;
  const reason = `The policy lets ${few} use ${operationName}, and ${actor.name} is ${actor.tier}. Ask one of them or change authority.operations in the policy.`;
  return { ok: false, reason };
}

/** The tier the policy gives a name: a listed agent's own, human for a listed person, undefined for all others. */
export function tierOf(policy: Policy, name: string): Tier | undefined {
  const key = name.toLowerCase();
  return policy.agents?.get(key)?.tier ?? (policy.people.has(key) ? 'human' : undefined);
}

/** From the most powers to the least; joining with less than one may have is always possible. */
const tiersByRank: readonly Tier[] = ['human', 'executive', 'implementer', 'validator'];

/**
 * Whether somebody may join under this name with this tier. With an `agents` section only names listed there or under
 * `people` join, at their listed tier or below; without one anyone joins as implementer or validator. An executive
 * that is not listed as one must be a person, and only people are human or have a listed person's name.
 */
export function mayJoin(policy: Policy, { name, tier, kind }: Member): Permission {
  const key = name.toLowerCase();
  if (reservedNames.has(key)) {
    return refused(`The name ${name} has a meaning of its own. Join with another name.`);
  }
  const excess = kind === 'agent' ? agentExcess(policy, { name: key, tier, kind }) : undefined;
  if (excess !== undefined) return refused(excess);
  const listed = tierOf(policy, key);
  if (listed !== undefined) return withinTier(name, tier, listed);
  if (policy.agents === undefined) return { ok: true };
  return refused(
    `${name} is not listed in the policy. Add it under agents or join with a listed name.`,
  );
}

/** What only people can have. */
function agentExcess(policy: Policy, { name, tier }: Member): string | undefined {
  if (policy.people.has(name)) {
    return `${name} is a person in the policy. Join with an agent's name.`;
  }
  if (tier === 'human') {
    return `Only people are human. Let ${name} join as implementer or validator.`;
  }
  if (tier !== 'executive' || policy.agents !== undefined) return undefined;
  return `An executive must be a person or listed as one in the policy. Let ${name} join as implementer or validator.`;
}

function withinTier(name: string, tier: Tier, listed: Tier): Permission {
  if (tiersByRank.indexOf(tier) >= tiersByRank.indexOf(listed)) return { ok: true };
  return refused(
    `The policy lists ${name} as ${listed}, which is below ${tier}. Join as ${listed} or change the policy.`,
  );
}

function isMeant(who: string, actor: Member): boolean {
  if (who === 'human') return actor.kind === 'person';
  return isTier(who) ? who === actor.tier : who === actor.name.toLowerCase();
}

function isTier(word: string): boolean {
  return tiersByRank.some((tier) => tier === word);
}

function refused(reason: string): Permission {
  return { ok: false, reason };
}

function listing(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
