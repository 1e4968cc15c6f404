// Objects that are there before they are asked for, and the commits that the installed git lists.
import type { Commit } from './store/commit.ts';
import { parseCommit } from './store/commit.ts';
import type { GitObject, ObjectType, Oid } from './store/object.ts';
import { isOid } from './store/object.ts';
import { parseTree } from './store/tree.ts';
import type { TreeEntry } from './store/tree.ts';
import type { GitStore } from './store/git-store.ts';
import { tryGit } from './native.ts';

/** What commits are read from; a {@link GitStore} will do. */
export type CommitSource = Pick<GitStore, 'readCommit' | 'readTree' | 'readBlob'>;

/** Objects by name, each verified by its hash. */
export type ObjectBatch = ReadonlyMap<Oid, GitObject>;

/** The words to run git with on a store, as it is. */
export function gitOn(directory: string, ...words: readonly string[]): string[] {
  // Neither replacements nor the commit graph may stand in for what the objects say.
  return [
    '--no-replace-objects',
    `--git-dir=${directory}`,
    '-c',
    'core.commitGraph=false',
    ...words,
  ];
}

/** Commits from the first to the head along first parents, as git lists them; null where git is not there or fails. */
export async function listedCommits(directory: string, head: Oid): Promise<Oid[] | null> {
  try {
    const words = gitOn(directory, 'rev-list', '--first-parent', '--reverse', head, '--');
    const { status, stdout } = await tryGit(words);
    const oids = stdout.toString('latin1').trim().split('\n');
    return status === 0 && oids.every(isOid) ? oids : null;
  } catch {
    return null;
  }
}

/** A source with a batch in front of it. */
export function withBatch(batch: ObjectBatch, source: CommitSource): CommitSource {
  const bodyOf = (oid: Oid, type: ObjectType): Buffer | undefined => {
    const object = batch.get(oid);
    return object?.type === type ? object.body : undefined;
  };
  return {
    readCommit: (oid): Commit => {
      const body = bodyOf(oid, 'commit');
      return body === undefined ? source.readCommit(oid) : parseCommit(body);
    },
    readTree: (oid): TreeEntry[] => {
      const body = bodyOf(oid, 'tree');
      return body === undefined ? source.readTree(oid) : parseTree(body);
    },
    readBlob: (oid) => bodyOf(oid, 'blob') ?? source.readBlob(oid),
  };
}
