// Judges measured functions against their bounds and against what they were at the base.
import type { Finding } from '../kernel/check.ts';
import { explainedByInner } from './complexity-nesting.ts';
import type { Grown } from './complexity-nesting.ts';
import { finding } from './policy-check.ts';
import { quote, quoteSome } from './quote.ts';
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

/** A value of a unit beyond its bound. */
interface Beyond {
  readonly unit: Unit;
  readonly value: Value;
  readonly standing: Standing;
  readonly isFailure: boolean;
}

/** Findings of one file: failures, and notices about old code that may stay or that others are failed for. */
export function unitFindings(
  { path, units }: FileUnits,
  matches: ReadonlyMap<Unit, Match>,
  bounds: Bounds,
): Finding[] {
  const beyond = units.flatMap((unit) =>
    valuesOf(unit, path, matches.get(unit), bounds).flatMap((value): Beyond[] => {
      const { standing, fails } = judgeUnit(value.value, value.base, value.max);
      if (standing === 'within') return [];
      return [{ unit, value, standing, isFailure: fails || bounds.isStrict }];
    }),
  );
  // With mode strict each function has to become short, whoever made it long.
  const explained = bounds.isStrict ? new Map<Unit, never>() : explainedByInner(grownOf(beyond));
  return beyond.map((one) => {
    const inner = one.value.rule === 'function-lines' ? explained.get(one.unit) : undefined;
    return findingOf(path, one, inner);
  });
}

/** Only lines include those of the functions inside; complexity is counted without them. */
function grownOf(beyond: readonly Beyond[]): Grown[] {
  return beyond.flatMap(({ unit, value, isFailure }) =>
    value.rule === 'function-lines' && isFailure
      ? [{ unit, growth: value.value - (value.base ?? 0) }]
      : [],
  );
}

function findingOf(path: string, one: Beyond, inner: readonly Unit[] | undefined): Finding {
  const { unit, value, isFailure } = one;
  const text = inner === undefined ? sentence(one) : innerSentence(value, inner);
  return finding({
    rule: value.rule,
    path,
    line: unit.line,
    endLine: unit.endLine,
    message: `${quote(unit.qualifiedName)} ${text}`,
    limit: value.max,
    value: value.value,
    level: isFailure && inner === undefined ? 'failure' : 'notice',
  });
}

function allowedText({ rule, value, max }: Value): string {
  const what = rule === 'complexity' ? `has complexity ${value}` : `is ${value} lines long`;
  return `${what}, ${max} ${max === 1 ? 'is' : 'are'} allowed`;
}

function sentence({ value, standing, isFailure }: Beyond): string {
  const { base } = value;
  const allowed = allowedText(value);
  if (isFailure)
    return `${allowed} (${base === undefined ? 'it is new' : `was ${base}`}). Split it.`;
  const past = standing === 'better' ? `it was ${base ?? value.value}` : 'it was so before';
  return `${allowed}; ${past}, so it may stay.`;
}

function innerSentence(value: Value, inner: readonly Unit[]): string {
  const names = quoteSome(inner.map(({ qualifiedName }) => qualifiedName));
  const past = value.base === undefined ? 'it is new' : `it was ${value.base}`;
  return `${allowedText(value)}; ${past} and grew by no more than ${names} inside it, reported separately.`;
}
