// `coord check`: the verdict that the App would give, from two revisions of this repository. Records nothing.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { authorFacts } from '../../../adapters/git/authorship.ts';
import { policyAt } from '../../../adapters/git/base-policy.ts';
import { openRevisions } from '../../../adapters/git/revisions.ts';
import type { RevisionFacts } from '../../../adapters/git/revisions.ts';
import { verifySignature } from '../../../adapters/system/signature.ts';
import type { Author, PullRequest } from '../../../checks/pull-request.ts';
import { assemble, authorIn } from '../../../engine/assemble.ts';
import type { BaseBranch } from '../../../engine/assemble.ts';
import { judge } from '../../../engine/judge.ts';
import { judging, projectionOf } from '../../../engine/project.ts';
import { recordFinder } from '../../../engine/vouch.ts';
import { renderVerdict } from '../../../grammar/verdict.ts';
import { resolveCommit } from '../../../adapters/git/repository.ts';
import { Fault, UsageError } from '../../../kernel/fault.ts';
import { parsePolicy, policyProblemsText } from '../../../policy/load.ts';
import type { Policy } from '../../../policy/schema.ts';
import { checks } from '../../../registry.ts';
import { detectAgent } from '../identity.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';
import { freshen } from '../workspace.ts';

const input = z.object({
  base: z
    .string()
    .min(1)
    .optional()
    .describe('Revision the change is to be merged into; the default branch'),
  head: z.string().min(1).default('HEAD').describe('Revision with the change'),
  policy: z
    .string()
    .min(1)
    .optional()
    .describe('Judge by this file, to try a policy out; else by the policy at the base'),
});

function triedPolicy(path: string, commit: string): BaseBranch {
  if (!existsSync(path)) throw new UsageError('no-path', `There is no ${path}.`, { path });
  const parsed = parsePolicy(readFileSync(path, 'utf8'), path);
  if (parsed.ok) return { commit, inForce: { oid: 'tried', policy: parsed.policy }, problems: [] };
  throw new UsageError('policy-invalid', policyProblemsText(parsed), { path });
}

/** As git has it, paths count from the directory that -C names. */
function triedPath({ globals }: Shell, path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(globals.directory, path);
}

async function baseOf(shell: Shell, commit: string, tried?: string): Promise<BaseBranch> {
  if (tried !== undefined) return triedPolicy(tried, commit);
  try {
    return { commit, inForce: await policyAt(shell.repository(), [commit]), problems: [] };
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'policy-invalid') throw error;
    return { commit, inForce: null, problems: error.message.split('\n') };
  }
}

/** A name that was given, else what the commits show, else the agent whose environment this is. */
async function recognise(
  shell: Shell,
  facts: RevisionFacts,
  revision: string,
): Promise<(policy: Policy) => Author> {
  const { globals, environment } = shell;
  const said = (globals.as ?? environment['COORD_AGENT'] ?? '').toLowerCase();
  if (said !== '') {
    return (policy) =>
      policy.people.has(said)
        ? { kind: 'person', name: said }
        : { kind: 'agent', name: said, by: 'the name given' };
  }
  const written = await authorFacts(shell.repository(), facts.mergeBase, facts.head, revision);
  const detected = detectAgent(environment);
  return (policy) => {
    const author = authorIn(policy, written);
    if (author.kind !== 'unknown' || detected === null) return author;
    return { kind: 'agent', name: detected, by: 'environment' };
  };
}

async function pullRequestOf(
  shell: Shell,
  facts: RevisionFacts,
  wanted: z.output<typeof input>,
): Promise<PullRequest> {
  const workspace = await shell.workspace();
  const { log, engine } = workspace;
  const { problem } = await freshen(workspace, shell.globals.isOffline);
  if (problem !== null)
    shell.terminal.err(`coord: judged by the log known here. ${problem.message}`);
  return assemble({
    number: null,
    head: facts.head,
    base: await baseOf(shell, facts.base, triedPath(shell, wanted.policy)),
    authorIn: await recognise(shell, facts, wanted.head),
    fold: await projectionOf(log, engine.evolutions, shell.clock, judging).load(),
    now: shell.clock.now(),
    find: recordFinder(log),
    registry: shell.registry,
    verify: verifySignature,
    contents: facts,
  });
}

/** The branch that changes are merged into, as far as a clone can tell. */
async function defaultBase(shell: Shell): Promise<string> {
  const names = [`refs/remotes/${shell.globals.remote}/HEAD`, 'main', 'master'];
  for (const name of names) {
    const found = await resolveCommit(shell.repository(), name).catch(() => null);
    if (found !== null) return name;
  }
  throw new UsageError('no-base', 'Say what the change is to be merged into: --base REV.');
}

export const check = tool({
  name: 'check',
  summary: 'Judge a change as the required check on GitHub would.',
  input,
  positional: [],
  examples: [
    { text: 'check --base main --head HEAD', means: { base: 'main', head: 'HEAD' } },
    { text: 'check --base origin/main', means: { base: 'origin/main' } },
    { text: 'check --policy try.yml', means: { policy: 'try.yml' } },
  ],
  async run(shell, wanted) {
    const base = wanted.base ?? (await defaultBase(shell));
    const facts = await openRevisions(shell.repository(), base, wanted.head);
    const verdict = await judge(await pullRequestOf(shell, facts, wanted), checks);
    const hasFailed = verdict.conclusion === 'failure' || verdict.conclusion === 'action_required';
    return {
      ok: true,
      result: { ...verdict },
      text: renderVerdict(verdict),
      status: hasFailed ? 1 : 0,
    };
  },
});
