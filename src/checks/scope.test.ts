import { describe, expect, it } from 'vitest';
import { grant, pullRequest } from '../../test/pull-request-builder.ts';
import type { PullRequestParts } from '../../test/pull-request-builder.ts';
import { judgeScope as judge, policy, told } from '../../test/scope-plan.ts';
import { limits } from '../kernel/limits.ts';
import { scopeCheck } from './scope.ts';

describe('rules', () => {
  it('are all reached, and all listed', async () => {
    const bad = await judge({
      base: { 'src/network/a.ts': 'x' },
      head: {
        'docs/a.md': 'x',
        'ui/a.tsx': 'x',
        CODEOWNERS: 'x',
        '.gitmodules': 'x',
        'src/network/b': { link: 'a' },
        'src/network/c': { submodule: '1'.repeat(40) },
        'src/network/aux': 'x',
        'src/network/D': 'x',
        'src/network/d': 'y',
      },
    });
    const unknown = await judge({
      policy: 'version: 1\nunknownAuthors: fail\n',
      author: { kind: 'unknown', login: 'stranger' },
    });
    expect(unknown.conclusion).toBe('failure');
    const reached = [...bad.findings, ...unknown.findings].map(({ rule }) => rule);
    expect([...new Set(reached)].sort()).toEqual([...scopeCheck.rules].sort());
  });
});

describe('who is judged', () => {
  const head = { 'docs/a.md': 'x' };

  it.each<[string, PullRequestParts, string, RegExp]>([
    ['a person', { author: { kind: 'person', name: 'alice' } }, 'neutral', /not held to a plan/],
    [
      'somebody unknown',
      { author: { kind: 'unknown', login: 'stranger' } },
      'neutral',
      /Not an agent's pull request/,
    ],
    ['an agent without a policy file', { policy: undefined as never }, 'neutral', /no plan/],
    ['an agent without a plan', { policy: 'version: 1\n' }, 'neutral', /no plan/],
    [
      'an agent where the check is off',
      { policy: `${policy}checks: { scope: { mode: off } }\n` },
      'neutral',
      /turns this check off/,
    ],
    [
      'an agent where the check only reports',
      { policy: `${policy}checks: { scope: { mode: report } }\n` },
      'neutral',
      /Only reported: 1 path of/,
    ],
    ['an agent', {}, 'failure', /1 path of 1 changed file/],
  ])('%s', async (_name, parts, conclusion, title) => {
    const { policy: given, ...others } = parts;
    const all =
      'policy' in parts ? { ...others, ...(given && { policy: given }) } : { policy, ...parts };
    const verdict = await scopeCheck.judge(pullRequest({ head, ...all }));
    expect(verdict.conclusion).toBe(conclusion);
    expect(verdict.title).toMatch(title);
  });

  it('shows as warnings what mode report would fail', async () => {
    const reporting = `${policy}checks: { scope: { mode: report } }\n`;
    const { findings } = await judge({ head, policy: reporting });
    expect(findings.map(({ rule, level }) => [rule, level])).toEqual([
      ['scope-outside', 'warning'],
    ]);
  });

  it('tells what the agent may write', async () => {
    const granted = { grants: [grant()], vouches: { 21: 'github' as const } };
    const { reasons } = await judge({ head, ...granted });
    expect(reasons).toContain(
      'codex may write `src/network/**`, `test/network/**`, `src/secret/key.ts` and 1 more in phase rpc; `docs/**` by grant.',
    );
  });

  it.each([
    ['opus', /opus is an executive: executives plan and decide and write no code/],
    ['haiku', /haiku is a validator: validators give verdicts and write no code/],
    [
      'idle',
      /idle has no scope now: no phase of the plan lists it\..*`\/coord grant idle GLOB 2h --why TEXT`/,
    ],
    ['renovate', /renovate has no scope now: no phase of the plan lists it/],
  ])('tells %s why it may write nothing', async (author, reason) => {
    const verdict = await judge({ head, author });
    expect(verdict.conclusion).toBe('failure');
    expect(verdict.reasons.join('\n')).toMatch(reason);
    expect(verdict.title).toContain(`${author} has no scope in an active phase`);
  });

  it('protects files even where the plan has no phases', async () => {
    const bare = 'version: 1\nplan: { protected: ["src/secret/**"] }\n';
    const harmless = await judge({ policy: bare, head });
    expect(harmless.conclusion).toBe('success');
    const secret = await judge({ policy: bare, head: { 'src/secret/a': 'x', CODEOWNERS: 'y' } });
    expect(told(secret.findings)).toEqual([
      'scope-protected src/secret/a',
      'scope-protected CODEOWNERS',
    ]);
  });
});

describe('what could not be read', () => {
  const inScope = { head: { 'src/network/a.ts': 'x' } };

  it('never passes a list of changes that is not whole', async () => {
    const problem = `More than ${limits.changedFilesMax} files changed. Split the change.`;
    const verdict = await judge({ ...inScope, problem });
    expect(verdict).toMatchObject({ conclusion: 'action_required', title: problem });
    const worse = await judge({ head: { 'docs/a': 'x' }, problem });
    expect(worse.conclusion).toBe('failure');
    expect(worse.reasons[0]).toBe(problem);
  });

  it('never passes without a policy, and says where it is told what is wrong with it', async () => {
    const verdict = await judge({ ...inScope, policy: 'version: 1\nplam: {}\n' });
    expect(verdict.conclusion).toBe('action_required');
    expect(verdict.title).toContain('the section "policy"');
  });

  it('never passes new names that cannot be compared with the tree', async () => {
    const added = await judge({ ...inScope, headPaths: null });
    expect(added.conclusion).toBe('action_required');
    const changed = await judge({ base: { 'src/network/a.ts': 'y' }, ...inScope, headPaths: null });
    expect(changed.conclusion).toBe('success');
  });

  it('judges 3,000 files in a moment', async () => {
    const head = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`src/network/${index}/file.ts`, `${index}`]),
    );
    const start = performance.now();
    expect((await judge({ head })).conclusion).toBe('success');
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
