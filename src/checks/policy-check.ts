// What every check of a pull request has in common: its mode in the policy, and that it never passes on missing facts.
import { isFailing } from '../kernel/check.ts';
import type { Check, Conclusion, Finding, Verdict } from '../kernel/check.ts';
import type { Tier } from '../kernel/rules.ts';
import type { Policy } from '../policy/schema.ts';
import type { Author, PullRequest } from './pull-request.ts';

/** What judging brought to light; the conclusion follows from it. */
export interface Judged {
  readonly findings: readonly Finding[];
  /** Why it came out so, a sentence each. */
  readonly reasons: readonly string[];
  /** What could not be read, a sentence each with the next step: one is enough to keep the check from passing. */
  readonly unread: readonly string[];
  /** The outcome with its numbers, on one line; what could not be read goes before it. */
  readonly title: string;
}

/** There was nothing to judge, for this reason. */
export interface NotJudged {
  readonly neutral: string;
}

export type PolicyMode = 'off' | 'report' | 'require' | 'ratchet' | 'strict';

interface Definition {
  readonly name: string;
  readonly summary: string;
  readonly rules: readonly string[];
  readonly modeOf: (policy: Policy) => PolicyMode;
  readonly judge: (pullRequest: PullRequest, policy: Policy) => Promise<Judged | NotJudged>;
}

/**
 * Declares a check. Without a usable policy it asks for action; with mode `off` it is neutral; with mode `report`
 * it is neutral too, and shows as warnings what would have failed.
 */
export function policyCheck({
  name,
  summary,
  rules,
  modeOf,
  judge,
}: Definition): Check<PullRequest> {
  return {
    name,
    summary,
    rules,
    async judge(pullRequest) {
      if (pullRequest.policy === null) return notJudged(name);
      const { policy } = pullRequest.policy;
      const mode = modeOf(policy);
      if (mode === 'off') {
        return neutral(name, `The policy turns this check off (checks.${name}.mode).`);
      }
      const judged = await judge(pullRequest, policy);
      if ('neutral' in judged) return neutral(name, judged.neutral);
      const verdict = verdictOf(name, judged);
      return mode === 'report' ? reportOnly(verdict) : verdict;
    },
  };
}

function neutral(name: string, title: string): Verdict {
  return { name, conclusion: 'neutral', title, reasons: [], findings: [] };
}

/** Whoever reads a section finds the problems in the one about the policy, told once for all checks. */
function notJudged(name: string): Verdict {
  const title = 'Not judged: the policy cannot be used, as the section "policy" says.';
  return { name, conclusion: 'action_required', title, reasons: [], findings: [] };
}

/** The section about a policy that cannot be used, with all that is wrong with it; none about one that can. */
export function policySection({
  policy,
  policyProblems,
}: Pick<PullRequest, 'policy' | 'policyProblems'>): readonly Verdict[] {
  if (policy !== null) return [];
  const title = 'The policy on the base branch cannot be used; correct .github/coord.yml there.';
  const reasons = policyProblems;
  return [{ name: 'policy', conclusion: 'action_required', title, reasons, findings: [] }];
}

function verdictOf(name: string, { findings, reasons, unread, title }: Judged): Verdict {
  const conclusion = conclusionOf(findings, unread);
  return {
    name,
    conclusion,
    title: conclusion === 'action_required' ? (unread[0] ?? title) : title,
    reasons: [...unread, ...reasons],
    findings,
  };
}

function conclusionOf(findings: readonly Finding[], unread: readonly string[]): Conclusion {
  if (findings.some(({ level }) => level === 'failure')) return 'failure';
  return unread.length > 0 ? 'action_required' : 'success';
}

function reportOnly(verdict: Verdict): Verdict {
  return {
    ...verdict,
    conclusion: 'neutral',
    title: `${isFailing(verdict.conclusion) ? 'Only reported' : 'All well, and only reported'}: ${verdict.title}`,
    findings: verdict.findings.map((finding) =>
      finding.level === 'failure' ? { ...finding, level: 'warning' } : finding,
    ),
  };
}

/**
 * The tier whose bounds count; null for an author nobody knows. An agent that the policy does not list is held to what
 * implementers are; its tier on the log does not matter here, because that could only widen what it may.
 */
export function tierOf(author: Author, policy: Policy): Tier | null {
  if (author.kind === 'unknown') return null;
  if (author.kind === 'person') return 'human';
  return policy.agents?.get(author.name)?.tier ?? 'implementer';
}

/** A finding about a whole file, or with `path: null` about the pull request; the rest as given. */
export function finding(
  parts: Pick<Finding, 'rule' | 'path' | 'message'> & Partial<Finding>,
): Finding {
  return { line: null, endLine: null, limit: null, value: null, level: 'failure', ...parts };
}

/** What could not be read of the changes, as sentences for `unread`. */
export function unreadChanges(problem: string | null): string[] {
  return problem === null ? [] : [problem];
}
