// Starting a phase of the plan.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import type { Refusal, View } from '../../kernel/decider.ts';
import { limits } from '../../kernel/limits.ts';
import { command } from '../../kernel/operation.ts';
import type { Moment } from '../../kernel/operation.ts';
import { phaseNamed, phaseStatuses, plan } from './plan.ts';
import type { PhaseStatus, Plan, PlanEvent } from './plan.ts';

/**
 * What the log alone says of a phase may be the word of somebody whom nobody vouches for, and then it permits
 * nothing: a person starts the phase again and so confirms or reopens it.
 */
function againObstacle(
  { id, status, startedBy, completedBy }: PhaseStatus,
  { actor }: Moment,
): Refusal<'phase-active' | 'phase-completed'> | null {
  if (status === 'planned') return null;
  const by = status === 'active' ? startedBy : completedBy;
  if (by !== null && actor.isPersonPresent) return null;
  const hint =
    by === null ? 'The policy says so; change it there.' : 'Only a person may start it again.';
  return refuse(
    status === 'active' ? 'phase-active' : 'phase-completed',
    `Phase ${id} is ${status} already, by ${by ?? 'the policy'}. ${hint}`,
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
  summary: 'Start a phase, so that its scopes may be written.',
  input: z.object({
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
    const obstacle =
      againObstacle(found.phase, moment) ?? orderObstacle(found.phase, states.plan, moment);
    if (obstacle !== null) return obstacle;
    return accept<PlanEvent>({ type: 'plan.phase-started', data: { phase: wanted.phase } });
  },
  result: (wanted, states, { rules }) => ({
    phase: phaseStatuses(rules, states.plan).find(({ id }) => id === wanted.phase) ?? null,
  }),
});
