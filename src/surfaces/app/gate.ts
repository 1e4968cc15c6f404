// A pull request's head gets the check run `coord / gate`, and the verdict goes on the log.
import { endCheckRun, startCheckRun } from '../../adapters/github/check-run.ts';
import { branchPolicy } from '../../adapters/github/policy.ts';
import { pullContents, readPull } from '../../adapters/github/pull-request.ts';
import type { PullFacts } from '../../adapters/github/pull-request.ts';
import { verifySignature } from '../../adapters/system/signature.ts';
import type { Author, PullRequest } from '../../checks/pull-request.ts';
import { assemble, authorIn } from '../../engine/assemble.ts';
import { execute } from '../../engine/execute.ts';
import { judge } from '../../engine/judge.ts';
import { verdictMarkdown } from '../../grammar/verdict.ts';
import type { Check, GateVerdict } from '../../kernel/check.ts';
import { messageOf } from '../../kernel/fault.ts';
import type { Desk } from './desk.ts';
import { requestOf } from './intent.ts';

/** What asks for a judgement. */
export interface GateCall {
  readonly pullRequest: number;
  /** Names the occasion; the same one twice has one effect. */
  readonly cause: string;
  /** Commit that gets the check run; the pull request's head where null. */
  readonly reportOn: string | null;
}

async function record(
  desk: Desk,
  call: GateCall,
  verdict: GateVerdict,
  author: Author,
): Promise<void> {
  const fold = await desk.engine.projection.load();
  if (fold.position === null) return;
  const name = author.kind === 'unknown' ? `gh:${author.login.toLowerCase()}` : author.name;
  const wish = {
    op: 'verdict.record',
    actor: desk.app.slug,
    cause: call.cause,
    auth: { by: 'app', subject: `app:${desk.app.id}:${desk.app.slug}` } as const,
    isPersonPresent: false,
    input: {
      pullRequest: call.pullRequest,
      head: verdict.head,
      base: verdict.base,
      policy: verdict.policy ?? 'unusable',
      readSeq: verdict.seq,
      author: name,
      conclusion: verdict.conclusion,
      checks: verdict.checks.map(({ name: check, conclusion }) => ({ name: check, conclusion })),
    },
  };
  await execute(desk.engine, [requestOf(desk, fold, wish)]);
}

/** What is shown when nothing could be judged: never success. */
function brokenText(error: unknown): { title: string; summary: string; text: string } {
  return {
    title: 'The pull request could not be judged.',
    summary: `${messageOf(error)}\n\nRun the check again; if it stays, ask who runs the app.`,
    text: '',
  };
}

interface Judged {
  readonly verdict: GateVerdict;
  readonly author: Author;
}

async function judged(
  desk: Desk,
  pull: PullFacts,
  checks: readonly Check<PullRequest>[],
): Promise<Judged> {
  const { client, repository, engine } = desk;
  const [base, fold] = await Promise.all([
    branchPolicy(client, repository, pull.baseBranch),
    engine.projection.load(),
  ]);
  const pullRequest = assemble({
    ...{ number: pull.number, head: pull.head, base, fold, now: engine.clock.now() },
    authorIn: (policy) => authorIn(policy, pull.author),
    find: desk.findRecord,
    verify: verifySignature,
    contents: pullContents(client, repository, pull),
  });
  return { verdict: await judge(pullRequest, checks), author: pullRequest.author };
}

async function judgeAndReport(
  desk: Desk,
  call: GateCall,
  pull: PullFacts,
  checks: readonly Check<PullRequest>[],
): Promise<Judged> {
  const { client, repository, engine } = desk;
  const head = call.reportOn ?? pull.head;
  const begun = { head, pullRequest: pull.number, now: engine.clock.now() };
  const id = await startCheckRun(client, repository, begun);
  const end = { id, now: engine.clock.now() };
  try {
    const outcome = await judged(desk, pull, checks);
    const { verdict } = outcome;
    const shown = verdictMarkdown(verdict);
    const { conclusion } = verdict;
    await endCheckRun(client, repository, { ...end, conclusion, shown, verdict });
    return outcome;
  } catch (error) {
    const shown = brokenText(error);
    const conclusion = 'action_required';
    await endCheckRun(client, repository, { ...end, conclusion, shown, verdict: null });
    throw error;
  }
}

/** Judges a pull request and reports; a call whose cause is on the log already changes nothing. */
export async function handleGate(
  desk: Desk,
  call: GateCall,
  checks: readonly Check<PullRequest>[],
): Promise<void> {
  const [fold, pull] = await Promise.all([
    desk.engine.projection.load(),
    readPull(desk.client, desk.repository, call.pullRequest),
  ]);
  if (fold.seen.has(call.cause) || pull.state !== 'open') return;
  const { verdict, author } = await judgeAndReport(desk, call, pull, checks);
  await record(desk, call, verdict, author);
}
