// A pull request's head gets the check run `coord / gate`, and the verdict goes on the log: three writes.
import { endCheckRun, postUnjudged, startCheckRun } from '../../adapters/github/check-run.ts';
import type { CheckText } from '../../adapters/github/check-run.ts';
import { branchPolicy } from '../../adapters/github/policy.ts';
import { pullContents, readPull } from '../../adapters/github/pull-request.ts';
import type { PullFacts } from '../../adapters/github/pull-request.ts';
import { readToken } from '../../adapters/system/capability-token.ts';
import { verifySignature } from '../../adapters/system/signature.ts';
import type { PullRequest } from '../../checks/pull-request.ts';
import type { BaseBranch } from '../../engine/assemble.ts';
import type { Lane } from '../../engine/batch-writer.ts';
import type { Fold } from '../../engine/fold.ts';
import { judgePull } from '../../engine/judge.ts';
import type { Judgement } from '../../engine/judge.ts';
import { inertInline } from '../../grammar/render.ts';
import { verdictMarkdown } from '../../grammar/verdict.ts';
import type { Check } from '../../kernel/check.ts';
import { Fault, messageOf } from '../../kernel/fault.ts';
import { defaultPolicy } from '../../policy/default.ts';
import type { Desk } from './desk.ts';
import { requestOf } from './intent.ts';

type Checks = readonly Check<PullRequest>[];

/** What asks for a judgement. */
export interface GateCall {
  readonly pullRequest: number;
  /** Names the occasion; the same one twice has one effect. */
  readonly cause: string;
  /** Head of the merge group that gets the check run; null where the pull request's own head does. */
  readonly group: string | null;
  /** The head as the webhook knows it: where the report goes when the pull request cannot be read. */
  readonly head: string;
}

/** The verdict names its policy; the record itself is the App's own word and is decided under no policy of a branch. */
function laneOf({ inForce }: BaseBranch): Lane {
  const policy = inForce ?? { oid: 'none', policy: defaultPolicy() };
  return { name: `verdicts under ${policy.oid}`, policy: () => Promise.resolve(policy) };
}

async function record(
  desk: Desk,
  call: GateCall,
  fold: Fold,
  { verdict, author, base }: Judgement,
): Promise<void> {
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
  const [answer] = await desk.write([requestOf(desk, fold, wish)], laneOf(base));
  if (answer?.ok === false) throw new Fault('verdict-unrecorded', answer.message);
}

/** What is shown when nothing could be judged: never success. */
function brokenText(error: unknown): CheckText {
  return {
    title: 'The pull request could not be judged.',
    summary: `${inertInline(messageOf(error))}\n\nRun the check again; if it stays, ask who runs the app.`,
    text: '',
  };
}

function judged(desk: Desk, pull: PullFacts, fold: Fold, checks: Checks): Promise<Judgement> {
  const { client, repository, engine, findRecord: find } = desk;
  const { registry, clock } = engine;
  const hearing = {
    base: branchPolicy(client, repository, pull.baseBranch),
    fold: Promise.resolve(fold),
    contents: pullContents(client, repository, pull),
    verify: verifySignature,
    readToken,
    ...{ find, registry, clock },
  };
  return judgePull(pull, hearing, checks);
}

/** Judges while the run is being started, and ends the run whatever came of it. */
async function judgeAndReport(
  desk: Desk,
  call: GateCall,
  pull: PullFacts,
  judging: Promise<Judgement>,
): Promise<Judgement> {
  const { client, repository } = desk;
  const { clock } = desk.engine;
  const run = { head: call.group ?? pull.head, isGroup: call.group !== null };
  const begun = { ...run, pullRequest: pull.number, now: clock.now() };
  // A failure is dealt with below, also when it comes before the run has started.
  judging.catch(() => undefined);
  const id = await startCheckRun(client, repository, begun);
  try {
    const outcome = await judging;
    const { verdict } = outcome;
    const end = { id, now: clock.now(), conclusion: verdict.conclusion };
    await endCheckRun(client, repository, { ...end, shown: verdictMarkdown(verdict), verdict });
    return outcome;
  } catch (error) {
    const end = { id, now: clock.now(), conclusion: 'action_required' };
    await endCheckRun(client, repository, { ...end, shown: brokenText(error), verdict: null });
    throw error;
  }
}

/** The pull request and the log as they are now; what cannot be read is reported on the commit that the webhook named. */
async function readBoth(desk: Desk, call: GateCall): Promise<[Fold, PullFacts]> {
  const { client, repository } = desk;
  try {
    return await Promise.all([
      desk.reader.projection.load(),
      readPull(client, repository, call.pullRequest),
    ]);
  } catch (error) {
    const run = { head: call.group ?? call.head, isGroup: call.group !== null };
    const shown = brokenText(error);
    const now = desk.engine.clock.now();
    await postUnjudged(client, repository, { ...run, pullRequest: call.pullRequest, now, shown });
    throw error;
  }
}

/**
 * Judges a pull request and reports; a call whose cause is on the log already changes nothing. Fault when something
 * could not be read or written; whatever could still be reported then is.
 */
export async function handleGate(desk: Desk, call: GateCall, checks: Checks): Promise<void> {
  const [fold, pull] = await readBoth(desk, call);
  if (fold.seen.has(call.cause) || pull.state !== 'open') return;
  const judging = judged(desk, pull, fold, checks);
  await record(desk, call, fold, await judgeAndReport(desk, call, pull, judging));
}

/** A merge group whose pull request cannot be told would wait for ever without a report. */
export async function reportUnknownGroup(desk: Desk, head: string): Promise<void> {
  const now = desk.engine.clock.now();
  const shown = brokenText(new Error('The merge group does not name its pull request.'));
  const run = { head, pullRequest: 0, isGroup: true, now, shown };
  await postUnjudged(desk.client, desk.repository, run);
}
