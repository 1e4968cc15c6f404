// Judges a pull request by all checks and makes one verdict of theirs, the same on every surface.
import { gateOf } from '../checks/gate.ts';
import { policySection } from '../checks/policy-check.ts';
import type { Author, PullRequest } from '../checks/pull-request.ts';
import type { Check, GateVerdict, Verdict } from '../kernel/check.ts';
import { Fault, messageOf } from '../kernel/fault.ts';
import type { AuthorFacts } from '../policy/identify.ts';
import { assemble, authorIn } from './assemble.ts';
import type { BaseBranch, Parts } from './assemble.ts';
import type { Clock } from './clock.ts';
import type { Fold } from './fold.ts';

/**
 * Runs every check on the same facts. Never throws: a check that does asks for action, because it has not passed. A
 * policy that cannot be used has a section of its own before theirs.
 */
export async function judge(
  pullRequest: PullRequest,
  checks: readonly Check<PullRequest>[],
): Promise<GateVerdict> {
  const facts = readOnce(pullRequest);
  const judged = await Promise.all(checks.map((check) => verdictOf(check, facts)));
  const verdicts = [...policySection(pullRequest), ...judged];
  const enforce = pullRequest.policy?.policy.enforce ?? null;
  return {
    ...gateOf(verdicts, enforce),
    head: pullRequest.head,
    base: pullRequest.base,
    policy: pullRequest.policy?.oid ?? null,
    enforce,
    seq: pullRequest.coordination.seq,
    checks: verdicts,
  };
}

/** A pull request as GitHub shows it. */
export interface Pull {
  readonly number: number;
  /** Full object id. */
  readonly head: string;
  readonly author: AuthorFacts;
}

/** What else it takes to judge one; what is still being read is waited for. */
export interface Hearing extends Pick<
  Parts,
  'find' | 'registry' | 'verify' | 'readToken' | 'contents'
> {
  readonly base: Promise<BaseBranch>;
  readonly fold: Promise<Fold>;
  readonly clock: Clock;
}

/** A verdict, on whose pull request, and under which policy. */
export interface Judgement {
  readonly verdict: GateVerdict;
  readonly author: Author;
  readonly base: BaseBranch;
}

/** Judges a pull request on GitHub, the same for the App and for the Action. Rejects when base or log cannot be read. */
export async function judgePull(
  { number, head, author }: Pull,
  { base: readingBase, fold: readingFold, clock, ...rest }: Hearing,
  checks: readonly Check<PullRequest>[],
): Promise<Judgement> {
  const [base, fold] = await Promise.all([readingBase, readingFold]);
  const pullRequest = assemble({
    ...{ number, head, base, fold, now: clock.now() },
    authorIn: (policy) => authorIn(policy, author),
    ...rest,
  });
  return { verdict: await judge(pullRequest, checks), author: pullRequest.author, base };
}

async function verdictOf(check: Check<PullRequest>, facts: PullRequest): Promise<Verdict> {
  try {
    return await check.judge(facts);
  } catch (error) {
    const { name } = check;
    const isOurs = !(error instanceof Fault);
    const title = isOurs
      ? `The check ${name} broke: ${messageOf(error)} Please report it.`
      : messageOf(error);
    return { name, conclusion: 'action_required', title, reasons: [], findings: [] };
  }
}

/** The same port, reading the lists once for all checks; a reading that failed fails for all of them. */
function readOnce(pullRequest: PullRequest): PullRequest {
  const { number, head, base, author, now, policy, policyProblems, coordination } = pullRequest;
  const entries = {
    base: once(() => pullRequest.entries('base')),
    head: once(() => pullRequest.entries('head')),
  };
  return {
    ...{ number, head, base, author, now, policy, policyProblems, coordination },
    vouchOf: (seq, eventType, claim) => pullRequest.vouchOf(seq, eventType, claim),
    blobs: (oids, bytesMax) => pullRequest.blobs(oids, bytesMax),
    parserOf: pullRequest.parserOf,
    changes: once(() => pullRequest.changes()),
    headPaths: once(() => pullRequest.headPaths()),
    entries: (side) => entries[side](),
    coverageReports: once(() => pullRequest.coverageReports()),
  };
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | undefined;
  return () => (reading ??= read());
}
