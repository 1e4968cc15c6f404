// Judges a pull request by all checks and makes one verdict of theirs, the same on every surface.
import { gateOf } from '../checks/gate.ts';
import type { PullRequest } from '../checks/pull-request.ts';
import type { Check, GateVerdict, Verdict } from '../kernel/check.ts';
import { Fault, messageOf } from '../kernel/fault.ts';

/** Runs every check on the same facts. Never throws: a check that does asks for action, because it has not passed. */
export async function judge(
  pullRequest: PullRequest,
  checks: readonly Check<PullRequest>[],
): Promise<GateVerdict> {
  const facts = readOnce(pullRequest);
  const verdicts = await Promise.all(checks.map((check) => verdictOf(check, facts)));
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
  return {
    ...{ number, head, base, author, now, policy, policyProblems, coordination },
    vouchOf: (seq, eventType, claim) => pullRequest.vouchOf(seq, eventType, claim),
    blobs: (oids) => pullRequest.blobs(oids),
    changes: once(() => pullRequest.changes()),
    headPaths: once(() => pullRequest.headPaths()),
  };
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | undefined;
  return () => (reading ??= read());
}
