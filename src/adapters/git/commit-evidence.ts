// Reads commits of the log for the verifier, as they are; what cannot be read is told by commit and path, never thrown.
import { messageOf } from '../../kernel/fault.ts';
import { batchPath, checkpointFolder, checkpointMetaPath, formatPath } from '../../log/format.ts';
import { wholeTree } from '../../log/verify.ts';
import type { Evidence, TreeFile } from '../../log/verify.ts';
import { withBatch } from './object-batches.ts';
import type { CommitSource } from './object-batches.ts';
import { streamObjects } from './object-stream.ts';
import type { Oid } from './store/object.ts';
import { treeModes } from './store/tree.ts';
import type { TreeEntry } from './store/tree.ts';

/** A source that the installed git can read as well. */
type DirectorySource = CommitSource & { readonly dir: string };

/** Objects that were read once and found good, so that what is carried over is not read again; with the texts asked for. */
type Good = Map<Oid, string | null>;

/** What is gathered of a commit's tree. */
interface Gathered {
  readonly files: TreeFile[];
  readonly unreadable: { readonly path: string; readonly reason: string }[];
  batch: Uint8Array | null;
  checkpoint: Oid | null;
  format: string | null;
  meta: string | null;
}

/** A commit that is read. */
interface Reading {
  readonly source: CommitSource;
  readonly good: Good;
  readonly gathered: Gathered;
}

const checkpointName = checkpointFolder.slice(0, -1);

function attempt({ unreadable }: Gathered, path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    unreadable.push({ path, reason: messageOf(error) });
  }
}

/** The texts that the verifier asks for. */
function keep(gathered: Gathered, path: string, text: string | null): void {
  if (path === formatPath) gathered.format = text;
  if (path === checkpointMetaPath) gathered.meta = text;
}

function readFile({ source, good, gathered }: Reading, path: string, oid: Oid): void {
  // Every commit has a batch of its own.
  if (path === batchPath) {
    gathered.batch = source.readBlob(oid);
    return;
  }
  let text = good.get(oid);
  const isAsked = path === formatPath || path === checkpointMetaPath;
  // The same bytes may have been read under another name, where nobody asked for them.
  if (text === undefined || (isAsked && text === null)) {
    const body = source.readBlob(oid);
    text = isAsked ? body.toString('utf8') : null;
    good.set(oid, text);
  }
  keep(gathered, path, text);
}

function readFolder(reading: Reading, path: string, oid: Oid): void {
  const { source, good } = reading;
  if (good.has(oid)) return;
  for (const entry of source.readTree(oid)) readEntry(reading, entry, `${path}/`);
  good.set(oid, null);
}

function readEntry(reading: Reading, { mode, name, oid }: TreeEntry, prefix: string): void {
  const path = `${prefix}${name}`;
  const { gathered } = reading;
  if (mode === treeModes.tree) {
    attempt(gathered, path, () => {
      readFolder(reading, path, oid);
    });
    return;
  }
  gathered.files.push({ path, mode });
  if (mode === treeModes.gitlink) return;
  attempt(gathered, path, () => {
    readFile(reading, path, oid);
  });
}

function readRoot(reading: Reading, tree: Oid): void {
  const { source, gathered } = reading;
  for (const entry of source.readTree(tree)) {
    const { name, mode, oid } = entry;
    if (name === checkpointName) gathered.checkpoint = oid;
    else if (mode === treeModes.tree) gathered.files.push({ path: `${name}/`, mode });
    readEntry(reading, entry, '');
  }
}

function evidenceOf(source: CommitSource, oid: Oid, good: Good): Evidence {
  const { tree, parents, message } = source.readCommit(oid);
  const gathered: Gathered = {
    ...{ files: [], unreadable: [], batch: null, checkpoint: null, format: null, meta: null },
  };
  attempt(gathered, wholeTree, () => {
    readRoot({ source, good, gathered }, tree);
  });
  return { oid, parents, message, ...gathered };
}

/** Some commits, and where what else one wants of them is read fastest. */
export interface Turn {
  readonly commits: readonly Evidence[];
  readonly source: CommitSource;
}

/** A shorter history is not worth two processes of git. */
const commitsReadByGit = 500;
const commitsPerTurn = 32;

/** Commits that a walk could read, in the same order, some at a time; no more than those of a turn are held. */
export async function* evidenceInTurns(
  store: DirectorySource,
  oids: readonly Oid[],
): AsyncGenerator<Turn> {
  const good: Good = new Map();
  const stream = oids.length > commitsReadByGit ? streamObjects(store.dir, oids) : null;
  try {
    for (let start = 0; start < oids.length; start += commitsPerTurn) {
      const some = oids.slice(start, start + commitsPerTurn);
      const source = stream === null ? store : withBatch(await stream.take(some), store);
      yield { commits: some.map((oid) => evidenceOf(source, oid, good)), source };
    }
  } finally {
    stream?.close();
  }
}
