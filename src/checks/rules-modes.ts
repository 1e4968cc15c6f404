// Which rules of the check `rules` a policy turns on, and how much they weigh.
import type { Policy } from '../policy/schema.ts';
import type { PolicyMode } from './policy-check.ts';
import { ruleNames } from './rules-breach.ts';
import type { RuleName } from './rules-breach.ts';

/** The rules that are judged at all. */
export function rulesOn(policy: Policy): RuleName[] {
  return ruleNames.filter((rule) => policy.checks.rules[rule] !== 'off');
}

/** Whether any rule is judged, so that files have to be looked at for them. */
export function hasRules(policy: Policy | null): boolean {
  return policy !== null && rulesOn(policy).length > 0;
}

/** The check's own mode: it can fail where one of its rules can. Without any rule it still says so itself. */
export function rulesMode(policy: Policy): PolicyMode {
  const modes = rulesOn(policy).map((rule) => policy.checks.rules[rule]);
  return modes.every((mode) => mode === 'report') ? 'report' : 'ratchet';
}
