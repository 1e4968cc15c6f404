// Who somebody is on this log and whether they may: membership, sessions, the operation's tiers, the policy.
import { agents, isFenced } from '../concepts/agent/agent.ts';
import type { Agents } from '../concepts/agent/agent.ts';
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

/** The tier somebody acts with; undefined for an agent that has not joined. */
export function tierOfActor(name: string, fold: Fold, policy: Policy): Tier | undefined {
  return isPersonName(name, policy) ? 'human' : membersOf(fold).byName.get(name)?.tier;
}

export type Permitted = { readonly ok: true; readonly actor: Actor } | Refusal;

function byTheApp({ auth, intent }: Request, operation: AnyCommand): Permitted {
  if (auth.by === 'app') {
    return { ok: true, actor: { name: intent.actor, tier: 'human', isPersonPresent: false } };
  }
  return refuse('not-allowed', `${operation.name} is the App's own; nobody else uses it.`);
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
    return refuse(
      'not-joined',
      `${name} has not joined. Join first: coord agent join ${name} --as ${name}`,
      { actor: name },
    );
  }
  if (isFenced(membersOf(fold), name, session ?? null)) {
    return refuse(
      'session-fenced',
      `Session ${session ?? ''} of ${name} was replaced by a newer one; this command changes nothing. Join again to go on.`,
      { actor: name, session },
    );
  }
  const tier = joined ?? 'implementer';
  const kind = tier === 'human' ? 'person' : 'agent';
  const may = mayPerform({
    policy,
    operationName: operation.name,
    allow: operation.allow,
    actor: { name, tier, kind },
  });
  if (!may.ok) return refuse('not-allowed', may.reason, { actor: name, tier });
  return { ok: true, actor: { name, tier, isPersonPresent: request.isPersonPresent } };
}
