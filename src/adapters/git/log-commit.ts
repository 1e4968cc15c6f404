// Commits of the log as git objects: reading one with its batch, and building the next one.
import { present } from '../../kernel/assert.ts';
import { Fault } from '../../kernel/fault.ts';
import { batchPath, checkpointFolder } from '../../log/format.ts';
import type { CommitDraft, LogCommit, Provenance } from '../../log/store.ts';
import { BlobTexts } from './blob-texts.ts';
import { encodeCommit, formatIdentity } from './store/commit.ts';
import type { GitStore } from './store/git-store.ts';
import { hashObject } from './store/object.ts';
import type { NewObject, Oid } from './store/object.ts';
import { encodeTree, treeModes } from './store/tree.ts';
import type { TreeEntry } from './store/tree.ts';

const checkpointName = checkpointFolder.slice(0, -1);

/** A commit with its batch; Fault `log-corrupt` when it carries none. */
export function readLogCommit(store: GitStore, oid: Oid, provenance: Provenance): LogCommit {
  const { tree, parents, message } = store.readCommit(oid);
  const entry = store.readTree(tree).find(({ name }) => name === batchPath);
  if (entry === undefined) {
    throw new Fault(
      'log-corrupt',
      `Commit ${oid} on the log has no ${batchPath}: it was not written by coord. Run \`coord verify\`.`,
      { commit: oid, path: batchPath },
    );
  }
  return { oid, parents, message, batch: store.readBlob(entry.oid).toString('utf8'), provenance };
}

function filesBelow(store: GitStore, tree: Oid, prefix: string): [string, Oid][] {
  return store
    .readTree(tree)
    .flatMap(({ mode, name, oid }): [string, Oid][] =>
      mode === treeModes.tree
        ? filesBelow(store, oid, `${prefix}${name}/`)
        : [[`${prefix}${name}`, oid]],
    );
}

/** The files of the checkpoint in a commit's tree, by path; each is read, and may be found damaged, when it is asked for. */
export function readCheckpoint(store: GitStore, oid: Oid): Map<string, string> {
  const root = store.readTree(store.readCommit(oid).tree);
  const entry = root.find(({ name }) => name === checkpointName);
  const oids = new Map(entry === undefined ? [] : filesBelow(store, entry.oid, checkpointFolder));
  return new BlobTexts(oids.keys(), (path) =>
    store.readBlob(present(oids.get(path), 'a file of the checkpoint')).toString('utf8'),
  );
}

interface Built {
  readonly objects: NewObject[];
  readonly root: Map<string, TreeEntry>;
}

function addFile(built: Built, into: Map<string, TreeEntry>, name: string, text: string): void {
  const blob: NewObject = { type: 'blob', body: Buffer.from(text, 'utf8') };
  built.objects.push(blob);
  into.set(name, { mode: treeModes.file, name, oid: hashObject(blob) });
}

function addTree(built: Built, entries: Map<string, TreeEntry>): Oid {
  const tree: NewObject = { type: 'tree', body: encodeTree([...entries.values()]) };
  built.objects.push(tree);
  return hashObject(tree);
}

/** Objects of the commit that a draft describes on top of `parent`, the commit itself last. */
export function buildCommit(
  store: GitStore | null,
  draft: CommitDraft,
  parent: Oid | null,
): { objects: NewObject[]; oid: Oid } {
  const carried =
    store === null || parent === null ? [] : store.readTree(store.readCommit(parent).tree);
  const built: Built = { objects: [], root: new Map(carried.map((entry) => [entry.name, entry])) };
  const checkpoint = new Map<string, TreeEntry>();
  for (const [path, text] of draft.files) {
    const inFolder = path.startsWith(checkpointFolder);
    const name = inFolder ? path.slice(checkpointFolder.length) : path;
    addFile(built, inFolder ? checkpoint : built.root, name, text);
  }
  if (draft.replacesCheckpoint) {
    const oid = addTree(built, checkpoint);
    built.root.set(checkpointName, { mode: treeModes.tree, name: checkpointName, oid });
  }
  const tree = addTree(built, built.root);
  const atSeconds = Math.floor(Date.parse(draft.at) / 1000);
  const who = formatIdentity({ name: 'coord', email: 'coord@localhost', atSeconds, zone: '+0000' });
  const body = encodeCommit({
    ...{ tree, author: who, committer: who, headers: [], message: draft.message },
    parents: parent === null ? [] : [parent],
  });
  const commit: NewObject = { type: 'commit', body };
  built.objects.push(commit);
  return { objects: built.objects, oid: hashObject(commit) };
}
