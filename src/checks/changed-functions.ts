// Which functions a pull request adds or changes, so that two can be told to work on the same ones.
import { basesOf, measurer, pairsOf, unitsOf } from './complexity-files.ts';
import type { PullRequest } from './pull-request.ts';
import { matchUnits } from './ratchet.ts';

/**
 * Qualified names of functions that are new or have another body, by path, for those of the given paths that can be
 * measured. A function within a changed one counts only where it changed itself.
 */
export async function changedFunctions(
  pullRequest: PullRequest,
  paths: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { changes } = await pullRequest.changes();
  const measure = measurer(pullRequest);
  const touched = changes.filter(({ path }) => paths.includes(path));
  const pairs = pairsOf(touched, []);
  const bases = basesOf(touched, []);
  const [head, base] = await Promise.all([measure(pairs.map((pair) => pair.head)), measure(bases)]);
  const renames = new Map(
    pairs.flatMap((pair) => (pair.base === null ? [] : [[pair.head.path, pair.base.path]])),
  );
  const heads = unitsOf(head);
  const matches = matchUnits(unitsOf(base), heads, renames);
  return new Map(
    heads.map(({ path, units }) => {
      const changed = units.filter((unit) => matches.get(unit)?.by !== 'identical');
      return [path, new Set(changed.map(({ qualifiedName }) => qualifiedName))];
    }),
  );
}
