// What the App records of a pull request, and that the newest verdict is the one that is kept.
import { describe, expect, it } from 'vitest';
import { answer, decide, stateAfter } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { record } from './record.ts';
import { verdicts } from './verdict.ts';

const verdict = {
  ...{ pullRequest: 12, head: '1'.repeat(40), base: '2'.repeat(40), policy: 'none', readSeq: 4 },
  ...{ author: 'codex', conclusion: 'failure', checks: [{ name: 'scope', conclusion: 'failure' }] },
};

function recorded(parts: Partial<typeof verdict>, seq: number): Past {
  const at = '2026-11-20T12:00:00.000Z';
  return { event: { type: 'verdict.recorded', data: { ...verdict, ...parts } }, meta: { seq, at } };
}

describe('recording a verdict', () => {
  it('is one event with everything that was judged', () => {
    expect(decide(record, [], verdict)).toEqual({
      ok: true,
      events: [{ type: 'verdict.recorded', data: verdict }],
    });
  });

  it('keeps the newest of each pull request, with where it stands on the log', () => {
    const past = [
      recorded({}, 7),
      recorded({ pullRequest: 13 }, 8),
      recorded({ head: '3'.repeat(40), conclusion: 'success' }, 9),
    ];
    const { byPullRequest } = stateAfter(verdicts, past);
    expect([...byPullRequest.keys()].sort()).toEqual([12, 13]);
    expect(byPullRequest.get(12)).toMatchObject({ head: '3'.repeat(40), seq: 9 });
    expect(answer(record, past, verdict)).toMatchObject({
      verdict: { conclusion: 'success', seq: 9, at: '2026-11-20T12:00:00.000Z' },
    });
    expect(answer(record, [], verdict)).toEqual({ verdict: null });
  });

  it('takes object ids and known conclusions only', () => {
    for (const parts of [{ head: 'main' }, { conclusion: 'fine' }, { pullRequest: 0 }]) {
      expect(record.input.safeParse({ ...verdict, ...parts }).success).toBe(false);
    }
  });
});
