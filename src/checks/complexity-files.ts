// Which files of a pull request are measured on either side, and their units, each blob parsed once.
import type { Glob } from '../kernel/scope-glob.ts';
import { covers } from '../kernel/scope-glob.ts';
import type { BlobText, Change, PullRequest, TreeEntry } from './pull-request.ts';
import { isAnalysable } from './unit.ts';
import type { Analysis } from './unit.ts';

/** One side of a changed file that is to be measured. */
export interface Source {
  readonly path: string;
  readonly oid: string;
}

/** A file to judge, and what it was at the base; null for new and copied files, whose code is all new. */
export interface Pair {
  readonly head: Source;
  readonly base: Source | null;
}

/** Why a source has no units: the text was not to be had (`missing`, ...), or it does not parse. */
export type Measured =
  Analysis | { readonly ok: false; readonly why: Extract<BlobText, { ok: false }>['why'] };

function sourceAt(
  path: string | null,
  entry: TreeEntry | null,
  excluded: readonly Glob[],
): Source | null {
  if (path === null || entry?.mode.startsWith('100') !== true) return null;
  return isAnalysable(path) && !covers(excluded, path) ? { path, oid: entry.oid } : null;
}

/** What a change leaves at the base for functions to have come from. A copied file is still there itself. */
function baseOf(change: Change, excluded: readonly Glob[]): Source | null {
  const { status, path, previousPath, before } = change;
  if (status === 'copied' || status === 'added') return null;
  return sourceAt(status === 'renamed' ? previousPath : path, before, excluded);
}

/** Files to judge. */
export function pairsOf(changes: readonly Change[], excluded: readonly Glob[]): Pair[] {
  return changes.flatMap((change) => {
    const head = sourceAt(change.path, change.after, excluded);
    if (head === null || change.status === 'removed') return [];
    return [{ head, base: baseOf(change, excluded) }];
  });
}

/** Every changed or removed file of the base, from which functions may have moved. */
export function basesOf(changes: readonly Change[], excluded: readonly Glob[]): Source[] {
  return changes.flatMap((change) => baseOf(change, excluded) ?? []);
}

/** Measures sources; asked again for the same blob in the same language it answers from memory. */
export type Measure = (sources: readonly Source[]) => Promise<ReadonlyMap<Source, Measured>>;

export function measurer(pullRequest: PullRequest): Measure {
  const known = new Map<string, Measured>();
  return async (sources) => {
    const open = sources.filter((source) => !known.has(keyOf(source)));
    if (open.length > 0) {
      // Loaded here and not above: it takes longer than everything else that the other checks do.
      const [texts, { analyse }] = await Promise.all([
        pullRequest.blobs([...new Set(open.map(({ oid }) => oid))]),
        import('./typescript.ts'),
      ]);
      for (const source of open) {
        const key = keyOf(source);
        if (known.has(key)) continue;
        const text = texts.get(source.oid) ?? { ok: false, why: 'missing' };
        known.set(key, text.ok ? analyse(source.path, text.text) : text);
      }
    }
    return new Map(
      sources.map((source) => [source, known.get(keyOf(source)) ?? { ok: false, why: 'missing' }]),
    );
  };
}

function keyOf({ path, oid }: Source): string {
  return `${path.slice(path.lastIndexOf('.')).toLowerCase()} ${oid}`;
}
