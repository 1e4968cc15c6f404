// Judges measured functions against their bounds and against what they were at the base.
import type { Finding } from '../kernel/check.ts';
import { finding } from './policy-check.ts';
import { quote } from './quote.ts';
import { judgeUnit } from './ratchet.ts';
import type { Match, Standing } from './ratchet.ts';
import type { FileUnits, Unit } from './unit.ts';

export interface Bounds {
  readonly complexityMax: number;
  readonly functionLinesMax: number;
  readonly variant: 'classic' | 'modified';
  /** Fails old code too. */
  readonly isStrict: boolean;
  /** Functions of tests may be long. */
  readonly isTest: (path: string) => boolean;
}

/** One measured value of a unit, with its bound and what it was. */
interface Value {
  readonly rule: 'complexity' | 'function-lines';
  readonly value: number;
  readonly base: number | undefined;
  readonly max: number;
}

function complexityOf(unit: Unit, { variant }: Bounds): number {
  return variant === 'classic' ? unit.complexity : unit.modifiedComplexity;
}

/** Lines where they count; what was exempt as a test is new where it is not. */
function linesOf(unit: Unit, path: string, { isTest }: Bounds): number | undefined {
  return unit.lines === null || isTest(path) ? undefined : unit.lines;
}

function valuesOf(unit: Unit, path: string, match: Match | undefined, bounds: Bounds): Value[] {
  const complexity: Value = {
    rule: 'complexity',
    value: complexityOf(unit, bounds),
    base: match && complexityOf(match.unit, bounds),
    max: bounds.complexityMax,
  };
  const lines = linesOf(unit, path, bounds);
  if (lines === undefined) return [complexity];
  const base = match && linesOf(match.unit, match.path, bounds);
  return [complexity, { rule: 'function-lines', value: lines, base, max: bounds.functionLinesMax }];
}

/** Whether any unit is beyond a bound, so that it matters what it was before. */
export function isBeyond({ path, units }: FileUnits, bounds: Bounds): boolean {
  return units.some((unit) =>
    valuesOf(unit, path, undefined, bounds).some(({ value, max }) => value > max),
  );
}

/** Findings of one file: failures, and notices about old code that may stay. */
export function unitFindings(
  { path, units }: FileUnits,
  matches: ReadonlyMap<Unit, Match>,
  bounds: Bounds,
): Finding[] {
  return units.flatMap((unit) =>
    valuesOf(unit, path, matches.get(unit), bounds).flatMap((value) => {
      const { standing, fails } = judgeUnit(value.value, value.base, value.max);
      if (standing === 'within') return [];
      const isFailure = fails || bounds.isStrict;
      return [
        finding({
          rule: value.rule,
          path,
          line: unit.line,
          endLine: unit.endLine,
          message: `${quote(unit.qualifiedName)} ${sentence(value, standing, isFailure)}`,
          limit: value.max,
          value: value.value,
          level: isFailure ? 'failure' : 'notice',
        }),
      ];
    }),
  );
}

function sentence(
  { rule, value, base, max }: Value,
  standing: Standing,
  isFailure: boolean,
): string {
  const what = rule === 'complexity' ? `has complexity ${value}` : `is ${value} lines long`;
  const allowed = `${what}, ${max} ${max === 1 ? 'is' : 'are'} allowed`;
  if (isFailure)
    return `${allowed} (${base === undefined ? 'it is new' : `was ${base}`}). Split it.`;
  const past = standing === 'better' ? `it was ${base ?? value}` : 'it was so before';
  return `${allowed}; ${past}, so it may stay.`;
}
