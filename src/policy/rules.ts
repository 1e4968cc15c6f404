// What deciders may know of a policy, taken from it.
import type { AgentRule, PhaseRule, Rules } from '../kernel/rules.ts';
import type { AgentPolicy, Policy } from './schema.ts';

/** A policy that was read stays as it is, and every command of a batch asks for its rules. */
const known = new WeakMap<Policy, Rules>();

/** The rules in a policy. `agents` has no prototype, so that a name such as `constructor` finds nothing. */
export function rulesOf(policy: Policy): Rules {
  const rules = known.get(policy) ?? rulesIn(policy);
  known.set(policy, rules);
  return rules;
}

function rulesIn(policy: Policy): Rules {
  return {
    agents: policy.agents === undefined ? null : agentRules(policy.agents),
    people: [...policy.people.keys()],
    phases: policy.plan.phases.map(phaseRule),
    locks: policy.locks,
  };
}

function phaseRule({ id, status, after, scopes }: Policy['plan']['phases'][number]): PhaseRule {
  const rule = { id, status, after };
  return scopes.size === 0 ? rule : { ...rule, scopes: Object.fromEntries(scopes) };
}

function agentRules(agents: ReadonlyMap<string, AgentPolicy>): Record<string, AgentRule> {
  const rules = Object.create(null) as Record<string, AgentRule>;
  for (const [name, { tier, capabilities }] of agents) rules[name] = { tier, capabilities };
  return rules;
}
