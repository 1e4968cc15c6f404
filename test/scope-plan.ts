// A plan with every sort of scope in it, and the scope check run on it.
import type { Finding, Verdict } from '../src/kernel/check.ts';
import { scopeCheck } from '../src/checks/scope.ts';
import { pullRequest } from './pull-request-builder.ts';
import type { PullRequestParts } from './pull-request-builder.ts';
import type { Files } from './tree-changes.ts';

export const policy = `version: 1
agents:
  codex: { github: codex-bot[bot] }
  opus: { tier: executive }
  haiku: { tier: validator }
  idle: {}
people:
  alice: { github: alice }
tiers:
  implementer: { delete: ["**/*.snap"] }
plan:
  protected: ["src/secret/**"]
  phases:
    - id: rpc
      status: active
      scopes:
        codex:
          write: ["src/network/**", "test/network/**", "src/secret/key.ts", ".github/workflows/ci.yml"]
          delete: ["src/network/old/**", ".github/workflows/ci.yml"]
        opus: { write: [] }
    - id: ui
      after: [rpc]
      scopes: { codex: { write: ["ui/**", "CODEOWNERS"], delete: ["ui/**"] } }
    - id: done
      status: completed
      scopes: { codex: { write: ["legacy/**"] } }
`;

/** Judges a pull request of codex under the plan, or what the parts say instead. */
export function judgeScope(parts: PullRequestParts): Promise<Verdict> {
  return scopeCheck.judge(pullRequest({ policy, ...parts }));
}

/** `rule path` of each finding. */
export function told(findings: readonly Finding[]): string[] {
  return findings.map(({ rule, path }) => `${rule} ${path ?? ''}`);
}

export interface Case {
  readonly name: string;
  readonly base?: Files;
  readonly head?: Files;
  readonly parts?: PullRequestParts;
  /** `rule path` of each finding; none means success. */
  readonly found: readonly string[];
}

/** What a case gives: its findings, and the conclusion that follows from them. */
export async function outcomeOf({ base = {}, head = {}, parts }: Case): Promise<object> {
  const { findings, conclusion } = await judgeScope({ base, head, ...parts });
  return { found: told(findings), conclusion };
}

/** What a case wants. */
export function wantedOf({ found }: Case): object {
  return { found, conclusion: found.length === 0 ? 'success' : 'failure' };
}
