import { describe, expect, it } from 'vitest';
import { pullRequest } from '../../test/pull-request-builder.ts';
import type { PullRequestParts } from '../../test/pull-request-builder.ts';
import type { Verdict } from '../kernel/check.ts';
import { sizeCheck } from './size.ts';

const policy = 'version: 1\nagents: { codex: {}, opus: { tier: executive } }\n';
const alice = { kind: 'person', name: 'alice' } as const;

function judge(parts: PullRequestParts): Promise<Verdict> {
  return sizeCheck.judge(pullRequest({ policy, ...parts }));
}

function files(number: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: number }, (_, index) => [`f${index}`, `${index}`]),
  );
}

function lines(number: number): string {
  return Array.from({ length: number }, (_, index) => `${index}\n`).join('');
}

describe('size', () => {
  it.each<[string, PullRequestParts, string, string[]]>([
    ['50 files of an agent', { head: files(50) }, 'success', []],
    ['57 files of an agent', { head: files(57) }, 'failure', ['size-files']],
    ['57 files of a person', { head: files(57), author: alice }, 'neutral', []],
    [
      '57 files of somebody unknown',
      { head: files(57), author: { kind: 'unknown', login: 'x' } },
      'neutral',
      [],
    ],
    ['5,000 lines', { head: { a: lines(5000) } }, 'success', []],
    ['5,001 lines', { head: { a: lines(5001) } }, 'failure', ['size-lines']],
    [
      '2,500 lines replaced by 2,501 others',
      { base: { a: lines(2500) }, head: { a: lines(2501).replaceAll('\n', 'x\n') } },
      'failure',
      ['size-lines'],
    ],
    ['5,001 lines removed', { base: { a: lines(5001) } }, 'failure', ['size-lines']],
    ['both', { head: { ...files(50), a: lines(5001) } }, 'failure', ['size-files', 'size-lines']],
    ['a lock file', { head: { 'web/package-lock.json': lines(9000) } }, 'success', []],
    [
      'a lock file renamed to something else',
      { base: { 'go.sum': lines(9000) }, head: { a: 'x' }, renames: { a: 'go.sum' } },
      'failure',
      ['size-lines'],
    ],
    [
      'an agent the policy does not list',
      { head: files(51), author: 'renovate' },
      'failure',
      ['size-files'],
    ],
    [
      "the check's own bound for a person",
      { policy: 'version: 1\nchecks: { size: { files: 1 } }\n', head: files(2), author: alice },
      'failure',
      ['size-files'],
    ],
    [
      "the tier's own bound for a person",
      { policy: 'version: 1\ntiers: { human: { lines: 1 } }\n', head: files(2), author: alice },
      'failure',
      ['size-lines'],
    ],
    [
      'the stricter of two bounds',
      {
        policy: `${policy}tiers: { implementer: { files: 3 } }\nchecks: { size: { files: 5 } }\n`,
        head: files(4),
      },
      'failure',
      ['size-files'],
    ],
    [
      'no bound by the policy',
      {
        policy: `${policy}tiers: { implementer: { files: none, lines: none } }\n`,
        head: files(400),
      },
      'neutral',
      [],
    ],
    [
      'reported only',
      { policy: `${policy}checks: { size: { mode: report } }\n`, head: files(51) },
      'neutral',
      ['size-files'],
    ],
    [
      'off',
      { policy: `${policy}checks: { size: { mode: off } }\n`, head: files(51) },
      'neutral',
      [],
    ],
  ])('%s', async (_name, parts, conclusion, rules) => {
    const verdict = await judge(parts);
    expect(verdict.conclusion).toBe(conclusion);
    expect(verdict.findings.map(({ rule }) => rule)).toEqual(rules);
    for (const rule of rules) expect(sizeCheck.rules).toContain(rule);
  });

  it('says how much it is and how much it may be', async () => {
    const verdict = await judge({ head: { ...files(57), 'go.sum': 'x' } });
    expect(verdict.findings[0]).toMatchObject({ path: null, limit: 50, value: 57 });
    expect(verdict.findings[0]?.message).toContain('57 > 50');
    expect(verdict.title).toBe('57 files (at most 50), 57 lines (at most 5000) changed.');
    expect(verdict.reasons).toEqual(['1 file not counted (checks.size.exclude).']);
  });

  it('never passes what could not be read', async () => {
    const problem = 'More than 3000 files changed. Split the change.';
    expect(await judge({ problem })).toMatchObject({
      conclusion: 'action_required',
      title: problem,
    });
    expect((await judge({ policy: 'version: 2\n' })).conclusion).toBe('action_required');
  });
});
