// Starting a phase of the plan.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import type { Refusal, View } from '../../kernel/decider.ts';
import { limits } from '../../kernel/limits.ts';
import { command } from '../../kernel/operation.ts';
import type { Moment } from '../../kernel/operation.ts';
import { aboutPhase, phaseNamed, phaseStatuses, plan } from './plan.ts';
import type { PhaseStatus, Plan, PlanEvent } from './plan.ts';

/**
 * What the log says of a phase is changed on the log: started again, a completed phase is active again, and an active
 * one is confirmed, perhaps by somebody whom more can be said for. What the policy says is changed in the policy.
 */
function policyObstacle({
  id,
  status,
  startedBy,
  completedBy,
}: PhaseStatus): Refusal<'phase-active' | 'phase-completed'> | null {
  const by = status === 'active' ? startedBy : completedBy;
  if (status === 'planned' || by !== null) return null;
  return refuse(
    status === 'active' ? 'phase-active' : 'phase-completed',
    `Phase ${id} is ${status} already, by the policy. To change that, change its status in .github/coord.yml on the base branch.`,
    { phase: id, by },
  );
}

function orderObstacle(
  { id, after }: PhaseStatus,
  state: View<Plan>,
  { rules }: Moment,
): Refusal<'phase-order'> | null {
  const statuses = new Map(phaseStatuses(rules, state).map((one) => [one.id, one.status]));
  const open = after.filter((before) => statuses.get(before) !== 'completed');
  if (open.length === 0) return null;
  return refuse(
    'phase-order',
    `Phase ${id} comes after ${open.join(', ')}. Complete first: coord plan complete ${open[0] ?? ''}.`,
    { phase: id, open },
  );
}

export const start = command({
  name: 'plan.start',
  summary:
    'Start a phase, so that its scopes may be written; a completed one is active again, an active one confirmed.',
  input: () =>
    z.object({
      phase: z.string().min(1).max(limits.nameCharsMax).describe('Phase of the plan'),
    }),
  positional: ['phase'],
  allow: ['executive', 'human'],
  examples: [{ text: 'plan start rpc', means: { phase: 'rpc' } }],
  on: { plan },
  refusals: ['no-plan', 'phase-unknown', 'phase-active', 'phase-completed', 'phase-order'],
  decide(wanted, states, moment) {
    const found = phaseNamed(wanted.phase, moment.rules, states.plan);
    if (!found.ok) return found;
    const obstacle = policyObstacle(found.phase) ?? orderObstacle(found.phase, states.plan, moment);
    if (obstacle !== null) return obstacle;
    return accept<PlanEvent>({ type: 'plan.phase-started', data: { phase: wanted.phase } });
  },
  result: (wanted, states, { rules }) => ({
    phase: phaseStatuses(rules, states.plan).find(({ id }) => id === wanted.phase) ?? null,
  }),
  text: aboutPhase(({ id }) => `Phase ${id} is active. Who may write what: coord plan show`),
});
