// Which piece of a file a place belongs to: the outermost function around or behind it, else the statement.
import type { Breach } from './rules-breach.ts';
import type { Analysed, Unit } from './unit.ts';

/** A file that was looked through, with units of its own: files of the same content share what was found in them. */
export interface Looked {
  readonly path: string;
  /** Functions and the like, then the statements at the top of the file. */
  readonly units: readonly Unit[];
  readonly breaches: readonly Held[];
}

/** A breach with the unit that it moves with, and the unit it is about where it is about one. */
export interface Held {
  readonly breach: Breach;
  readonly holder: Unit | null;
  readonly about: Unit | null;
}

/** `rules` are those that count. */
export function lookedAt(
  path: string,
  { units, traits }: Analysed,
  isJudged: (breach: Breach) => boolean,
): Looked {
  const functions = units.map((unit) => ({ ...unit }));
  const statements = (traits?.statements ?? []).map((unit) => ({ ...unit }));
  const all = [...functions, ...statements];
  const holderAt = finderOf(outermost(functions), statements);
  const breaches = (traits?.breaches ?? []).filter(isJudged).map((breach): Held => {
    const about = breach.unit === null ? null : (all[breach.unit] ?? null);
    return { breach, about, holder: about ?? holderAt(breach.offset) };
  });
  return { path, units: all, breaches };
}

/** Units in source order without those inside another. */
function outermost(units: readonly Unit[]): Unit[] {
  const outer: Unit[] = [];
  let end = -1;
  for (const unit of units) {
    if (unit.start < end) continue;
    outer.push(unit);
    end = unit.end;
  }
  return outer;
}

/** What stands in front of a function within its statement, such as a comment or a modifier, moves with it. */
function finderOf(
  functions: readonly Unit[],
  statements: readonly Unit[],
): (offset: number) => Unit | null {
  return (offset) => {
    const statement = firstEndingBehind(statements, offset);
    const unit = firstEndingBehind(functions, offset);
    if (statement === undefined || unit === undefined) return statement ?? unit ?? null;
    return unit.start < statement.end ? unit : statement;
  };
}

/** The first of units in source order, none inside another, that ends behind the offset; by halving. */
function firstEndingBehind(units: readonly Unit[], offset: number): Unit | undefined {
  let low = 0;
  let high = units.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((units[middle]?.end ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return units[low];
}
