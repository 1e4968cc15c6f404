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

/** Ids of what has to be completed before it and is not, as the policy names them. */
function openBefore({ after }: PhaseStatus, phases: readonly PhaseStatus[]): string[] {
  const completed = phases.filter(({ status }) => status === 'completed').map(({ id }) => id);
  return after.filter((before) => !completed.includes(before));
}

/** The order is that of beginning: what is active is confirmed, also after what it follows was started again. */
function orderObstacle(
  phase: PhaseStatus,
  state: View<Plan>,
  { rules }: Moment,
): Refusal<'phase-order'> | null {
  const phases = phaseStatuses(rules, state);
  const open = openBefore(phase, phases);
  const [first] = open;
  if (phase.status === 'active' || first === undefined) return null;
  const isStarted = phases.some(({ id, status }) => id === first && status === 'active');
  return refuse(
    'phase-order',
    `Phase ${phase.id} comes after ${open.join(', ')}, to be completed first. Next: coord plan ${isStarted ? 'complete' : 'start'} ${first}.`,
    { phase: phase.id, open },
  );
}

/** What a start does not do by itself: whatever is active stays so until it is completed. */
function orderNotes(phase: PhaseStatus, phases: readonly PhaseStatus[]): string[] {
  const { id, status } = phase;
  if (status !== 'active') return [];
  const open = openBefore(phase, phases).join(', ');
  const later = phases.filter((one) => one.status === 'active' && one.after.includes(id));
  const [first] = later;
  const notes: string[] = [];
  if (open !== '') {
    notes.push(
      `Phase ${id} is active although what it comes after is not completed: ${open}. To close ${id}: coord plan complete ${id}`,
    );
  }
  if (first !== undefined) {
    notes.push(
      `What comes after ${id} stays active: ${later.map((one) => one.id).join(', ')}. To close ${first.id}: coord plan complete ${first.id}`,
    );
  }
  return notes;
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
  result(wanted, states, { rules }) {
    const phases = phaseStatuses(rules, states.plan);
    const phase = phases.find(({ id }) => id === wanted.phase) ?? null;
    const notes = phase === null ? [] : orderNotes(phase, phases);
    return { phase, ...(notes.length === 0 ? {} : { notes }) };
  },
  text: aboutPhase(({ id }) => `Phase ${id} is active. Who may write what: coord plan show`),
});
