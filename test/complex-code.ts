// Functions of a given complexity or length, and the complexity check run on them.
import { complexityCheck } from '../src/checks/complexity.ts';
import type { Verdict } from '../src/kernel/check.ts';
import { pullRequest } from './pull-request-builder.ts';
import type { PullRequestParts } from './pull-request-builder.ts';
import type { Files } from './tree-changes.ts';

export const policy = 'version: 1\n';

/** Judges a pull request of codex by the default policy, or what the parts say instead. */
export function judgeComplexity(parts: PullRequestParts): Promise<Verdict> {
  return complexityCheck.judge(pullRequest({ policy, ...parts }));
}

/** A function of this complexity; `word` makes its body its own. */
export function code(name: string, complexity: number, word = name): string {
  const branches = Array.from(
    { length: complexity - 1 },
    (_, i) => `  if (a > ${i}) ${word}(${i});\n`,
  );
  return `export function ${name}(a) {\n${branches.join('')}}\n`;
}

/** A function of this many lines. */
export function long(name: string, lines: number, word = name): string {
  const body = Array.from({ length: lines - 2 }, (_, i) => `  ${word}(${i});\n`);
  return `export function ${name}() {\n${body.join('')}}\n`;
}

/** A switch: classic counts its cases, modified counts it once. */
export const switching = `export function pick(a) {\n  switch (a) {\n${Array.from({ length: 9 }, (_, i) => `    case ${i}: return ${i};\n`).join('')}  }\n}\n`;

export interface Case {
  readonly name: string;
  readonly base?: Files;
  readonly head?: Files;
  readonly parts?: PullRequestParts;
  readonly conclusion: Verdict['conclusion'];
  /** `level rule path:line value/limit` of each finding. */
  readonly found?: readonly string[];
}

/** What a case gives. */
export async function outcomeOf({ base = {}, head = {}, parts }: Case): Promise<object> {
  const { findings, conclusion } = await judgeComplexity({ base, head, ...parts });
  const found = findings.map(({ level, rule, path, line, value, limit }) => {
    return `${level} ${rule} ${path ?? ''}:${line ?? 0} ${value ?? 0}/${limit ?? 0}`;
  });
  return { found, conclusion };
}

/** What a case wants. */
export function wantedOf({ found = [], conclusion }: Case): object {
  return { found, conclusion };
}
