// What the log says, as far as checks care: taken from the fold for one pull request.
import type { Coordination } from '../checks/pull-request.ts';
import { liveLocks, liveOverrides, locks } from '../concepts/lock/lock.ts';
import type { Locks } from '../concepts/lock/lock.ts';
import { phaseStatuses, plan } from '../concepts/plan/plan.ts';
import type { Plan } from '../concepts/plan/plan.ts';
import { addSeconds } from '../kernel/duration.ts';
import { Fault } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import { rulesOf } from '../policy/rules.ts';
import type { Policy } from '../policy/schema.ts';
import type { Fold } from './fold.ts';

/**
 * Nobody's clock is that far ahead: whoever wrote it wants leases and locks to be over. By the log's own time they are.
 */
function refuseAhead({ position }: Fold, now: string): void {
  const latest = addSeconds(now, limits.clockAheadSecondsMax);
  if (position === null || position.at <= latest) return;
  throw new Fault(
    'log-ahead',
    `The log's last time ${position.at} is ahead of ${now}, so nobody can tell by it what has lapsed. \`coord log\` shows who wrote it; wait until then, or set the branch back.`,
    { at: position.at, now, seq: position.seq },
  );
}

/** Locks, overridden locks, phases and grants that are on at `now`. Fault `log-ahead` where the log's time cannot be. */
export function coordinationOf(fold: Fold, policy: Policy, now: string): Coordination {
  refuseAhead(fold, now);
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
