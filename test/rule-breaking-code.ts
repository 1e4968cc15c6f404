// Code that breaks the rules of the check `rules`, and that check run on it.
import { rulesCheck } from '../src/checks/rules.ts';
import type { Verdict } from '../src/kernel/check.ts';
import { pullRequest } from './pull-request-builder.ts';
import type { PullRequestParts } from './pull-request-builder.ts';
import type { Files } from './tree-changes.ts';

export const allRatchet =
  'suppressions: ratchet, emptyCatch: ratchet, unboundedLoop: ratchet, recursion: ratchet, parameters: ratchet, documentedExports: ratchet, anyTypes: ratchet, nonNull: ratchet, eval: ratchet';

/** A policy with this under `checks.rules`. */
export function policyOf(rules: string): string {
  return `version: 1\nchecks: { rules: { ${rules} } }\n`;
}

export const every = policyOf(allRatchet);

/** Judges a pull request by a policy with all rules on, or what the parts say instead. */
export function judgeRules(parts: PullRequestParts): Promise<Verdict> {
  return rulesCheck.judge(pullRequest({ policy: every, ...parts }));
}

/** `level rule path:line value/limit` of each finding. */
export function shown({ findings }: Verdict): string[] {
  return findings.map(({ level, rule, path, line, value, limit }) => {
    return `${level} ${rule.replace('rules-', '')} ${path ?? ''}:${line ?? 0} ${value ?? ''}/${limit ?? ''}`;
  });
}

export const dropping = (name: string): string =>
  `/** Drops. */\nexport function ${name}(a: A): B {\n  try {\n    return one(a, two, three);\n  } catch {}\n  return four(five, six, seven);\n}\n`;
export const silenced = '// eslint-disable-next-line no-console\nconsole.log(1);\n';
export const recursive = (name: string): string =>
  `/** Walks. */\nexport function ${name}(node: Node): void {\n  visit(node.left, one, two, three);\n  visit(node.right, four, five);\n  ${name}(node.next);\n}\n`;
export const endless = 'while (true) f();\n';
export const loose = 'let a: any;\n';

export interface Case {
  readonly name: string;
  readonly base?: Files;
  readonly head: Files;
  readonly parts?: PullRequestParts;
  readonly conclusion: Verdict['conclusion'];
  readonly found?: readonly string[];
}

/** What a case gives. */
export async function outcomeOf({ base = {}, head, parts }: Case): Promise<object> {
  const verdict = await judgeRules({ base, head, ...parts });
  return { conclusion: verdict.conclusion, found: shown(verdict) };
}

/** What a case wants. */
export function wantedOf({ conclusion, found = [] }: Case): object {
  return { conclusion, found };
}
