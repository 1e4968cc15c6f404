// Merge commits without a work tree, as the merge button and the merge queue make them.
import type { Person } from './object-format.ts';
import type { ObjectStore } from './object-store.ts';
import { mergeBase } from './history.ts';
import { tryGit } from './run.ts';

/** The tree that merging `head` into `base` gives; null when they conflict. */
async function mergedTree(gitDir: string, base: string, head: string): Promise<string | null> {
  const result = await tryGit(gitDir, ['merge-tree', '--write-tree', base, head]);
  if (result.code === 0) return result.stdout.toString().split('\n')[0] ?? null;
  if (result.code === 1) return null;
  throw new Error(`git merge-tree failed (it needs git 2.38): ${result.stderr.trim()}`);
}

export interface MergeRequest {
  readonly base: string;
  readonly head: string;
  readonly message: string;
  readonly author: Person;
  readonly committer: Person;
}

/** Makes a merge commit, moves no ref; null when the two sides conflict. */
export async function mergeCommit(
  gitDir: string,
  objects: ObjectStore,
  request: MergeRequest,
): Promise<string | null> {
  const { base, head, message, author, committer } = request;
  const ancestor = await mergeBase(gitDir, base, head);
  const isForward = ancestor === base;
  const headTree = (await objects.commit(head))?.tree ?? null;
  const tree = isForward ? headTree : await mergedTree(gitDir, base, head);
  if (tree === null) return null;
  return await objects.writeCommit({ tree, parents: [base, head], author, committer, message });
}
