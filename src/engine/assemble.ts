// Puts a pull request's facts together for judging: the same from GitHub, from the Action and from a clone.
import type { Author, PullRequest } from '../checks/pull-request.ts';
import { identifyAgent, shownLogin } from '../policy/identify.ts';
import type { AuthorFacts } from '../policy/identify.ts';
import type { PolicyInForce } from '../policy/in-force.ts';
import type { ReadToken } from '../policy/capability.ts';
import { defaultPolicy } from '../policy/default.ts';
import type { Policy } from '../policy/schema.ts';
import { coordinationOf } from './coordination.ts';
import type { Fold } from './fold.ts';
import type { Registry } from './registry-port.ts';
import { voucher } from './vouch.ts';
import type { FindRecord, VerifySignature } from './vouch.ts';

/** The base branch: its commit, and its policy or what is wrong with it. */
export interface BaseBranch {
  readonly commit: string;
  readonly inForce: PolicyInForce | null;
  readonly problems: readonly string[];
}

export interface Parts {
  readonly number: number | null;
  readonly head: string;
  readonly base: BaseBranch;
  /** How the author is recognised by the policy that is in force. */
  readonly authorIn: (policy: Policy) => Author;
  readonly fold: Fold;
  readonly now: string;
  readonly find: FindRecord;
  readonly registry: Registry;
  readonly verify: VerifySignature;
  /** Reads capabilities; where it is left out, none is believed. */
  readonly readToken?: ReadToken;
  readonly contents: Pick<
    PullRequest,
    'changes' | 'blobs' | 'headPaths' | 'entries' | 'coverageReports' | 'parserOf'
  >;
}

/** The author as the policy knows them by what is visible of the pull request. */
export function authorIn(policy: Policy, facts: AuthorFacts): Author {
  const found = identifyAgent(policy, facts);
  if (found.kind === 'agent') return { kind: 'agent', name: found.name, by: found.by };
  if (found.kind === 'person') return found;
  return { kind: 'unknown', login: shownLogin(facts) };
}

/** The port that checks read; with an unusable policy the defaults fill in what is still shown. */
export function assemble(parts: Parts): PullRequest {
  const { number, head, base, fold, now, find, contents } = parts;
  const policy = base.inForce?.policy ?? defaultPolicy();
  return {
    ...{ number, head, now },
    base: base.commit,
    author: parts.authorIn(policy),
    policy: base.inForce,
    policyProblems: base.problems,
    coordination: coordinationOf(fold, policy, now),
    vouchOf: voucher(find, { ...parts, policy, fold }),
    changes: contents.changes,
    blobs: contents.blobs,
    headPaths: contents.headPaths,
    entries: contents.entries,
    coverageReports: contents.coverageReports,
    parserOf: contents.parserOf,
  };
}
