// The plan as it stands.
import { z } from 'zod';
import { query } from '../../kernel/operation.ts';
import { table } from '../../kernel/table.ts';
import { phaseStatuses, plan } from './plan.ts';
import type { Grant, PhaseStatus } from './plan.ts';

function phaseRow({ id, status, after, startedBy, completedBy }: PhaseStatus): string[] {
  const who = status === 'completed' ? completedBy : startedBy;
  const by = status === 'planned' ? '' : `by ${who ?? 'the policy'}`;
  return [id, status, after.length === 0 ? '' : `after ${after.join(', ')}`, by];
}

function grantRow({ agent, glob, until, by, why }: Grant): string[] {
  return [agent, glob, `until ${until}`, `by ${by}`, why];
}

function textOf(phases: readonly PhaseStatus[], grants: readonly Grant[]): string {
  const shown =
    phases.length === 0
      ? 'No plan. Write phases under `plan` in .github/coord.yml on the base branch.'
      : table(phases.map(phaseRow));
  return grants.length === 0 ? shown : `${shown}\n\nGranted:\n${table(grants.map(grantRow))}`;
}

export const show = query({
  name: 'plan.show',
  summary: 'Show the phases of the plan and what is granted beyond it.',
  input: z.object({}),
  positional: [],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [{ text: 'plan show', means: {} }],
  on: { plan },
  answer: (_wanted, states, { rules, now }) => ({
    phases: phaseStatuses(rules, states.plan),
    grants: states.plan.grants.filter(({ until }) => until > now),
  }),
  text: (answer) =>
    textOf(answer['phases'] as readonly PhaseStatus[], answer['grants'] as readonly Grant[]),
});
