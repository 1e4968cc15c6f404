// The word somebody probably meant: the closest candidate by edit distance, or none when all are far.

/** Longest word that is compared; longer ones have no near neighbour worth showing. */
const comparedCharsMax = 64;

/**
 * Edit distance with neighbouring letters swapped counted as one edit (optimal string alignment).
 * Costs O(first × second) steps, both at most `comparedCharsMax` long when called by `nearest`.
 */
export function editDistance(first: string, second: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: second.length + 1 }, (_, index) => index);
  for (let row = 1; row <= first.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= second.length; column += 1) {
      const cost = first[row - 1] === second[column - 1] ? 0 : 1;
      const best = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + cost,
      );
      const swapped = isSwap(first, second, row, column)
        ? at(beforePrevious, column - 2) + 1
        : best;
      current.push(Math.min(best, swapped));
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, second.length);
}

/**
 * The candidate closest to `word`, ignoring case, or undefined when none is close: at most a third of the
 * word's letters may differ, and at least one edit is always forgiven. Of equals the first candidate wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let closest: string | undefined;
  let closestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    if (tooFar(wanted, candidate, closestDistance)) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < closestDistance) {
      closest = candidate;
      closestDistance = distance;
    }
  }
  return closest;
}

function tooFar(wanted: string, candidate: string, bound: number): boolean {
  const longest = Math.max(wanted.length, candidate.length);
  // Every replaced letter of a one-letter word is one edit, so a suggestion for it would be a guess.
  return (
    longest > comparedCharsMax ||
    wanted.length < 2 ||
    Math.abs(wanted.length - candidate.length) >= bound
  );
}

function isSwap(first: string, second: string, row: number, column: number): boolean {
  return (
    row > 1 &&
    column > 1 &&
    first[row - 1] === second[column - 2] &&
    first[row - 2] === second[column - 1]
  );
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
