// Tells growth that a function only has through functions inside it, which are reported themselves.
import type { Unit } from './unit.ts';

/** A function that fails for its lines, and by how many it grew; all of them where it is new. */
export interface Grown {
  readonly unit: Unit;
  readonly growth: number;
}

/**
 * Which of the functions that fail in one file grew by no more than failing functions inside them did, and those.
 * They need no failure of their own. The inner ones keep theirs, so a file that fails still does.
 * Of functions in functions only the outermost that still fails counts: its growth includes what is inside it.
 */
export function explainedByInner(grown: readonly Grown[]): Map<Unit, readonly Unit[]> {
  const explained = new Map<Unit, readonly Unit[]>();
  let failing: Grown[] = [];
  // The inner of two is the shorter one, so it has been decided when the outer one's turn comes.
  for (const one of [...grown].sort((a, b) => lengthOf(a) - lengthOf(b))) {
    const inside = failing.filter((other) => isInside(other.unit, one.unit));
    const growth = inside.reduce((sum, other) => sum + other.growth, 0);
    if (inside.length > 0 && one.growth <= growth) {
      explained.set(
        one.unit,
        inside.map(({ unit }) => unit),
      );
    } else failing = [...failing.filter((other) => !inside.includes(other)), one];
  }
  return explained;
}

function lengthOf({ unit }: Grown): number {
  return unit.end - unit.start;
}

function isInside(inner: Unit, outer: Unit): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
