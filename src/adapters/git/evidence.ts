// Lays out the commits of the log for the verifier; what cannot be read is told by commit and path, never thrown.
import { messageOf } from '../../kernel/fault.ts';
import { batchPath, checkpointFolder, checkpointMetaPath, formatPath } from '../../log/format.ts';
import { wholeTree } from '../../log/verify.ts';
import type { Evidence, TreeFile } from '../../log/verify.ts';
import type { Problem } from '../../log/verify-batch.ts';
import type { GitStore } from './store/git-store.ts';
import type { Oid } from './store/object.ts';
import { treeModes } from './store/tree.ts';
import type { TreeEntry } from './store/tree.ts';

/** What commits are read from; a {@link GitStore} will do. */
export type EvidenceSource = Pick<GitStore, 'readCommit' | 'readTree' | 'readBlob'>;

/** The commits below a head, oldest first. */
export interface History {
  readonly oids: readonly Oid[];
  /** Why the walk ended. */
  readonly end: 'genesis' | 'boundary' | 'limit' | 'unreadable';
  /** The commit that could not be read, when that was why. */
  readonly problem: Problem | null;
}

/** Walks the first parents from `head`; `boundary` are commits whose parents are deliberately not here. */
export function historyOf(
  source: EvidenceSource,
  head: Oid,
  boundary: readonly Oid[],
  commitsMax: number,
): History {
  const stops = new Set(boundary);
  const oids: Oid[] = [];
  const ended = (end: History['end'], problem: Problem | null = null): History => ({
    ...{ oids: oids.reverse(), end, problem },
  });
  for (let next: Oid | undefined = head; next !== undefined;) {
    const oid: Oid = next;
    if (oids.length === commitsMax) return ended('limit');
    try {
      next = source.readCommit(oid).parents[0];
      oids.push(oid);
    } catch (error) {
      return ended('unreadable', { commit: oid, reason: messageOf(error) });
    }
    if (stops.has(oid)) return ended('boundary');
  }
  return ended('genesis');
}

interface Gathered {
  readonly files: TreeFile[];
  readonly texts: Map<string, Buffer>;
  readonly unreadable: { readonly path: string; readonly reason: string }[];
}

/** Names of objects that were read once and found good, so that what is carried over is not read again. */
type Good = Set<Oid>;

const kept = new Set([batchPath, formatPath, checkpointMetaPath]);
const checkpointName = checkpointFolder.slice(0, -1);

function attempt(gathered: Gathered, path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    gathered.unreadable.push({ path, reason: messageOf(error) });
  }
}

function gatherEntry(
  source: EvidenceSource,
  { mode, name, oid }: TreeEntry,
  prefix: string,
  { gathered, good }: { readonly gathered: Gathered; readonly good: Good },
): void {
  const path = `${prefix}${name}`;
  if (mode === treeModes.tree) {
    if (good.has(oid)) return;
    attempt(gathered, path, () => {
      for (const entry of source.readTree(oid)) {
        gatherEntry(source, entry, `${path}/`, { gathered, good });
      }
      good.add(oid);
    });
    return;
  }
  gathered.files.push({ path, mode });
  if (mode === treeModes.gitlink || (good.has(oid) && !kept.has(path))) return;
  attempt(gathered, path, () => {
    const body = source.readBlob(oid);
    good.add(oid);
    if (kept.has(path)) gathered.texts.set(path, body);
  });
}

function evidenceOf(source: EvidenceSource, oid: Oid, good: Good): Evidence {
  const { tree, parents, message } = source.readCommit(oid);
  const gathered: Gathered = { files: [], texts: new Map(), unreadable: [] };
  let checkpoint: Oid | null = null;
  attempt(gathered, wholeTree, () => {
    for (const entry of source.readTree(tree)) {
      const { name, mode } = entry;
      if (name === checkpointName) checkpoint = entry.oid;
      else if (mode === treeModes.tree) gathered.files.push({ path: `${name}/`, mode });
      gatherEntry(source, entry, '', { gathered, good });
    }
  });
  const textOf = (path: string): string | null =>
    gathered.texts.get(path)?.toString('utf8') ?? null;
  return {
    ...{ oid, parents, message, checkpoint },
    files: gathered.files,
    batch: gathered.texts.get(batchPath) ?? null,
    format: textOf(formatPath),
    meta: textOf(checkpointMetaPath),
    unreadable: gathered.unreadable,
  };
}

/** The evidence of commits that the walk could read, one at a time and in the same order. */
export function* evidenceFor(source: EvidenceSource, oids: Iterable<Oid>): Generator<Evidence> {
  const good: Good = new Set();
  for (const oid of oids) yield evidenceOf(source, oid, good);
}
