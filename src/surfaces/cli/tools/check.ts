// `coord check`: the verdict that the App would give, from two revisions of this repository. Records nothing.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { policyAt } from '../../../adapters/git/base-policy.ts';
import { openRevisions } from '../../../adapters/git/revisions.ts';
import type { RevisionFacts } from '../../../adapters/git/revisions.ts';
import { readToken } from '../../../adapters/system/capability-token.ts';
import { verifySignature } from '../../../adapters/system/signature.ts';
import type { PullRequest } from '../../../checks/pull-request.ts';
import { assemble } from '../../../engine/assemble.ts';
import type { BaseBranch } from '../../../engine/assemble.ts';
import { judge } from '../../../engine/judge.ts';
import { judging, projectionOf } from '../../../engine/project.ts';
import { recordFinder } from '../../../engine/vouch.ts';
import { renderVerdict } from '../../../grammar/verdict.ts';
import { verdictAnnotations } from '../../../grammar/verdict-annotations.ts';
import { verdictJunit } from '../../../grammar/verdict-junit.ts';
import { verdictSarif } from '../../../grammar/verdict-sarif.ts';
import { isFailing } from '../../../kernel/check.ts';
import type { GateVerdict } from '../../../kernel/check.ts';
import { Fault, UsageError } from '../../../kernel/fault.ts';
import { parsePolicy, policyProblemsText } from '../../../policy/load.ts';
import { checks } from '../../../registry.ts';
import { version } from '../../../version.ts';
import { baseRevision } from '../base-revision.ts';
import { isPolicyFault } from '../policy-source.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';
import { freshen } from '../workspace.ts';
import type { Workspace } from '../workspace.ts';
import { recogniser } from './check-author.ts';
import { givenReports } from './check-coverage.ts';
import { notFollowedNote, uncommittedNote, unknownAuthorNote } from './check-notes.ts';

const formats = ['text', 'sarif', 'junit', 'annotations'] as const;

const input = () =>
  z.object({
    base: z
      .string()
      .min(1)
      .optional()
      .describe('Revision the change is to be merged into; the default branch'),
    head: z
      .string()
      .min(1)
      .default('HEAD')
      .describe(
        'Revision with the change; its author is known by name, address or branch, or given by --as NAME, whom policy or log must know',
      ),
    policy: z
      .string()
      .min(1)
      .optional()
      .describe('Judge by this file, to try a policy out; else by the policy at the base'),
    coverage: z
      .array(z.string().min(1))
      .optional()
      .describe('Coverage report to judge by, committed or not; else those that the policy names'),
    format: z
      .enum(formats)
      .default('text')
      .describe(
        'How it is printed: for people, as SARIF 2.1.0, as a JUnit report, or as annotations of a workflow on GitHub',
      ),
  });

const sarifRules = checks.flatMap(({ name, summary, rules }) =>
  [name, ...rules].map((id) => ({ id, check: name, summary })),
);

const printed: Readonly<Record<(typeof formats)[number], (verdict: GateVerdict) => string>> = {
  text: renderVerdict,
  sarif: (verdict) => verdictSarif(verdict, { version, rules: sarifRules }),
  junit: verdictJunit,
  annotations: verdictAnnotations,
};

function refuseTwoForms({ globals }: Shell, format: string): void {
  if (!globals.isJson || format === 'text') return;
  throw new UsageError(
    'two-forms',
    `--json and --format ${format} are two forms of one answer. Leave one out.`,
    { format },
  );
}

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
    if (!(error instanceof Fault) || !isPolicyFault(error)) throw error;
    // The first line says where the policy stands; the section of the verdict does that in its own words.
    return { commit, inForce: null, problems: error.message.split('\n').slice(1) };
  }
}

/** Brings the log up to date as far as it can be reached. A broken policy is for the verdict to tell of. */
async function freshened(shell: Shell): Promise<Workspace> {
  const workspace = await shell.workspace();
  const { problem } = await freshen(workspace, shell.globals.isOffline);
  if (problem !== null) {
    const [why = ''] = problem.message.split('\n');
    shell.terminal.err(`coord: judged by the log known here. ${why}`);
  }
  return workspace;
}

async function pullRequestOf(
  shell: Shell,
  facts: RevisionFacts,
  wanted: z.output<ReturnType<typeof input>>,
): Promise<PullRequest> {
  const reports = givenReports(shell.globals.directory, wanted.coverage ?? []);
  const { log, engine } = await freshened(shell);
  const fold = await projectionOf(log, engine.evolutions, shell.clock, judging).load();
  const base = await baseOf(shell, facts.base, triedPath(shell, wanted.policy));
  const policy = base.inForce?.policy ?? null;
  return assemble({
    ...{ number: null, head: facts.head, base, fold },
    authorIn: await recogniser(shell, facts, wanted.head, { policy, fold }),
    now: shell.clock.now(),
    find: recordFinder(log),
    registry: shell.registry,
    verify: verifySignature,
    readToken,
    contents: { ...facts, coverageReports: () => Promise.resolve(reports) },
  });
}

/** What the verdict does not speak of, a line each on standard error. */
async function tellNotes(
  shell: Shell,
  { author, policy, head }: PullRequest,
  { range, hasCommits }: { readonly range: string; readonly hasCommits: boolean },
): Promise<void> {
  const notes = [
    policy === null ? null : notFollowedNote(policy.policy),
    policy === null || !hasCommits ? null : unknownAuthorNote(author, policy.policy),
    await uncommittedNote(shell.repository(), head, range),
  ];
  for (const note of notes) if (note !== null) shell.terminal.err(note);
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
    refuseTwoForms(shell, wanted.format);
    const base = wanted.base ?? (await baseRevision(shell));
    const facts = await openRevisions(shell.repository(), base, wanted.head);
    const pullRequest = await pullRequestOf(shell, facts, wanted);
    const [verdict] = await Promise.all([
      judge(pullRequest, checks),
      tellNotes(shell, pullRequest, {
        range: `${base}..${wanted.head}`,
        hasCommits: facts.head !== facts.mergeBase,
      }),
    ]);
    return {
      ok: true,
      result: { ...verdict },
      text: printed[wanted.format](verdict),
      status: isFailing(verdict.conclusion) ? 1 : 0,
    };
  },
});
