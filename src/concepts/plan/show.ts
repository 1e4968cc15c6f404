// The plan as it stands.
import type { View } from '../../kernel/decider.ts';
import { z } from 'zod';
import { query } from '../../kernel/operation.ts';
import type { Moment } from '../../kernel/operation.ts';
import type { PhaseScope, Rules } from '../../kernel/rules.ts';
import { table } from '../../kernel/table.ts';
import { plan, vouchedPhases } from './plan.ts';
import type { Grant, Plan, VouchedPhase } from './plan.ts';
import { standingOf, standingText } from './standing.ts';
import type { Standing } from './standing.ts';

/** Who stands behind it; null where the policy's word is enough. */
interface Vouched {
  readonly vouch: Standing | null;
}

/** The phases and the grants that have not lapsed. */
function planNow(state: View<Plan>, moment: Moment) {
  const phases = vouchedPhases(state, moment, 'unproven');
  return { phases, grants: state.grants.filter(({ until }) => until > moment.now) };
}

function vouchText({ vouch }: Vouched): string {
  return vouch === null ? '' : standingText(vouch);
}

function phaseRow(phase: VouchedPhase): string[] {
  const { id, status, after, startedBy, completedBy } = phase;
  const who = status === 'completed' ? completedBy : startedBy;
  const by = status === 'planned' ? '' : `by ${who ?? 'the policy'}`;
  return [id, status, after.length === 0 ? '' : `after ${after.join(', ')}`, by, vouchText(phase)];
}

/** Who may do what in a phase. */
interface Scoped {
  readonly scopes: Readonly<Record<string, PhaseScope>>;
}

function scopedBy<Phase extends { readonly id: string }>(phase: Phase, rules: Rules) {
  const scopes = rules.phases.find(({ id }) => id === phase.id)?.scopes ?? {};
  return { ...phase, scopes } satisfies Phase & Scoped;
}

function globsText(globs: readonly string[]): string {
  return globs.length === 0 ? 'nothing' : globs.join(' ');
}

function scopeRows({ id, scopes }: ShownPhases[number]): string[][] {
  return Object.entries(scopes).map(([agent, scope]) => {
    const deletes = scope.delete.length === 0 ? '' : `deletes ${globsText(scope.delete)}`;
    return [id, agent, `writes ${globsText(scope.write)}`, deletes];
  });
}

function grantRow(grant: Grant & Vouched): string[] {
  const { agent, glob, until, by, why } = grant;
  return [agent, glob, `until ${until}`, `by ${by}`, why, vouchText(grant)];
}

type ShownPhases = readonly (VouchedPhase & Scoped)[];
type ShownGrants = readonly (Grant & Vouched)[];

/** What to do about what nobody vouches for. */
function nextStep(shown: readonly Vouched[]): string {
  if (!shown.some(({ vouch }) => vouch === 'nobody')) return '';
  return '\n\nSay what no check counts again in a comment on GitHub: /coord plan start PHASE, /coord grant AGENT GLOB D --why TEXT';
}

function textOf(phases: ShownPhases, grants: ShownGrants): string {
  const shown =
    phases.length === 0
      ? 'No plan. Write phases under `plan` in .github/coord.yml on the base branch.'
      : table(phases.map(phaseRow));
  const rows = phases.flatMap(scopeRows);
  const scopes = rows.length === 0 ? '' : `\n\nScopes:\n${table(rows)}`;
  const granted = grants.length === 0 ? '' : `\n\nGranted:\n${table(grants.map(grantRow))}`;
  return `${shown}${scopes}${granted}${nextStep([...phases, ...grants])}`;
}

export const show = query({
  name: 'plan.show',
  summary:
    'Show the phases of the plan, who may write what in them, what is granted beyond it, and whether a check counts them.',
  input: () => z.object({}),
  positional: [],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [{ text: 'plan show', means: {} }],
  on: { plan },
  sources(states, moment) {
    const { phases, grants } = planNow(states.plan, moment);
    return [...phases.flatMap(({ startedSeqs }) => startedSeqs), ...grants.map(({ seq }) => seq)];
  },
  answer(_wanted, states, moment) {
    const { phases, grants } = planNow(states.plan, moment);
    const vouch = ({ seq }: Grant) => standingOf([seq], moment.sources);
    return {
      phases: phases.map((phase) => scopedBy(phase, moment.rules)),
      grants: grants.map((grant) => ({ ...grant, vouch: vouch(grant) })),
    };
  },
  text: (answer) => textOf(answer['phases'] as ShownPhases, answer['grants'] as ShownGrants),
});
