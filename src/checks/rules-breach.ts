// What the check `rules` looks for in a file: its rules, and one place where one of them is broken.

/** Every rule, as it stands in the policy under `checks.rules` and, in kebab-case, in a finding's id. */
export const ruleNames = [
  'suppressions',
  'emptyCatch',
  'unboundedLoop',
  'recursion',
  'parameters',
  'documentedExports',
  'anyTypes',
  'nonNull',
  'eval',
] as const;

export type RuleName = (typeof ruleNames)[number];

/** One place where a rule is broken, or, for `parameters`, may be. */
export interface Breach {
  readonly rule: RuleName;
  /** What of the rule, such as `eslint-disable`; counted apart. The same as the rule where it has no kinds. */
  readonly kind: string;
  /** 1-based. */
  readonly line: number;
  readonly endLine: number;
  /** UTF-16 code units from the start of the text without its byte order mark. */
  readonly offset: number;
  /** What stands there, without layout: tells an old place from a new one in the same file. */
  readonly text: string;
  /** Index of the function that it is about, for the rules about a whole function or class; else null. */
  readonly unit: number | null;
  /** Parameters of the function, for `parameters`; the way of the recursion, for `recursion`. */
  readonly value: number | string | null;
}

/** `rules-empty-catch` of `emptyCatch`. */
export function ruleId(rule: RuleName): string {
  return `rules-${rule.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
