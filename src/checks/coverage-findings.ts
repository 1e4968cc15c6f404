// What the numbers of coverage come to: findings with their places, and the title.
import type { Finding } from '../kernel/check.ts';
import { limits } from '../kernel/limits.ts';
import type { ChangedFiles } from './coverage-files.ts';
import type { Wanted } from './coverage-source.ts';
import {
  hasFallen,
  isBelow,
  percentText,
  uncoveredRanges,
  untestedFunctions,
} from './coverage-tally.ts';
import type { LineRange, Tally, UntestedFunction } from './coverage-tally.ts';
import { finding } from './policy-check.ts';
import { count, quote } from './quote.ts';

export interface Numbers {
  readonly project: Tally;
  /** Of changed lines. */
  readonly patch: Tally;
  /** Of the base, where a ratchet compares with it. */
  readonly base: Tally | null;
}

/** Numbers in findings are per cent with two decimals. */
function percentOf({ measured, covered }: Tally): number {
  return measured === 0 ? 0 : Math.floor((covered * 10_000) / measured) / 100;
}

/** What is wrong with the whole. */
export function projectFindings({ project, base }: Numbers, wanted: Wanted): Finding[] {
  const rule = 'coverage-project';
  const value = percentOf(project);
  if (wanted.mode === 'ratchet') {
    if (base === null || !hasFallen(base, project)) return [];
    const more = project.measured - project.covered - (base.measured - base.covered);
    const message = `The coverage of the whole falls from ${percentText(base)} to ${percentText(project)}, and ${count(more, 'more line')} ran in no test. Add tests for what is new.`;
    return [finding({ rule, path: null, message, limit: percentOf(base), value })];
  }
  const { lines } = wanted;
  if (lines === undefined || !isBelow(project, lines)) return [];
  const message = `${percentText(project)} of all lines are covered, ${value} < ${lines}. Add tests, or use mode: ratchet to hold only what is new to it.`;
  return [finding({ rule, path: null, message, limit: lines, value })];
}

/** What is wrong with what changed. */
export function patchFindings(
  { patch }: Numbers,
  { measured, unmeasured }: ChangedFiles,
  wanted: Wanted,
): Finding[] {
  const low = patch.measured < wanted.minLines ? [] : lowFindings(patch, wanted.patch);
  const ranges = uncoveredRanges(measured).slice(0, limits.annotationsMax);
  const functions = wanted.functions === 'off' ? [] : untestedFunctions(measured);
  return [
    ...low,
    ...functions.map((one) => functionFinding(one, wanted.functions)),
    ...ranges.map((range) => lineFinding(range, low.length > 0)),
    ...(wanted.unmeasured === 'off' ? [] : unmeasured).map((path) =>
      unmeasuredFinding(path, wanted.unmeasured),
    ),
  ];
}

function lowFindings(patch: Tally, bound: number | undefined): Finding[] {
  if (bound === undefined || !isBelow(patch, bound)) return [];
  const value = percentOf(patch);
  const message = `${patch.covered} of ${count(patch.measured, 'changed line')} are covered, ${value} % < ${bound} %. Add tests for the lines that are named.`;
  return [finding({ rule: 'coverage-patch', path: null, message, limit: bound, value })];
}

function lineFinding({ path, line, endLine }: LineRange, isLow: boolean): Finding {
  const lines = line === endLine ? `Line ${line} of` : `Lines ${line} to ${endLine} of`;
  const message = `${lines} ${quote(path)} ran in no test. Add one that reaches ${line === endLine ? 'it' : 'them'}.`;
  const level = isLow ? 'warning' : 'notice';
  return finding({ rule: 'coverage-line', path, line, endLine, message, level });
}

function functionFinding({ path, found }: UntestedFunction, mode: Wanted['functions']): Finding {
  const name = found.name === '' ? 'A function' : `The function ${quote(found.name)}`;
  const message = `${name} is new or changed, and no test calls it. Add one that does.`;
  const { line, endLine } = found;
  const level = mode === 'require' ? 'failure' : 'warning';
  const rule = 'coverage-function';
  return finding({
    rule,
    path,
    line,
    endLine: endLine ?? line,
    message,
    level,
    limit: 1,
    value: 0,
  });
}

function unmeasuredFinding(path: string, mode: Wanted['unmeasured']): Finding {
  const message = `No coverage report speaks of ${quote(path)}, which was changed. Let the tests measure it, or leave it out (checks.coverage.exclude).`;
  const level = mode === 'require' ? 'failure' : 'warning';
  return finding({ rule: 'coverage-unmeasured', path, message, level });
}

function boundText(bound: number | undefined): string {
  return bound === undefined ? '' : ` (at least ${bound} %)`;
}

/** The numbers on one line. */
export function titleOf(
  { project, patch, base }: Numbers,
  wanted: Wanted,
  findings: readonly Finding[],
): string {
  const floor =
    wanted.mode === 'ratchet' && base !== null
      ? ` (${percentText(base)} at the base)`
      : boundText(wanted.lines);
  const isJudged = patch.measured >= wanted.minLines && patch.measured > 0;
  const share = `${patch.covered} of ${count(patch.measured, 'changed line')}`;
  const parts = [
    `${percentText(project)} of all lines covered${floor}`,
    isJudged ? `${share}${boundText(wanted.patch)}` : 'too few changed lines to judge',
  ];
  const named = [
    ['coverage-function', 'untested function'],
    ['coverage-unmeasured', 'unmeasured file'],
  ] as const;
  for (const [rule, noun] of named) {
    const found = findings.filter((one) => one.rule === rule).length;
    if (found > 0) parts.push(count(found, noun));
  }
  return `${parts.join(', ')}.`;
}
