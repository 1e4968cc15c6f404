// The plan is the policy's phases with what the log says of them, and scopes granted for a time.
import { evolution, refuse } from '../../kernel/decider.ts';
import type { Event, Refusal, View } from '../../kernel/decider.ts';
import type { Details } from '../../kernel/fault.ts';
import { limits } from '../../kernel/limits.ts';
import { nearest } from '../../kernel/nearest.ts';
import type { Moment } from '../../kernel/operation.ts';
import type { PhaseRule, Rules } from '../../kernel/rules.ts';
import { planShapes } from './event-shape.ts';
import { doubtText, standingOf } from './standing.ts';
import type { Standing } from './standing.ts';

/**
 * What the log says of a phase. A start permits, so it keeps the seq of its record for a check to ask the vouch of.
 * Every start since the last completion is kept: one that nobody vouches for must neither stand in the way of a
 * better one nor take its place.
 */
interface PhaseLog {
  readonly starts: readonly Step[];
  readonly completed: Step | null;
  /** Completed at some time, so that even a phase active by the policy needs a start to be active again. */
  readonly wasCompleted: boolean;
}

/** Who did it, by which record, when. */
export interface Step {
  readonly by: string;
  readonly seq: number;
  readonly at: string;
}

/** A scope that an agent may write beyond its plan, until an ISO time. */
export interface Grant {
  readonly agent: string;
  readonly glob: string;
  readonly until: string;
  /** Seq of the record that made it. */
  readonly seq: number;
  readonly why: string;
  readonly by: string;
}

export interface Plan {
  /** Keyed by the phase's id in the policy; ids that the policy no longer has stay. */
  readonly phases: Map<string, PhaseLog>;
  /** Oldest first; lapsed ones go when the next is granted. */
  readonly grants: Grant[];
}

export type PlanEvent =
  | Event<'plan.phase-started', { readonly phase: string }>
  | Event<'plan.phase-completed', { readonly phase: string }>
  | Event<
      'plan.granted',
      {
        readonly agent: string;
        readonly glob: string;
        readonly until: string;
        readonly why: string;
      }
    >;

const untouched: PhaseLog = { starts: [], completed: null, wasCompleted: false };

export const plan = evolution<Plan, PlanEvent>({
  name: 'plan',
  shapes: planShapes,
  initial: () => ({ phases: new Map(), grants: [] }),
  evolve: {
    'plan.phase-started': (state, { phase }, { actor, seq, at }) => {
      const log = state.phases.get(phase) ?? untouched;
      const before = log.completed === null ? log.starts : [];
      const starts = [...before, { by: actor, seq, at }];
      state.phases.set(phase, { ...log, starts, completed: null });
    },
    'plan.phase-completed': (state, { phase }, { actor, seq, at }) => {
      const log = state.phases.get(phase) ?? untouched;
      const completed = log.completed ?? { by: actor, seq, at };
      state.phases.set(phase, { ...log, completed, wasCompleted: true });
    },
    'plan.granted': (state, data, { actor, seq, at }) => {
      const live = state.grants.filter(({ until }) => until > at);
      const { agent, glob, until, why } = data;
      state.grants.splice(0, state.grants.length, ...live);
      state.grants.push({ agent, glob, until, seq, why, by: actor });
    },
  },
});

/** A phase by policy and log. */
export interface PhaseStatus {
  readonly id: string;
  readonly status: PhaseRule['status'];
  readonly after: readonly string[];
  /** Seq of the record that started it last; null where it is not active, or active by the policy's word. */
  readonly startedSeq: number | null;
  /** Seqs of all records that started it, oldest first; one of them vouched for is enough. */
  readonly startedSeqs: readonly number[];
  /** Who started it last; null where `startedSeq` is. */
  readonly startedBy: string | null;
  /** Who completed it; null where it is not completed, or by the policy's word. */
  readonly completedBy: string | null;
}

function statusOf(rule: PhaseRule, log: View<PhaseLog>): PhaseRule['status'] {
  if (rule.status === 'completed' || log.completed !== null) return 'completed';
  return rule.status === 'active' || log.starts.length > 0 ? 'active' : 'planned';
}

/** The starts that make it active; none where it is active by the policy's word. */
function startsThatCount(rule: PhaseRule, log: View<PhaseLog>): View<PhaseLog['starts']> {
  const isByPolicy = rule.status === 'active' && !log.wasCompleted;
  return statusOf(rule, log) === 'active' && !isByPolicy ? log.starts : [];
}

function phaseStatus(rule: PhaseRule, log: View<PhaseLog>): PhaseStatus {
  const starts = startsThatCount(rule, log);
  const last = starts.at(-1);
  const completed = rule.status === 'completed' ? null : log.completed;
  return {
    id: rule.id,
    status: statusOf(rule, log),
    after: rule.after,
    startedSeq: last?.seq ?? null,
    startedSeqs: starts.map(({ seq }) => seq),
    startedBy: last?.by ?? null,
    completedBy: completed?.by ?? null,
  };
}

/** The policy's phases in its order; the log moves them on. */
export function phaseStatuses(rules: Pick<Rules, 'phases'>, state: View<Plan>): PhaseStatus[] {
  return rules.phases.map((rule) => phaseStatus(rule, state.phases.get(rule.id) ?? untouched));
}

/** A phase with who stands behind its start; null where the policy's word is enough. */
export type VouchedPhase = PhaseStatus & { readonly vouch: Standing | null };

/** The phases with who stands behind them by the sources that were asked for; a start without one is `absent`. */
export function vouchedPhases(
  state: View<Plan>,
  { rules, sources }: Pick<Moment, 'rules' | 'sources'>,
  absent: 'unproven' | 'unread',
): VouchedPhase[] {
  return phaseStatuses(rules, state).map((phase) => {
    const { startedSeqs } = phase;
    return {
      ...phase,
      vouch: startedSeqs.length === 0 ? null : standingOf(startedSeqs, sources, absent),
    };
  });
}

/**
 * Seqs of the starts whose sources an overview asks for: the newest few, for finding a record costs reading all that
 * came after it. Those before them stand as `unread`.
 */
export function recentStarts(
  state: View<Plan>,
  { rules, seq }: Pick<Moment, 'rules' | 'seq'>,
): number[] {
  return phaseStatuses(rules, state)
    .flatMap(({ startedSeqs }) => startedSeqs)
    .filter((started) => seq - started < limits.startLookBackRecordsMax)
    .sort((left, right) => left - right)
    .slice(-limits.startLookupsMax);
}

/** Why a check may not count a phase that is active, in a few words; nothing where it does. */
export function startDoubt({ vouch }: Pick<VouchedPhase, 'vouch'>): string {
  return doubtText(vouch);
}

/** A sentence about the phase of a result. */
export function aboutPhase(say: (phase: PhaseStatus) => string): (result: Details) => string {
  return ({ phase }) =>
    // Told once more after the policy changed, it may be gone from there.
    phase === null ? 'The plan has this phase no more.' : say(phase as PhaseStatus);
}

/** What an agent has been granted and has not lapsed at `now`, oldest first. */
export function liveGrants(state: View<Plan>, agent: string, now: string): Grant[] {
  return state.grants.filter((grant) => grant.agent === agent && grant.until > now);
}

/** A phase that a command names, or why it cannot be found. */
export function phaseNamed(
  id: string,
  rules: Rules,
  state: View<Plan>,
): { readonly ok: true; readonly phase: PhaseStatus } | Refusal<'no-plan' | 'phase-unknown'> {
  const phases = phaseStatuses(rules, state);
  const phase = phases.find((each) => each.id === id);
  if (phase !== undefined) return { ok: true, phase };
  if (phases.length === 0) {
    return refuse(
      'no-plan',
      'The policy has no plan. Write phases under `plan` in .github/coord.yml on the base branch.',
    );
  }
  const known = phases.map((each) => each.id);
  const close = nearest(id, known);
  const hint = close === undefined ? '' : ` Did you mean ${close}?`;
  return refuse(
    'phase-unknown',
    `The plan has no phase ${id}; it has ${known.join(', ')}.${hint} \`coord plan show\` shows it.`,
    { phase: id, known },
  );
}
