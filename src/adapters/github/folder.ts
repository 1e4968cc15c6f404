// A folder as GraphQL shows it: files, and folders two levels down, which is as deep as a checkpoint goes.
import type { NamedBlob } from './log-queries.ts';

interface FolderNode {
  readonly entries?: readonly {
    readonly name: string;
    readonly object: NamedBlob | FolderNode | null;
  }[];
}

function isFolder(node: NamedBlob | FolderNode): node is FolderNode {
  return 'entries' in node;
}

/** The files of a folder and of those in it, by full path; `prefix` is the folder's own path and ends with a slash. */
export function blobsBelow(folder: unknown, prefix: string): Map<string, NamedBlob> {
  const found = new Map<string, NamedBlob>();
  for (const { name, object } of (folder as FolderNode | null)?.entries ?? []) {
    if (object === null) continue;
    const path = `${prefix}${name}`;
    if (!isFolder(object)) found.set(path, object);
    else for (const [below, blob] of blobsBelow(object, `${path}/`)) found.set(below, blob);
  }
  return found;
}
