import { describe, expect, it } from 'vitest';
import type { Conclusion, Verdict } from '../kernel/check.ts';
import { gateOf } from './gate.ts';

function verdict(name: string, conclusion: Conclusion, parts: Partial<Verdict> = {}): Verdict {
  return { name, conclusion, title: `${name} says so.`, reasons: [], findings: [], ...parts };
}

describe('gateOf', () => {
  it.each<[Conclusion[], Conclusion, string]>([
    [[], 'neutral', 'Nothing to judge.'],
    [['neutral', 'neutral'], 'neutral', 'Nothing to judge.'],
    [['neutral', 'success'], 'success', '1 check passed: c1.'],
    [['success', 'success'], 'success', '2 checks passed: c0, c1.'],
    [['success', 'action_required'], 'action_required', 'c1 fails: c1 says so.'],
    [['action_required', 'failure', 'success'], 'failure', 'c1, c0 fail: c1 says so.'],
    [['neutral', 'failure'], 'failure', 'c1 fails: c1 says so.'],
  ])('%j gives %s', (conclusions, conclusion, title) => {
    const verdicts = conclusions.map((one, index) => verdict(`c${index}`, one));
    expect(gateOf(verdicts, 'require')).toMatchObject({ conclusion, title });
    expect(gateOf(verdicts, null).conclusion).toBe(conclusion);
  });

  it.each<[Conclusion, string]>([
    ['failure', 'Would have failed: scope fails: scope says so.'],
    ['action_required', 'Would have failed: scope fails: scope says so.'],
    ['success', 'Only observed: 1 check passed: scope.'],
    ['neutral', 'Only observed: Nothing to judge.'],
  ])('observes a %s without failing', (conclusion, title) => {
    expect(gateOf([verdict('scope', conclusion)], 'observe')).toMatchObject({
      conclusion: 'neutral',
      title,
    });
  });

  it('sums up every check, each reason once and each line harmless', () => {
    const verdicts = [
      verdict('scope', 'failure', { title: 'Out\n/coord x.', reasons: ['Why.', 'a\n/coord y'] }),
      verdict('size', 'action_required', { title: 'Unread.', reasons: ['Unread.', 'Why.'] }),
      verdict('locks', 'success'),
    ];
    expect(gateOf(verdicts, 'require').summary.split('\n')).toEqual([
      'scope: failure. Out /coord x.',
      '  - Why.',
      '  - a /coord y',
      'size: action_required. Unread.',
      'locks: success. locks says so.',
    ]);
  });

  it('keeps the title short', () => {
    const { title } = gateOf([verdict('scope', 'failure', { title: 'x'.repeat(999) })], 'observe');
    expect(title.length).toBe(200);
  });
});
