import { describe, expect, it } from 'vitest';
import { lock, pullRequest } from '../../test/pull-request-builder.ts';
import type { PullRequestParts } from '../../test/pull-request-builder.ts';
import { complexityCheck } from '../checks/complexity.ts';
import { locksCheck } from '../checks/locks.ts';
import type { PullRequest } from '../checks/pull-request.ts';
import { scopeCheck } from '../checks/scope.ts';
import { sizeCheck } from '../checks/size.ts';
import type { Check } from '../kernel/check.ts';
import { Fault } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import { judge } from './judge.ts';

const checks = [scopeCheck, locksCheck, complexityCheck, sizeCheck];
const phases = `plan:
  phases: [{ id: rpc, status: active, scopes: { codex: { write: ["src/**"] } } }]
`;
const policy = `version: 1\n${phases}`;

function breaking(error: Error): Check<PullRequest> {
  return { name: 'broken', summary: '', rules: [], judge: () => Promise.reject(error) };
}

describe('judge', () => {
  it('answers as the shell contract wants it', async () => {
    const verdict = await judge(pullRequest({ policy, head: { 'docs/a.md': 'x' } }), checks);
    expect(JSON.parse(JSON.stringify(verdict))).toMatchObject({
      conclusion: 'failure',
      title: 'scope fails: 1 path of 1 changed file not within the scope of codex.',
      head: 'a'.repeat(40),
      base: 'b'.repeat(40),
      policy: 'c'.repeat(40),
      enforce: 'require',
      seq: 100,
      checks: [
        {
          name: 'scope',
          conclusion: 'failure',
          findings: [
            {
              rule: 'scope-outside',
              path: 'docs/a.md',
              line: null,
              endLine: null,
              limit: 'src/**',
            },
          ],
        },
        { name: 'locks', conclusion: 'success', findings: [] },
        { name: 'complexity', conclusion: 'neutral', findings: [] },
        { name: 'size', conclusion: 'success', findings: [] },
      ],
    });
  });

  it.each<[string, PullRequestParts, string, string]>([
    ['all well', { policy, head: { 'src/a.ts': 'export {};' } }, 'success', '4 checks passed'],
    [
      'a lock in the way',
      { policy, head: { 'src/api/a.ts': 'export {};' }, locks: [lock()] },
      'failure',
      'locks fails: 1 of 1 path locked by `opus`',
    ],
    [
      'no policy file',
      { head: { 'src/api/a.ts': 'export {};' }, locks: [lock()] },
      'neutral',
      'Would have failed: locks fails',
    ],
    [
      'enforce: observe',
      { policy: `${policy}enforce: observe\n`, head: { 'docs/a.md': 'x' } },
      'neutral',
      'Would have failed: scope fails',
    ],
    [
      'a broken policy',
      { policy: 'version: 1\nenforce: observe\nplam: {}\n', head: { 'src/a.ts': 'x' } },
      'action_required',
      'policy, scope, locks, complexity, size fail: The policy on the base branch cannot be used',
    ],
    [
      'too many files to list',
      {
        policy,
        head: { 'src/a.ts': 'x' },
        problem: `More than ${limits.changedFilesMax} files changed. Split the change.`,
      },
      'action_required',
      'More than 3000 files changed',
    ],
  ])('%s', async (_name, parts, conclusion, title) => {
    const verdict = await judge(pullRequest(parts), checks);
    expect(verdict.conclusion).toBe(conclusion);
    expect(verdict.title).toContain(title);
  });

  it('asks for action when a check throws, and still runs the others', async () => {
    const offline = new Fault('offline', 'GitHub cannot be reached. Run the check again.');
    const facts = pullRequest({ policy, head: { 'src/a.ts': 'x' } });
    const verdict = await judge(facts, [breaking(offline), scopeCheck]);
    expect(verdict.conclusion).toBe('action_required');
    expect(verdict.title).toBe('broken fails: GitHub cannot be reached. Run the check again.');
    expect(verdict.checks[1]?.conclusion).toBe('success');
    const bug = await judge(facts, [breaking(new Error('Broken assumption.')), scopeCheck]);
    expect(bug.conclusion).toBe('action_required');
    expect(bug.title).toContain('The check broken broke: Broken assumption. Please report it.');
  });

  it('never passes when the port fails, and reads each list once', async () => {
    const facts = pullRequest({ policy, head: { 'src/a.ts': 'x' } });
    let readings = 0;
    const failing: PullRequest = {
      ...facts,
      changes: () => {
        readings += 1;
        return Promise.reject(new Fault('gone', 'The commit is gone. Fetch it.'));
      },
    };
    const verdict = await judge(failing, checks);
    expect(verdict.checks.map(({ conclusion }) => conclusion)).toEqual(
      checks.map(() => 'action_required'),
    );
    expect(readings).toBe(1);
  });

  it('passes on what a check asks of the port, and reads each tree once', async () => {
    const asked: string[] = [];
    const facts: PullRequest = {
      ...pullRequest({ policy }),
      blobs: (oids, bytesMax) => {
        asked.push(`${oids.join()} ${String(bytesMax)}`);
        return Promise.resolve(new Map());
      },
      entries: (side) => {
        asked.push(side);
        return Promise.resolve(null);
      },
    };
    const asking: Check<PullRequest> = {
      ...{ name: 'asking', summary: '', rules: [] },
      judge: async (port) => {
        await Promise.all([port.entries('head'), port.entries('base'), port.entries('head')]);
        await port.blobs(['a', 'b'], 7);
        const title = `${(await port.coverageReports()).length} reports`;
        return { name: 'asking', conclusion: 'success', title, reasons: [], findings: [] };
      },
    };
    expect((await judge(facts, [asking])).checks[0]?.title).toBe('0 reports');
    expect(asked).toEqual(['head', 'base', 'a,b 7']);
  });

  it('says that a policy could not be used, and names none', async () => {
    const verdict = await judge(pullRequest({ policy: 'version: 9\n' }), checks);
    expect([verdict.policy, verdict.enforce]).toEqual([null, null]);
    expect(verdict.summary).toContain('version');
  });

  it('tells what is wrong with a policy once, in a section of its own', async () => {
    const facts = pullRequest({ policy: 'version: 1\nplam: {}\nlok: {}\n' });
    const verdict = await judge(facts, checks);
    const [first, ...others] = verdict.checks;
    expect(first).toMatchObject({ name: 'policy', reasons: facts.policyProblems });
    expect(facts.policyProblems).toHaveLength(2);
    expect(others).toEqual(
      checks.map(({ name }) => ({
        ...{ name, conclusion: 'action_required', reasons: [], findings: [] },
        title: 'Not judged: the policy cannot be used, as the section "policy" says.',
      })),
    );
    expect(verdict.summary.split('Unknown key')).toHaveLength(3);
  });
});
