// `coord check`: the verdict that the App would give, from two revisions of this repository. Records nothing.
import { z } from 'zod';
import { authorFacts } from '../../../adapters/git/authorship.ts';
import { policyAt } from '../../../adapters/git/base-policy.ts';
import { openRevisions } from '../../../adapters/git/revisions.ts';
import type { RevisionFacts } from '../../../adapters/git/revisions.ts';
import { verifySignature } from '../../../adapters/system/signature.ts';
import type { Author, PullRequest } from '../../../checks/pull-request.ts';
import { coordinationOf } from '../../../engine/coordination.ts';
import { judge } from '../../../engine/judge.ts';
import { recordFinder, voucher } from '../../../engine/vouch.ts';
import { renderVerdict } from '../../../grammar/verdict.ts';
import { Fault } from '../../../kernel/fault.ts';
import { identifyAgent } from '../../../policy/identify.ts';
import type { PolicyInForce } from '../../../policy/in-force.ts';
import { defaultPolicy } from '../../../policy/load.ts';
import { checks } from '../../../registry.ts';
import { detectAgent } from '../identity.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';
import { freshen } from '../workspace.ts';

const input = z.object({
  base: z.string().min(1).default('main').describe('Revision the change is to be merged into'),
  head: z.string().min(1).default('HEAD').describe('Revision with the change'),
});

async function policyOf(shell: Shell, base: string): Promise<PolicyInForce | Fault> {
  try {
    return await policyAt(shell.repository(), [base]);
  } catch (error) {
    if (error instanceof Fault && error.code === 'policy-invalid') return error;
    throw error;
  }
}

async function authorOf(
  shell: Shell,
  facts: RevisionFacts,
  revision: string,
  { policy }: PolicyInForce,
): Promise<Author> {
  const { globals, environment } = shell;
  const said = (globals.as ?? environment['COORD_AGENT'] ?? '').toLowerCase();
  if (said !== '') {
    return policy.people.has(said)
      ? { kind: 'person', name: said }
      : { kind: 'agent', name: said, by: 'name given' };
  }
  const written = await authorFacts(shell.repository(), facts.mergeBase, facts.head, revision);
  const found = identifyAgent(policy, written);
  if (found.kind === 'agent') return { kind: 'agent', name: found.name, by: found.by };
  if (found.kind === 'person') return found;
  const detected = detectAgent(environment);
  return detected === null
    ? { kind: 'unknown', login: written.authorEmail ?? 'nobody' }
    : { kind: 'agent', name: detected, by: 'environment' };
}

async function pullRequestOf(
  shell: Shell,
  facts: RevisionFacts,
  revision: string,
): Promise<PullRequest> {
  const workspace = await shell.workspace();
  const { problem } = await freshen(workspace, shell.globals.isOffline);
  if (problem !== null) shell.terminal.err(`coord: judged by the log known here. ${problem.message}`);
  const found = await policyOf(shell, facts.base);
  const inForce = found instanceof Fault ? { oid: 'none', policy: defaultPolicy() } : found;
  const now = shell.clock.now();
  const fold = await workspace.engine.projection.load();
  const find = recordFinder(workspace.log);
  return {
    number: null,
    head: facts.head,
    base: facts.base,
    author: await authorOf(shell, facts, revision, inForce),
    now,
    policy: found instanceof Fault ? null : inForce,
    policyProblems: found instanceof Fault ? found.message.split('\n') : [],
    coordination: coordinationOf(fold, inForce.policy, now),
    vouchOf: voucher(find, inForce.policy, verifySignature),
    changes: facts.changes,
    blobs: facts.blobs,
    headPaths: facts.headPaths,
  };
}

export const check = tool({
  name: 'check',
  summary: 'Judge a change as the required check on GitHub would.',
  input,
  positional: [],
  examples: [
    { text: 'check --base main --head HEAD', means: { base: 'main', head: 'HEAD' } },
    { text: 'check --base origin/main', means: { base: 'origin/main' } },
  ],
  async run(shell, { base, head }) {
    const facts = await openRevisions(shell.repository(), base, head);
    const verdict = await judge(await pullRequestOf(shell, facts, head), checks);
    const hasFailed = verdict.conclusion === 'failure' || verdict.conclusion === 'action_required';
    return {
      ok: true,
      result: { ...verdict },
      text: renderVerdict(verdict),
      status: hasFailed ? 1 : 0,
    };
  },
});
