// Pull requests with coverage reports, for the tests of the check.
import { readReport } from '../src/checks/coverage-format.ts';
import type { Coverage, FileCoverage } from '../src/checks/coverage-model.ts';
import { coverageCheck } from '../src/checks/coverage.ts';
import type { Verdict } from '../src/kernel/check.ts';
import { writers } from './coverage-report.ts';
import type { Report } from './coverage-report.ts';
import { pullRequest } from './pull-request-builder.ts';
import type { PullRequestParts } from './pull-request-builder.ts';
import type { Files } from './tree-changes.ts';

/** Where the policy looks for a report. */
export const report = 'coverage/lcov.info';

function policyOf(coverage: string): string {
  return `version: 1\nagents: { codex: {} }\nchecks: { coverage: { ${coverage} } }\n`;
}

/** The verdict under a policy with this section about coverage. */
export function judge(coverage: string, parts: PullRequestParts): Promise<Verdict> {
  return coverageCheck.judge(pullRequest({ policy: policyOf(coverage), ...parts }));
}

/** Rules of the findings, each with its level. */
export function rulesOf({ findings }: Verdict): string[] {
  return findings.map(({ rule, level }) => `${rule} ${level}`);
}

/** So many different lines. */
export function lines(number: number, word = 'line'): string {
  return Array.from({ length: number }, (_, index) => `${word} ${index + 1}\n`).join('');
}

/** Measured lines from 1 on, as many as the text is long: `+` ran, `-` did not, a blank is not measured. */
export function ran(marks: string): [number, number][] {
  return Array.from(marks).flatMap((mark, index): [number, number][] =>
    mark === ' ' ? [] : [[index + 1, mark === '+' ? 2 : 0]],
  );
}

/** A tracefile with marks by path. */
export function lcov(marks: Readonly<Record<string, string>>): string {
  const files = Object.entries(marks).map(([path, text]) => [path, { lines: ran(text) }]);
  return writers.lcov1(Object.fromEntries(files) as Report);
}

/** A base of one file with ten lines, and a head with ten more and its report. */
export function grown(marks: string): PullRequestParts {
  const base: Files = { 'src/a.ts': lines(10) };
  return { base, head: { 'src/a.ts': lines(20), [report]: lcov({ 'src/a.ts': marks }) } };
}

/** What a report says; throws where it cannot be read. */
export async function coverageOf(text: string): Promise<Coverage> {
  const reading = await readReport(text);
  if (!reading.ok) throw new Error(reading.problem);
  return reading.coverage;
}

/** What it says of one file. */
export async function fileOf(text: string, path: string): Promise<FileCoverage> {
  const file = (await coverageOf(text)).files.get(path);
  if (file === undefined) throw new Error(`no ${path}`);
  return file;
}

/** Why a report cannot be read, or `read`. */
export async function problemOf(text: string): Promise<string> {
  const reading = await readReport(text);
  return reading.ok ? 'read' : reading.problem;
}
