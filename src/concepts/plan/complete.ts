// Completing a phase of the plan.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import { limits } from '../../kernel/limits.ts';
import { command } from '../../kernel/operation.ts';
import { aboutPhase, phaseNamed, phaseStatuses, plan } from './plan.ts';
import type { PlanEvent } from './plan.ts';

export const complete = command({
  name: 'plan.complete',
  summary:
    'Complete a phase, so that those after it may start; starting it again makes it active again.',
  input: () =>
    z.object({
      phase: z.string().min(1).max(limits.nameCharsMax).describe('Phase of the plan'),
    }),
  positional: ['phase'],
  allow: ['executive', 'human'],
  examples: [{ text: 'plan complete rpc', means: { phase: 'rpc' } }],
  on: { plan },
  refusals: ['no-plan', 'phase-unknown', 'phase-completed', 'phase-not-active'],
  decide(wanted, states, { rules }) {
    const found = phaseNamed(wanted.phase, rules, states.plan);
    if (!found.ok) return found;
    const { id, status, completedBy } = found.phase;
    if (status === 'completed') {
      return refuse(
        'phase-completed',
        completedBy === null
          ? `Phase ${id} is completed already, by the policy. To change that, change its status in .github/coord.yml on the base branch.`
          : `Phase ${id} is completed already, by ${completedBy}. To make it active again: coord plan start ${id}`,
        { phase: id, by: completedBy },
      );
    }
    if (status !== 'active') {
      return refuse(
        'phase-not-active',
        `Phase ${id} has not been started. Start it first: coord plan start ${id}.`,
        { phase: id, status },
      );
    }
    return accept<PlanEvent>({ type: 'plan.phase-completed', data: { phase: id } });
  },
  result: (wanted, states, { rules }) => ({
    phase: phaseStatuses(rules, states.plan).find(({ id }) => id === wanted.phase) ?? null,
  }),
  text: aboutPhase(
    ({ id }) => `Phase ${id} is completed. To make it active again: coord plan start ${id}`,
  ),
});
