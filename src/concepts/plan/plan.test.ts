// What policy and log together say of phases and grants, and which records a check has to ask about.
import { describe, expect, it } from 'vitest';
import { moment, stateAfter } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import type { PhaseRule } from '../../kernel/rules.ts';
import { limits } from '../../kernel/limits.ts';
import { liveGrants, phaseStatuses, plan, recentStarts } from './plan.ts';
import type { PhaseStatus } from './plan.ts';

const noon = '2026-11-20T12:00:00.000Z';
const one = '2026-11-20T13:00:00.000Z';

function phase(type: 'started' | 'completed', seq: number, actor = 'opus'): Past {
  return { event: { type: `plan.phase-${type}`, data: { phase: 'rpc' } }, meta: { seq, actor } };
}

function statusOf(status: PhaseRule['status'], ...past: readonly Past[]): PhaseStatus | undefined {
  const phases = [{ id: 'rpc', status, after: [] }];
  return phaseStatuses({ phases }, stateAfter(plan, past))[0];
}

function granted(data: object = {}, meta: Past['meta'] = {}): Past {
  const usual = { agent: 'codex', glob: 'docs/**', until: one, why: 'typo' };
  return {
    event: { type: 'plan.granted', data: { ...usual, ...data } },
    meta: { seq: 4, at: noon, actor: 'opus', ...meta },
  };
}

describe('a phase', () => {
  it('is what the policy says where the log says nothing', () => {
    for (const status of ['planned', 'active', 'completed'] as const) {
      expect(statusOf(status)).toEqual({
        id: 'rpc',
        status,
        after: [],
        startedSeq: null,
        startedSeqs: [],
        startedBy: null,
        completedBy: null,
      });
    }
  });

  it('is started by a record whose seq it keeps', () => {
    expect(statusOf('planned', phase('started', 3))).toMatchObject({
      status: 'active',
      startedSeq: 3,
      startedBy: 'opus',
    });
  });

  it('keeps every start, so that one without a vouch neither replaces nor hinders another', () => {
    const past = [phase('started', 3, 'mallory'), phase('started', 5, 'git:anna')];
    expect(statusOf('planned', ...past)).toMatchObject({
      startedSeq: 5,
      startedSeqs: [3, 5],
      startedBy: 'git:anna',
    });
  });

  it('that is active by the policy needs no start', () => {
    expect(statusOf('active', phase('started', 3))).toMatchObject({
      status: 'active',
      startedSeq: null,
      startedBy: null,
    });
  });

  it('is completed by a record, and by whom first', () => {
    const past = [phase('started', 3), phase('completed', 4), phase('completed', 5, 'mallory')];
    expect(statusOf('planned', ...past)).toMatchObject({
      status: 'completed',
      startedSeq: null,
      completedBy: 'opus',
    });
  });

  it('is reopened by a new start only, and by its record alone', () => {
    const past = [phase('started', 3), phase('completed', 4), phase('started', 5, 'mallory')];
    expect(statusOf('planned', ...past)).toMatchObject({ status: 'active', startedSeqs: [5] });
    expect(statusOf('active', ...past.slice(1))).toMatchObject({
      status: 'active',
      startedSeqs: [5],
    });
  });

  it('that the policy completed stays completed', () => {
    expect(statusOf('completed', phase('started', 3))).toMatchObject({
      status: 'completed',
      startedSeqs: [],
      completedBy: null,
    });
  });

  it('that the policy does not have is not shown', () => {
    expect(phaseStatuses({ phases: [] }, stateAfter(plan, [phase('started', 3)]))).toEqual([]);
  });
});

describe('the starts that an overview asks about', () => {
  const back = limits.startLookBackRecordsMax;
  const few = limits.startLookupsMax;

  /** What is asked about a phase that was started at these seqs, when the head is at `seq`. */
  function asked(seq: number, seqs: readonly number[], status: PhaseRule['status'] = 'planned') {
    const phases = [{ id: 'rpc', status, after: [] }];
    const state = stateAfter(
      plan,
      seqs.map((one) => phase('started', one)),
    );
    return recentStarts(state, { rules: { ...moment().rules, phases }, seq });
  }

  it('are those of phases that a record made active', () => {
    expect(asked(9, [3, 5])).toEqual([3, 5]);
    expect(asked(9, [3, 5], 'active')).toEqual([]);
    expect(asked(9, [3, 5], 'completed')).toEqual([]);
    expect(asked(9, [])).toEqual([]);
  });

  it('lie not far back, for finding one costs reading all that came after it', () => {
    expect(asked(back + 2, [2, 3])).toEqual([3]);
  });

  it('are the newest few', () => {
    const seqs = Array.from({ length: few + 2 }, (_, index) => index + 1);
    expect(asked(few + 2, seqs)).toEqual(seqs.slice(2));
  });

  it('are none where the policy has no plan', () => {
    const state = stateAfter(plan, [phase('started', 3)]);
    expect(recentStarts(state, { rules: moment().rules, seq: 9 })).toEqual([]);
  });
});

describe('grants', () => {
  it('name the record that made them', () => {
    expect(liveGrants(stateAfter(plan, [granted()]), 'codex', noon)).toEqual([
      { agent: 'codex', glob: 'docs/**', until: one, seq: 4, why: 'typo', by: 'opus' },
    ]);
  });

  it('are an agent’s own, and lapse by time', () => {
    const state = stateAfter(plan, [granted(), granted({ agent: 'haiku' })]);
    expect(liveGrants(state, 'codex', noon)).toHaveLength(1);
    expect(liveGrants(state, 'codex', one)).toEqual([]);
    expect(liveGrants(state, 'opus', noon)).toEqual([]);
  });

  it('that lapsed are forgotten when the next is made', () => {
    const later = granted({ until: '2026-11-20T14:00:00.000Z' }, { at: one, seq: 5 });
    expect(stateAfter(plan, [granted(), later]).grants.map(({ seq }) => seq)).toEqual([5]);
  });
});
