// Counts covered lines: of the whole, and of what a pull request changed.
import type { ChangedFile } from './coverage-files.ts';
import type { FileCoverage, FunctionCoverage } from './coverage-model.ts';

export interface Tally {
  readonly measured: number;
  readonly covered: number;
}

/** Lines from `line` to `endLine`, both 1-based and included. */
export interface LineRange {
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
}

export interface UntestedFunction {
  readonly path: string;
  readonly found: FunctionCoverage;
}

/** All measured lines of these files. */
export function tallyOf(files: Iterable<FileCoverage>): Tally {
  let [measured, covered] = [0, 0];
  for (const { lines } of files) {
    measured += lines.size;
    for (const hits of lines.values()) if (hits > 0) covered += 1;
  }
  return { measured, covered };
}

/** New lines that are measured, in order, with how often they ran. */
function changedLinesOf({ coverage: { lines }, origins }: ChangedFile): [number, number][] {
  return origins.flatMap((origin, index): [number, number][] => {
    const hits = lines.get(index + 1);
    return origin === 0 && hits !== undefined ? [[index + 1, hits]] : [];
  });
}

/** The changed lines of all files. */
export function patchTally(changed: readonly ChangedFile[]): Tally {
  const hits = changed.flatMap(changedLinesOf).map(([, count]) => count);
  return { measured: hits.length, covered: hits.filter((count) => count > 0).length };
}

/** Changed lines that no test ran; neighbours together. */
export function uncoveredRanges(changed: readonly ChangedFile[]): LineRange[] {
  return changed.flatMap((file) => {
    const ranges: { path: string; line: number; endLine: number }[] = [];
    for (const [line, hits] of changedLinesOf(file)) {
      const last = ranges.at(-1);
      if (hits > 0) continue;
      if (last?.endLine === line - 1) last.endLine = line;
      else ranges.push({ path: file.path, line, endLine: line });
    }
    return ranges;
  });
}

/** Functions that no test called, and that are new or have changed lines. */
export function untestedFunctions(changed: readonly ChangedFile[]): UntestedFunction[] {
  return changed.flatMap((file) => {
    const { functions } = file.coverage;
    const bare = changedLinesOf(file).filter(([, hits]) => hits === 0);
    return functions
      .filter(({ hits }) => hits === 0)
      .filter((found) => {
        if (file.origins[found.line - 1] === 0) return true;
        const end = found.endLine ?? endBeforeNext(functions, found);
        return bare.some(([line]) => line >= found.line && line <= end);
      })
      .map((found) => ({ path: file.path, found }));
  });
}

/** Where the report does not say where a function ends, it ends before the next one. */
function endBeforeNext(functions: readonly FunctionCoverage[], { line }: FunctionCoverage): number {
  const next = functions.find((other) => other.line > line);
  return next === undefined ? Infinity : next.line - 1;
}

/** Two decimals, cut and not rounded, so that 94.999 does not look like 95. */
export function percentText({ measured, covered }: Tally): string {
  if (measured === 0) return 'nothing';
  return `${Math.floor((covered * 10_000) / measured) / 100} %`;
}

/** Whether less than `percent` of the lines are covered; false of none. */
export function isBelow({ measured, covered }: Tally, percent: number): boolean {
  // A little less is asked for than rounding may take away: 0.07 x 100 is 7.000000000000001.
  return covered * 100 < percent * measured * (1 - 1e-12);
}

/**
 * Whether the share fell and more lines are left uncovered. Where only covered code went, the share falls too, and
 * nothing has become worse.
 */
export function hasFallen(before: Tally, after: Tally): boolean {
  const isLess = after.covered * before.measured < before.covered * after.measured;
  return isLess && after.measured - after.covered > before.measured - before.covered;
}
