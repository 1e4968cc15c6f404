// Tells for each line of a text which line of an older text it was: Myers' shortest edit script, within bounds.
import { limits } from '../kernel/limits.ts';

/**
 * For each line of the newer text, in order, the 1-based line of the older one that it was. 0 for a line that is new;
 * -1 for one that was there already, at a place unknown because the texts differ too much to be aligned.
 */
export type Origins = readonly number[];

/** Lines of a text as git counts them: what follows the last line break is a line only if there is something. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Aligns two texts by whole lines. */
export function originsOf(before: string, after: string): Origins {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const shorter = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < shorter && old[start] === fresh[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const middle = alignedMiddle(
    old.slice(start, old.length - tail),
    fresh.slice(start, fresh.length - tail),
  );
  return [
    ...Array.from({ length: start }, (_, index) => index + 1),
    ...middle.map((origin) => (origin > 0 ? origin + start : origin)),
    ...Array.from({ length: tail }, (_, index) => old.length - tail + index + 1),
  ];
}

function alignedMiddle(old: readonly string[], fresh: readonly string[]): Origins {
  if (old.length === 0 || fresh.length === 0) return fresh.map(() => 0);
  const numbers = new Map<string, number>();
  const numbered = (lines: readonly string[]) =>
    Int32Array.from(lines, (line) => {
      const number = numbers.get(line) ?? numbers.size;
      numbers.set(line, number);
      return number;
    });
  const [one, other] = [numbered(old), numbered(fresh)];
  return new EditSearch(one, other).origins() ?? sameByContent(one, other);
}

/** What is left of lines that stood in the older text, whatever their order. */
function sameByContent(old: Int32Array, fresh: Int32Array): Origins {
  const left = new Map<number, number>();
  for (const line of old) left.set(line, (left.get(line) ?? 0) + 1);
  return Array.from(fresh, (line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count > 0 ? -1 : 0;
  });
}

/** The greedy search for the shortest edit script; on diagonal k the older text is k lines ahead. */
class EditSearch {
  private readonly old: Int32Array;
  private readonly fresh: Int32Array;
  private readonly editsMax: number;
  /** How far each diagonal got; diagonal k is at k + editsMax + 1. */
  private readonly reach: Int32Array;
  /** The reach of the diagonals -d..d after d edits. */
  private readonly trace: Int32Array[] = [];

  constructor(old: Int32Array, fresh: Int32Array) {
    this.old = old;
    this.fresh = fresh;
    const lines = old.length + fresh.length;
    const affordable = Math.floor(limits.diffStepsMax / lines);
    this.editsMax = Math.min(lines, limits.diffEditsMax, affordable);
    this.reach = new Int32Array(2 * this.editsMax + 3);
  }

  /** Null where the texts are further apart than the bound. */
  origins(): Origins | null {
    for (let edits = 0; edits <= this.editsMax; edits += 1) {
      if (this.extend(edits)) return this.walkBack(edits);
      const middle = this.editsMax + 1;
      this.trace.push(this.reach.slice(middle - edits, middle + edits + 1));
    }
    return null;
  }

  /** One more edit on every diagonal; true where the ends were reached. */
  private extend(edits: number): boolean {
    const middle = this.editsMax + 1;
    const last = this.old.length - this.fresh.length;
    for (let k = -edits; k <= edits; k += 2) {
      const at = this.along(k, edits === 0 ? 0 : this.afterEdit(edits, k));
      this.reach[middle + k] = at;
      if (k === last && at >= this.old.length) return true;
    }
    return false;
  }

  /** Where the better of the two diagonals beside it leads to. */
  private afterEdit(edits: number, k: number): number {
    const middle = this.editsMax + 1;
    const [below, above] = [this.reach[middle + k - 1] ?? 0, this.reach[middle + k + 1] ?? 0];
    const isInsertion = k === -edits || (k !== edits && below < above);
    return isInsertion ? above : below + 1;
  }

  /** Past all lines that are the same. */
  private along(k: number, from: number): number {
    const { old, fresh } = this;
    let at = from;
    while (at < old.length && at - k < fresh.length && old[at] === fresh[at - k]) at += 1;
    return at;
  }

  private walkBack(edits: number): Origins {
    const origins = new Array<number>(this.fresh.length).fill(0);
    let [x, y] = [this.old.length, this.fresh.length];
    for (let d = edits; d >= 0; d -= 1) {
      const [fromX, fromY] = this.cameFrom(d, x - y);
      while (x > fromX && y > fromY) {
        [x, y] = [x - 1, y - 1];
        origins[y] = x + 1;
      }
      [x, y] = [fromX, fromY];
    }
    return origins;
  }

  /** Where the path to diagonal k stood before its last edit. */
  private cameFrom(edits: number, k: number): [number, number] {
    const before = this.trace[edits - 1];
    if (before === undefined) return [0, 0];
    const reached = (diagonal: number) => before[diagonal + edits - 1] ?? 0;
    const isInsertion = k === -edits || (k !== edits && reached(k - 1) < reached(k + 1));
    const from = isInsertion ? k + 1 : k - 1;
    const x = reached(from);
    return [x, x - from];
  }
}
