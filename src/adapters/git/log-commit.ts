// Commits of the log as git objects: reading one with its batch, and building the next one.
import { present } from '../../kernel/assert.ts';
import { Fault } from '../../kernel/fault.ts';
import { batchPath, checkpointFolder } from '../../log/format.ts';
import { continuedBy } from '../../log/message.ts';
import type { CommitDraft, LogCommit, Provenance } from '../../log/store.ts';
import { LazyTexts } from '../../kernel/lazy-texts.ts';
import { encodeCommit, formatIdentity } from './store/commit.ts';
import type { GitStore } from './store/git-store.ts';
import { hashObject } from './store/object.ts';
import type { NewObject, Oid } from './store/object.ts';
import type { PackItem } from './store/pack-write.ts';
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
  const batch = store.readBlob(entry.oid).toString('utf8');
  return { oid, parents: continuedBy(parents, message), message, batch, provenance };
}

/** Whether it is the first of an epoch and what it continues is not here: as good as the end of a shallow history. */
export function isLinkBroken(
  store: Pick<GitStore, 'readCommit' | 'readObject'>,
  { oid, parents }: Pick<LogCommit, 'oid' | 'parents'>,
): boolean {
  const [before] = parents;
  if (before === undefined || store.readCommit(oid).parents.length > 0) return false;
  return store.readObject(before) === undefined;
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
  return new LazyTexts(oids.keys(), (path) =>
    store.readBlob(present(oids.get(path), 'a file of the checkpoint')).toString('utf8'),
  );
}

/** Paths below one folder with their new texts; null takes a file away. */
type Changes = ReadonlyMap<string, string | null>;

interface Building {
  readonly store: GitStore | null;
  /** By name, so that each is written once; an object is hashed here and nowhere else on its way to the disk. */
  readonly objects: Map<Oid, PackItem>;
}

function add({ objects }: Building, object: NewObject): Oid {
  const oid = hashObject(object);
  objects.set(oid, { oid, type: object.type, body: object.body });
  return oid;
}

function blobEntry(building: Building, name: string, text: string): TreeEntry {
  const oid = add(building, { type: 'blob', body: Buffer.from(text, 'utf8') });
  return { mode: treeModes.file, name, oid };
}

/** The changes by the first name of their paths. */
function byFirstName(changes: Changes): Map<string, Map<string, string | null>> {
  const groups = new Map<string, Map<string, string | null>>();
  for (const [path, text] of changes) {
    const [name = ''] = path.split('/', 1);
    const group = groups.get(name) ?? new Map<string, string | null>();
    groups.set(name, group.set(path.slice(name.length + 1), text));
  }
  return groups;
}

/** The entry of a folder after the changes below it; null when nothing is left in it. */
function folderEntry(
  building: Building,
  before: TreeEntry | undefined,
  name: string,
  changes: Changes,
): TreeEntry | null {
  const { store } = building;
  const isFolder = before?.mode === treeModes.tree && store !== null;
  const after = changedEntries(building, isFolder ? store.readTree(before.oid) : [], changes);
  if (after.size === 0) return null;
  const oid = add(building, { type: 'tree', body: encodeTree([...after.values()]) });
  return { mode: treeModes.tree, name, oid };
}

function changedEntries(
  building: Building,
  entries: readonly TreeEntry[],
  changes: Changes,
): Map<string, TreeEntry> {
  const after = new Map(entries.map((entry) => [entry.name, entry]));
  for (const [name, below] of byFirstName(changes)) {
    const text = below.get('');
    const isFile = text !== undefined;
    const file = typeof text === 'string' ? blobEntry(building, name, text) : null;
    const entry = isFile ? file : folderEntry(building, after.get(name), name, below);
    if (entry === null) after.delete(name);
    else after.set(name, entry);
  }
  return after;
}

function rootTree(building: Building, draft: CommitDraft, parent: Oid | null): Oid {
  const { store } = building;
  const carried =
    store === null || parent === null ? [] : store.readTree(store.readCommit(parent).tree);
  const kept = carried.filter(({ name }) => !(draft.replacesCheckpoint && name === checkpointName));
  const gone = draft.removed.map((path): [string, null] => [path, null]);
  const after = changedEntries(building, kept, new Map([...draft.files, ...gone]));
  return add(building, { type: 'tree', body: encodeTree([...after.values()]) });
}

/** The objects, by name, of the commit that a draft describes on top of `parent`, and the commit's own name. */
export function buildCommit(
  store: GitStore | null,
  draft: CommitDraft,
  parent: Oid | null,
): { objects: ReadonlyMap<Oid, PackItem>; oid: Oid } {
  const building: Building = { store, objects: new Map() };
  const tree = rootTree(building, draft, parent);
  const atSeconds = Math.floor(Date.parse(draft.at) / 1000);
  const who = formatIdentity({ name: 'coord', email: 'coord@localhost', atSeconds, zone: '+0000' });
  const body = encodeCommit({
    tree,
    parents: parent === null ? [] : [parent],
    author: who,
    committer: who,
    headers: [],
    message: draft.message,
  });
  return { oid: add(building, { type: 'commit', body }), objects: building.objects };
}
