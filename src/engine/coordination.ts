// What the log says, as far as checks care: taken from the fold for one pull request.
import type { Coordination } from '../checks/pull-request.ts';
import { liveLocks, liveOverrides, locks } from '../concepts/lock/lock.ts';
import type { Locks } from '../concepts/lock/lock.ts';
import { phaseStatuses, plan } from '../concepts/plan/plan.ts';
import type { Plan } from '../concepts/plan/plan.ts';
import { rulesOf } from '../policy/rules.ts';
import type { Policy } from '../policy/schema.ts';
import type { Fold } from './fold.ts';

/** Locks, overridden locks, phases and grants that are on at `now`. */
export function coordinationOf(fold: Fold, policy: Policy, now: string): Coordination {
  const lockState = (fold.states.get(locks.name) ?? locks.initial()) as Locks;
  const planState = (fold.states.get(plan.name) ?? plan.initial()) as Plan;
  return {
    seq: fold.position?.seq ?? 0,
    locks: liveLocks(lockState, now),
    overridden: liveOverrides(lockState, now),
    phases: phaseStatuses(rulesOf(policy), planState),
    grants: planState.grants.filter(({ until }) => until > now),
  };
}
