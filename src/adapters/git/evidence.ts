// Lays out the commits of the log for the verifier; what cannot be read is told by commit and path, never thrown.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { present } from '../../kernel/assert.ts';
import { messageOf } from '../../kernel/fault.ts';
import { batchPath, checkpointFolder, checkpointMetaPath, formatPath } from '../../log/format.ts';
import { continuedBy } from '../../log/message.ts';
import { wholeTree } from '../../log/verify.ts';
import type { Evidence, TreeFile } from '../../log/verify.ts';
import type { Problem } from '../../log/verify-batch.ts';
import { commitBefore } from './epoch-start.ts';
import { listedCommits, readAhead, withBatch } from './object-batches.ts';
import type { CommitSource } from './object-batches.ts';
import type { Commit } from './store/commit.ts';
import type { GitObject, Oid } from './store/object.ts';
import { treeModes } from './store/tree.ts';
import type { TreeEntry } from './store/tree.ts';

/** A source that the installed git can read as well. */
type DirectorySource = CommitSource & { readonly dir: string };

/** The commits below a head, oldest first. */
export interface History {
  readonly oids: readonly Oid[];
  /** Why the walk ended. */
  readonly end: 'genesis' | 'boundary' | 'limit' | 'unreadable';
  /** The commit that could not be read, when that was why. */
  readonly problem: Problem | null;
}

/** Where a walk ends before the genesis. */
export interface Stops {
  /** Commits whose parents are deliberately not here. */
  readonly boundary: readonly Oid[];
  /** Whether this commit, the `count`th from the head, is far enough back. */
  readonly isLast: (commit: Commit, oid: Oid, count: number) => boolean;
}

/** Walks the first parents from `head`. */
export function historyOf(source: CommitSource, head: Oid, { boundary, isLast }: Stops): History {
  const stops = new Set(boundary);
  const oids: Oid[] = [];
  const ended = (end: History['end'], problem: Problem | null = null): History => ({
    ...{ oids: oids.reverse(), end, problem },
  });
  for (let next: Oid | undefined = head; next !== undefined;) {
    const oid: Oid = next;
    try {
      const commit = source.readCommit(oid);
      oids.push(oid);
      const before = commitBefore(source, commit);
      if (isLast(commit, oid, oids.length))
        return ended(before.oid === undefined ? 'genesis' : 'limit');
      if (before.isCut) return ended('boundary');
      next = before.oid;
    } catch (error) {
      return ended('unreadable', { commit: oid, reason: messageOf(error) });
    }
    if (stops.has(oid)) return ended(next === undefined ? 'genesis' : 'boundary');
  }
  return ended('genesis');
}

/** The whole history of a store, listed by the installed git where it can: what it says is verified commit by commit. */
export async function wholeHistory(
  store: DirectorySource,
  head: Oid,
  boundary: readonly Oid[],
): Promise<History> {
  const oids = boundary.length > 0 ? null : await listedCommits(store.dir, head);
  if (oids?.at(-1) !== head) return historyOf(store, head, { boundary, isLast: () => false });
  const first = commitBefore(store, store.readCommit(present(oids[0], 'a head is listed')));
  if (first.oid === undefined) return { oids, end: 'genesis', problem: null };
  if (first.isCut) return { oids, end: 'boundary', problem: null };
  const before = await wholeHistory(store, first.oid, boundary);
  return { ...before, oids: [...before.oids, ...oids] };
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
  source: CommitSource,
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
    // Every commit has a batch of its own.
    if (path !== batchPath) good.add(oid);
    if (kept.has(path)) gathered.texts.set(path, body);
  });
}

function evidenceOf(source: CommitSource, oid: Oid, good: Good): Evidence {
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
    oid,
    parents: continuedBy(parents, message),
    message,
    checkpoint,
    files: gathered.files,
    batch: gathered.texts.get(batchPath) ?? null,
    format: textOf(formatPath),
    meta: textOf(checkpointMetaPath),
    unreadable: gathered.unreadable,
  };
}

const commitsPerBatch = 4000;
/** So that the first answers come soon. */
const commitsInFirstBatch = 500;
const commitsPerTurn = 32;

/** The commits in batches; a short history is one that is not worth a process of git. */
function batchesOf(oids: readonly Oid[]): (readonly Oid[])[] {
  const batches = [oids.slice(0, commitsInFirstBatch)];
  for (let start = commitsInFirstBatch; start < oids.length; start += commitsPerBatch) {
    batches.push(oids.slice(start, start + commitsPerBatch));
  }
  return batches;
}

/** Some commits at a time, laid out when they are asked for. */
function* turnsOf(source: CommitSource, oids: readonly Oid[], good: Good): Generator<Evidence[]> {
  for (let start = 0; start < oids.length; start += commitsPerTurn) {
    yield oids.slice(start, start + commitsPerTurn).map((oid) => evidenceOf(source, oid, good));
  }
}

/**
 * The evidence of commits that the walk could read, in the same order and some at a time. Many commits are read in
 * batches, the next while this one is looked at, so that no more than two of them are held.
 */
export async function* evidenceFor(
  source: DirectorySource,
  oids: readonly Oid[],
): AsyncGenerator<readonly Evidence[]> {
  const good: Good = new Set();
  const batches = batchesOf(oids);
  const isLong = batches.length > 1;
  const read = (batch: readonly Oid[] = []) =>
    isLong && batch.length > 0
      ? readAhead(source.dir, batch, batchPath)
      : Promise.resolve(new Map<Oid, GitObject>());
  let coming = read(batches[0]);
  for (const [number, batch] of batches.entries()) {
    const both = withBatch(await coming, source);
    coming = read(batches[number + 1]);
    for (const evidence of turnsOf(both, batch, good)) {
      yield evidence;
      // Git writes into a pipe, which is emptied between turns.
      if (isLong) await nextTurn();
    }
  }
}
