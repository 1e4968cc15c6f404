// Finds new names that some file systems take for another name: they differ only in case or in how letters are composed.
import { foldPath } from '../kernel/scope-path.ts';

/** A new name and the one it would be confused with; either may be a folder on the way to `path`. */
export interface Twin {
  readonly path: string;
  readonly name: string;
  readonly other: string;
}

/** The path itself and every folder above it, outermost first. */
function prefixesOf(path: string): string[] {
  const prefixes: string[] = [];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    prefixes.push(path.slice(0, at));
  }
  return [...prefixes, path];
}

/**
 * Twins of `newPaths` among all paths of the head, at most one a path. Names that were there before are not blamed on
 * whoever adds a file below them. Folding whole names first keeps this linear in the size of the tree.
 */
export function twinsOf(newPaths: readonly string[], headPaths: ReadonlySet<string>): Twin[] {
  const added = new Set(newPaths);
  const wanted = new Set(newPaths.flatMap((path) => prefixesOf(path).map(foldPath)));
  const spellings = new Map<string, Set<string>>();
  const old = new Set<string>();
  for (const path of new Set([...headPaths, ...newPaths])) {
    for (const prefix of prefixesOf(path)) {
      const fold = foldPath(prefix);
      if (!wanted.has(fold)) continue;
      spellings.set(fold, (spellings.get(fold) ?? new Set()).add(prefix));
      if (!added.has(path)) old.add(prefix);
    }
  }
  return newPaths.flatMap((path) => twinOf(path, spellings, old));
}

function twinOf(
  path: string,
  spellings: ReadonlyMap<string, ReadonlySet<string>>,
  old: ReadonlySet<string>,
): Twin[] {
  for (const name of prefixesOf(path)) {
    if (old.has(name)) continue;
    const other = [...(spellings.get(foldPath(name)) ?? [])].find((one) => one !== name);
    if (other !== undefined) return [{ path, name, other }];
  }
  return [];
}
