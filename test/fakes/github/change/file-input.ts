// The files a builder writes: text, bytes, links, executables, submodules, removals.
import type { ObjectStore } from '../git/object-store.ts';
import type { TreeEdit } from '../git/tree.ts';

export type FileInput =
  | string
  | Uint8Array
  | { readonly content: string | Uint8Array; readonly mode: '100644' | '100755' | '120000' }
  /** A submodule: the id of a commit of another repository. */
  | { readonly submodule: string }
  /** The same blob under another mode or path. */
  | { readonly oid: string; readonly mode: string }
  | null;

export type FileInputs = Readonly<Record<string, FileInput>>;

async function editOf(objects: ObjectStore, input: FileInput): Promise<TreeEdit> {
  if (input === null) return null;
  if (typeof input === 'string' || input instanceof Uint8Array) {
    return { mode: '100644', oid: await objects.write('blob', Buffer.from(input)) };
  }
  if ('submodule' in input) return { mode: '160000', oid: input.submodule };
  if ('oid' in input) return input;
  return { mode: input.mode, oid: await objects.write('blob', Buffer.from(input.content)) };
}

/** Writes the blobs and answers what the tree editor needs. */
export async function treeEdits(
  objects: ObjectStore,
  files: FileInputs,
): Promise<Map<string, TreeEdit>> {
  const edits = new Map<string, TreeEdit>();
  for (const [path, input] of Object.entries(files)) edits.set(path, await editOf(objects, input));
  return edits;
}
