// Commits files straight into the bare repository, as if somebody had pushed them.
import type { Person } from '../git/object-format.ts';
import { branchHead, swapRef } from '../git/ref.ts';
import { editTree } from '../git/tree.ts';
import type { Repository } from '../state/repository.ts';
import { exclusively } from '../state/repository.ts';
import type { World } from '../state/world.ts';
import type { FileInputs } from './file-input.ts';
import { treeEdits } from './file-input.ts';
import { personOf } from './person.ts';

export interface CommitRequest {
  /** Branch to commit on; the default branch when absent. It is made where it does not exist. */
  readonly branch?: string;
  readonly files: FileInputs;
  readonly message?: string;
  /** Login of author and committer; the owner when absent. */
  readonly author?: string;
  /** Start here instead of at the branch's head, and force the branch over. */
  readonly parent?: string;
  readonly at?: Date;
}

export interface MadeCommit {
  readonly oid: string;
  /** Full name of the branch. */
  readonly ref: string;
  /** Its head before; null when it is new. */
  readonly before: string | null;
}

/** Where a new commit starts: the given parent, the branch, or the default branch. */
async function parentOf(
  { objects, defaultBranch }: Repository,
  request: CommitRequest,
  head: string | null,
): Promise<string | null> {
  return request.parent ?? head ?? (await branchHead(objects, defaultBranch));
}

function authorOf(world: World, { owner }: Repository, request: CommitRequest): Person {
  return personOf(world, world.account(request.author ?? owner.login), request.at);
}

/** Writes the commit and moves the branch, without telling anybody. */
export async function commitFiles(
  world: World,
  repository: Repository,
  request: CommitRequest,
): Promise<MadeCommit> {
  const { objects, gitDir } = repository;
  const branch = request.branch ?? repository.defaultBranch;
  const ref = `refs/heads/${branch}`;
  return await exclusively(repository, async () => {
    const before = await branchHead(objects, branch);
    const parent = await parentOf(repository, request, before);
    const base = parent === null ? null : await objects.commit(parent);
    const author = authorOf(world, repository, request);
    const oid = await objects.writeCommit({
      tree: await editTree(objects, base?.tree ?? null, await treeEdits(objects, request.files)),
      parents: base === null ? [] : [base.oid],
      author,
      committer: author,
      message: request.message ?? `Change ${Object.keys(request.files).join(', ')}`,
    });
    if (!(await swapRef(gitDir, ref, oid, before))) throw new Error(`${ref} moved meanwhile.`);
    return { oid, ref, before };
  });
}
