// Who somebody is on this log and whether they may: membership, sessions, the operation's tiers, the policy.
import { agents, agentTiers, isFenced } from '../concepts/agent/agent.ts';
import type { Agent, Agents, AgentTier } from '../concepts/agent/agent.ts';
import { refuse } from '../kernel/decider.ts';
import type { Refusal } from '../kernel/decider.ts';
import type { Actor, AnyCommand } from '../kernel/operation.ts';
import type { Tier } from '../kernel/rules.ts';
import { mayPerform } from '../policy/authority.ts';
import type { Policy } from '../policy/schema.ts';
import type { Request } from './decide.ts';
import type { Fold } from './fold.ts';

/** People need not join: their names hold a colon (`git:alice`, `gh:alice`) or stand in the policy. */
export function isPersonName(name: string, policy: Policy): boolean {
  return name.includes(':') || policy.people.has(name);
}

function membersOf(fold: Fold): Agents {
  return (fold.states.get(agents.name) as Agents | undefined) ?? agents.initial();
}

/** The lower of the tier an agent joined with and the one the policy gives it; undefined where it is not listed. */
function tierInForce({ name, tier }: Agent, policy: Policy): AgentTier | undefined {
  if (policy.agents === undefined) return tier;
  const listed = policy.agents.get(name)?.tier;
  if (listed === undefined) return undefined;
  return agentTiers.indexOf(listed) > agentTiers.indexOf(tier) ? listed : tier;
}

/**
 * The tier somebody acts with, never above what the policy gives now; undefined for an agent that has not joined
 * or that the policy's list of agents no longer holds.
 */
export function tierOfActor(name: string, fold: Fold, policy: Policy): Tier | undefined {
  if (isPersonName(name, policy)) return 'human';
  const agent = membersOf(fold).byName.get(name);
  return agent === undefined ? undefined : tierInForce(agent, policy);
}

export type Permitted = { readonly ok: true; readonly actor: Actor } | Refusal;

function notJoined(name: string, isMember: boolean): Refusal<'not-joined'> {
  const message = isMember
    ? `${name} joined, but the policy no longer lists it. Add it under \`agents\` on the base branch.`
    : `${name} has not joined. Join first: coord agent join ${name} --as ${name}`;
  return refuse('not-joined', message, { actor: name });
}

function byTheApp({ auth, intent }: Request, operation: AnyCommand): Permitted {
  if (auth.by === 'app') {
    return { ok: true, actor: { name: intent.actor, tier: 'human', isPersonPresent: false } };
  }
  return refuse('not-allowed', `${operation.name} is the App's own; nobody else uses it.`);
}

/** Whether somebody of this tier may use the command. */
function permitted(actor: Actor, { name: operationName, allow }: AnyCommand, policy: Policy) {
  const { name, tier } = actor;
  const kind = tier === 'human' ? 'person' : 'agent';
  const may = mayPerform({ policy, operationName, allow, actor: { name, tier, kind } });
  if (may.ok) return { ok: true, actor } as const;
  return refuse('not-allowed', may.reason, { actor: name, tier });
}

/** Whether the sender of a request may use the command, and with which tier. */
export function authorise(
  request: Request,
  operation: AnyCommand,
  fold: Fold,
  policy: Policy,
): Permitted {
  const { actor: name, session } = request.intent;
  if (operation.appOnly === true) return byTheApp(request, operation);
  const joined = tierOfActor(name, fold, policy);
  if (joined === undefined && operation.openToStrangers !== true) {
    return notJoined(name, membersOf(fold).byName.has(name));
  }
  if (session !== undefined && isFenced(membersOf(fold), name, session)) {
    return refuse(
      'session-fenced',
      `Session ${session} of ${name} was replaced by a newer one; this command changes nothing. Join again to go on.`,
      { actor: name, session },
    );
  }
  const { isPersonPresent } = request;
  return permitted({ name, tier: joined ?? 'implementer', isPersonPresent }, operation, policy);
}
