// Finds new names that some file systems take for another name: they differ only in case or in how letters are composed.
import { foldPath } from '../kernel/scope-glob-path.ts';

/** A new name and the one it would be taken for; either may be a folder on the way to `path`. */
export interface Twin {
  readonly path: string;
  readonly name: string;
  readonly other: string;
}

/** The folders above a path, outermost first, then the path itself. */
function namesAlong(path: string): string[] {
  const names: string[] = [];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    names.push(path.slice(0, at));
  }
  return [...names, path];
}

/**
 * Twins of `newPaths` among all paths of the head, at most one a path. A name that was there before is not blamed on
 * whoever adds a file below it. Every name of the tree is folded once, however many files lie below it.
 */
export function twinsOf(newPaths: readonly string[], headPaths: ReadonlySet<string>): Twin[] {
  if (newPaths.length === 0) return [];
  const added = new Set(newPaths);
  const kept = [...headPaths].filter((path) => !added.has(path));
  const old = new Set(kept.flatMap(namesAlong));
  const wanted = new Set(newPaths.flatMap(namesAlong));
  const spellings = spellingsOf(new Set([...old, ...wanted]), new Set([...wanted].map(foldPath)));
  return newPaths.flatMap((path) => {
    for (const name of namesAlong(path)) {
      if (old.has(name)) continue;
      const other = spellings.get(foldPath(name))?.find((spelling) => spelling !== name);
      if (other !== undefined) return [{ path, name, other }];
    }
    return [];
  });
}

/** Names by the form in which they would be taken for one another; only the forms asked for. */
function spellingsOf(
  names: ReadonlySet<string>,
  folds: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const spellings = new Map<string, string[]>();
  for (const name of names) {
    const fold = foldPath(name);
    if (!folds.has(fold)) continue;
    const known = spellings.get(fold);
    if (known === undefined) spellings.set(fold, [name]);
    else known.push(name);
  }
  return spellings;
}
