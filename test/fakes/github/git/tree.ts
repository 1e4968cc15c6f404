// Walks and edits trees: look a path up, list everything, lay changed files over a tree.
import type { ObjectStore } from './object-store.ts';
import type { TreeEntry } from './object-format.ts';
import { entryType, isFolder } from './object-format.ts';

export interface PathEntry extends TreeEntry {
  /** Full path from the root. */
  readonly path: string;
}

/** Finds what a path names in a tree; the empty path names the tree itself. */
export async function findEntry(
  objects: ObjectStore,
  tree: string,
  path: string,
): Promise<PathEntry | null> {
  let entry: PathEntry = { mode: '040000', name: '', oid: tree, path: '' };
  for (const name of path.split('/').filter((part) => part !== '')) {
    if (!isFolder(entry)) return null;
    const entries = await objects.tree(entry.oid);
    const found = entries?.find((candidate) => candidate.name === name);
    if (found === undefined) return null;
    entry = { ...found, path: entry.path === '' ? name : `${entry.path}/${name}` };
  }
  return entry;
}

/** All entries below a tree in git's order, folders before what they contain. */
export async function listTree(
  objects: ObjectStore,
  tree: string,
  prefix = '',
): Promise<PathEntry[]> {
  const entries = (await objects.tree(tree)) ?? [];
  const listed: PathEntry[] = [];
  for (const entry of entries) {
    const path = `${prefix}${entry.name}`;
    listed.push({ ...entry, path });
    if (isFolder(entry)) listed.push(...(await listTree(objects, entry.oid, `${path}/`)));
  }
  return listed;
}

/** What an edit puts at a path; null removes it. */
export type TreeEdit = { readonly mode: string; readonly oid: string } | null;

/** Lays edits by full path over a tree (null: the empty one); empty folders vanish. Answers the tree's id. */
export async function editTree(
  objects: ObjectStore,
  tree: string | null,
  edits: ReadonlyMap<string, TreeEdit>,
): Promise<string> {
  const current = tree === null ? [] : ((await objects.tree(tree)) ?? []);
  const entries = new Map(current.map((entry) => [entry.name, entry]));
  const nested = new Map<string, Map<string, TreeEdit>>();
  for (const [path, edit] of edits) {
    const slash = path.indexOf('/');
    if (slash < 0) {
      if (edit === null) entries.delete(path);
      else entries.set(path, { name: path, ...edit });
      continue;
    }
    const folder = path.slice(0, slash);
    const inner = nested.get(folder) ?? new Map<string, TreeEdit>();
    inner.set(path.slice(slash + 1), edit);
    nested.set(folder, inner);
  }
  for (const [folder, inner] of nested) await editFolder(objects, entries, folder, inner);
  return await objects.writeTree([...entries.values()]);
}

const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

async function editFolder(
  objects: ObjectStore,
  entries: Map<string, TreeEntry>,
  folder: string,
  inner: ReadonlyMap<string, TreeEdit>,
): Promise<void> {
  const existing = entries.get(folder);
  const base = existing !== undefined && isFolder(existing) ? existing.oid : null;
  const oid = await editTree(objects, base, inner);
  if (oid === emptyTree) entries.delete(folder);
  else entries.set(folder, { mode: '040000', name: folder, oid });
}

/** Reads the text of a file at a commit; null when the path names no file there. */
export async function readFileAt(
  objects: ObjectStore,
  commit: string,
  path: string,
): Promise<Buffer | null> {
  const found = await objects.commit(commit);
  const entry = found === null ? null : await findEntry(objects, found.tree, path);
  if (entry === null || entryType(entry.mode) !== 'blob') return null;
  return (await objects.read(entry.oid))?.data ?? null;
}
