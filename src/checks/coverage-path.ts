// Finds the files of a tree that a coverage report speaks of: it has absolute paths, other folders, or none.
import { limits } from '../kernel/limits.ts';
import { mergedFile } from './coverage-model.ts';
import type { Coverage, FileCoverage } from './coverage-model.ts';

/** The beginning of a path in a report, and what stands there in the repository. */
export interface Mapping {
  readonly from: string;
  readonly to: string;
}

/** A report's path that several files of the tree may be. */
export interface Ambiguous {
  readonly path: string;
  readonly among: readonly string[];
}

export interface PlacedCoverage {
  /** By path of the tree. */
  readonly files: ReadonlyMap<string, FileCoverage>;
  /** Paths of the report that are none of the tree's. */
  readonly unplaced: readonly string[];
  readonly ambiguous: readonly Ambiguous[];
}

interface ReportPath {
  readonly names: readonly string[];
  readonly isAbsolute: boolean;
}

interface Match {
  readonly path: string;
  /** What stood before it in the report. */
  readonly before: string;
}

type Found = Match | { readonly among: readonly string[] } | null;

/** Separators of all systems, drives and dots; what climbs out of the root stays at the root. */
function reportPath(text: string): ReportPath {
  const slashed = text.replaceAll('\\', '/').replace(/^file:\/\//i, '');
  const bare = slashed.replace(/^[A-Za-z]:(?=\/)/, '');
  const names: string[] = [];
  for (const name of bare.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return { names, isAbsolute: bare.startsWith('/') };
}

function mapped(text: string, mappings: readonly Mapping[]): string {
  const slashed = text.replaceAll('\\', '/');
  const mapping = mappings.find(({ from }) => slashed.startsWith(from.replaceAll('\\', '/')));
  return mapping === undefined ? text : mapping.to + slashed.slice(mapping.from.length);
}

/** The paths of a tree, to be found by their ends. */
class TreePaths {
  private readonly paths: ReadonlySet<string>;
  private readonly byName = new Map<string, string[]>();

  constructor(paths: ReadonlySet<string>) {
    this.paths = paths;
    for (const path of paths) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const same = this.byName.get(name);
      if (same === undefined) this.byName.set(name, [path]);
      else same.push(path);
    }
  }

  /** The file itself, or else the one with the longest end in common; all of either path must be in it. */
  find(wanted: ReportPath): Found {
    const whole = wanted.names.join('/');
    if (this.paths.has(whole)) return { path: whole, before: '' };
    return (wanted.isAbsolute ? null : this.below(whole)) ?? this.within(wanted);
  }

  /** Tree paths that end with the path of the report. */
  private below(whole: string): Found {
    const name = whole.slice(whole.lastIndexOf('/') + 1);
    const among = (this.byName.get(name) ?? []).filter((path) => path.endsWith(`/${whole}`));
    const [path] = among;
    if (path === undefined) return null;
    return among.length === 1 ? { path, before: '' } : { among };
  }

  /** The longest end of the report's path that is one of the tree. */
  private within({ names }: ReportPath): Match | null {
    const first = Math.max(1, names.length - limits.coverageDepthMax);
    for (let at = first; at < names.length; at += 1) {
      const path = names.slice(at).join('/');
      if (this.paths.has(path)) return { path, before: names.slice(0, at).join('/') };
    }
    return null;
  }
}

/** A file below the roots that the report names, the most specific one; else by its own path. */
function findFile(
  tree: TreePaths,
  text: string,
  roots: readonly string[],
  mappings: readonly Mapping[],
): Found {
  const isAbsolute = reportPath(text).isAbsolute;
  const below = isAbsolute ? [] : roots.map((root) => mapped(`${root}/${text}`, mappings));
  const found = below
    .map((path) => tree.find(reportPath(path)))
    .filter((match) => match !== null && 'path' in match && match.path.includes('/'));
  const paths = [
    ...new Set(found.map((match) => (match !== null && 'path' in match ? match.path : ''))),
  ];
  if (paths.length > 1) return { among: paths };
  return found[0] ?? tree.find(reportPath(mapped(text, mappings)));
}

/** Folders of other people's code, whose files are not ours although they may be named like them. */
const foreign = /(?:^|\/)(?:node_modules|site-packages)(?:\/|$)/;

/**
 * A file at the root of the tree has only a name to be known by, and `index.js` is the name of many: it counts where
 * its folder is one that others of the report were found to begin with.
 */
function isTrusted({ path, before }: Match, roots: ReadonlySet<string>): boolean {
  if (foreign.test(before)) return false;
  return path.includes('/') || roots.size === 0 || roots.has(before);
}

/** Places the files of one report in the tree. */
export function placeCoverage(
  { files, roots }: Coverage,
  paths: ReadonlySet<string>,
  mappings: readonly Mapping[],
): PlacedCoverage {
  const tree = new TreePaths(paths);
  const found = [...files].map(([path, file]) => ({
    ...{ path, file },
    found: findFile(tree, path, roots, mappings),
  }));
  const matches = found.flatMap((one) =>
    one.found !== null && 'path' in one.found ? [one.found] : [],
  );
  const begun = new Set(
    matches
      .filter(({ path, before }) => path.includes('/') && !foreign.test(before))
      .map(({ before }) => before),
  );
  const placed = new Map<string, FileCoverage[]>();
  const unplaced: string[] = [];
  const ambiguous: Ambiguous[] = [];
  for (const { path, file, found: match } of found) {
    if (match !== null && 'among' in match) ambiguous.push({ path, among: match.among });
    else if (match === null || !isTrusted(match, begun)) unplaced.push(path);
    else placed.set(match.path, [...(placed.get(match.path) ?? []), file]);
  }
  return { files: mergedFiles(placed), unplaced, ambiguous };
}

/** Files of several reports, or of several paths that are one, taken together. */
export function mergedFiles(
  parts: ReadonlyMap<string, readonly FileCoverage[]>,
): ReadonlyMap<string, FileCoverage> {
  return new Map([...parts].map(([path, files]) => [path, mergedFile(files)]));
}
