// Pull requests that were open at the same time over the same files, and the functions that both changed.

/** One pull request as far as it matters here. */
export interface Span<Key> {
  readonly key: Key;
  /** ISO 8601 UTC. */
  readonly openedAt: string;
  readonly mergedAt: string;
  readonly paths: ReadonlySet<string>;
}

export interface Overlap<Key> {
  /** The one that was merged first, and the one that was open then. */
  readonly first: Key;
  readonly second: Key;
  readonly paths: readonly string[];
}

/** Pairs that were open at the same time and changed the same files, in the order of the merges. */
export function overlapsOf<Key>(spans: readonly Span<Key>[]): Overlap<Key>[] {
  const inOrder = [...spans].sort((left, right) => (left.mergedAt < right.mergedAt ? -1 : 1));
  return inOrder.flatMap((first, place) =>
    inOrder.slice(place + 1).flatMap((second): Overlap<Key>[] => {
      if (second.openedAt >= first.mergedAt) return [];
      const paths = [...first.paths].filter((path) => second.paths.has(path)).sort();
      return paths.length === 0 ? [] : [{ first: first.key, second: second.key, paths }];
    }),
  );
}
