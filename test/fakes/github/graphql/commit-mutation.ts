// `createCommitOnBranch`: a real commit, made and signed by GitHub, put on the branch by compare-and-swap.
import { branchHead, swapRef } from '../git/ref.ts';
import type { TreeEdit } from '../git/tree.ts';
import { editTree, findEntry } from '../git/tree.ts';
import { gitHubPerson, personOf } from '../change/person.ts';
import { refMoved } from '../change/push-change.ts';
import { actorOf } from '../state/credential.ts';
import type { Repository } from '../state/repository.ts';
import { exclusively } from '../state/repository.ts';
import type { GraphContext, GraphNode } from './context.ts';
import { graphError, repositoryNamed, requirePermission } from './context.ts';
import { commitNode, refNode } from './git-node.ts';

export interface CommitInput {
  readonly clientMutationId?: string | null;
  readonly branch: {
    readonly id?: string | null;
    readonly repositoryNameWithOwner?: string | null;
    readonly branchName?: string | null;
  };
  readonly expectedHeadOid: string;
  readonly message: { readonly headline: string; readonly body?: string | null };
  readonly fileChanges?: {
    readonly additions?: readonly { readonly path: string; readonly contents: string }[] | null;
    readonly deletions?: readonly { readonly path: string }[] | null;
  } | null;
}

interface Target {
  readonly repository: Repository;
  readonly branch: string;
}

/** A branch is named by repository and name, or by the node id of its ref. */
function targetOf(context: GraphContext, { branch }: CommitInput): Target {
  if (branch.id == null) {
    return {
      repository: repositoryNamed(context, branch.repositoryNameWithOwner ?? ''),
      branch: branch.branchName ?? '',
    };
  }
  const [, id = '', name = ''] = Buffer.from(branch.id, 'base64url').toString().split(':');
  for (const repository of context.world.repositories.values()) {
    if (String(repository.id) === id) {
      return { repository, branch: name.replace(/^refs\/heads\//, '') };
    }
  }
  throw graphError('NOT_FOUND', `Could not resolve to a node with the global id of '${branch.id}'`);
}

function checkPath(path: string, seen: Set<string>): void {
  const isBad = path === '' || path.split('/').some((part) => /^(|\.|\.\.|\.git)$/i.test(part));
  if (isBad) throw graphError('UNPROCESSABLE', `A path is not valid: ${JSON.stringify(path)}`);
  if (seen.has(path)) {
    throw graphError('UNPROCESSABLE', `A path was given more than once: ${JSON.stringify(path)}`);
  }
  seen.add(path);
}

type Changes = NonNullable<CommitInput['fileChanges']>;

function changesOf({ fileChanges }: CommitInput): {
  readonly additions: NonNullable<Changes['additions']>;
  readonly deletions: NonNullable<Changes['deletions']>;
} {
  return { additions: fileChanges?.additions ?? [], deletions: fileChanges?.deletions ?? [] };
}

async function editsOf(
  repository: Repository,
  tree: string,
  input: CommitInput,
): Promise<Map<string, TreeEdit>> {
  const { objects } = repository;
  const edits = new Map<string, TreeEdit>();
  const seen = new Set<string>();
  const { additions, deletions } = changesOf(input);
  for (const { path, contents } of additions) {
    checkPath(path, seen);
    const existing = await findEntry(objects, tree, path);
    // There is no way to ask for a mode: an executable stays one, everything else is a plain file.
    const mode = existing?.mode === '100755' ? '100755' : '100644';
    edits.set(path, { mode, oid: await objects.write('blob', Buffer.from(contents, 'base64')) });
  }
  for (const { path } of deletions) {
    checkPath(path, seen);
    if ((await findEntry(objects, tree, path)) === null) {
      const message = `A path was requested for deletion which does not exist as of commit oid \`${input.expectedHeadOid}\``;
      throw graphError('NOT_FOUND', message);
    }
    edits.set(path, null);
  }
  return edits;
}

async function writeCommit(
  context: GraphContext,
  repository: Repository,
  input: CommitInput,
): Promise<string> {
  const { objects } = repository;
  const actor = actorOf(context.credential);
  if (actor === null) throw graphError('FORBIDDEN', 'Resource not accessible by integration');
  const parent = await objects.commit(input.expectedHeadOid);
  if (parent === null) {
    const message = `No commit exists with specified expectedHeadOid '${input.expectedHeadOid}'.`;
    throw graphError('NOT_FOUND', message);
  }
  const { headline, body } = input.message;
  const tree = await editTree(objects, parent.tree, await editsOf(repository, parent.tree, input));
  return await objects.writeCommit({
    tree,
    parents: [parent.oid],
    author: personOf(context.world, actor),
    committer: gitHubPerson(context.world),
    message: body == null || body === '' ? headline : `${headline}\n\n${body}`,
  });
}

function stale(oid: string): Error {
  // Two spaces: this is how GitHub prints it, and clients match on it.
  const message = `Expected branch to point to "${oid}" but it did not.  Pull and try again.`;
  return graphError('STALE_DATA', message);
}

async function commitAndSwap(
  context: GraphContext,
  { repository, branch }: Target,
  input: CommitInput,
): Promise<string> {
  return await exclusively(repository, async () => {
    const head = await branchHead(repository.objects, branch);
    if (head === null) {
      throw graphError(
        'NOT_FOUND',
        `The branch '${branch}' does not exist in ${repository.fullName}.`,
      );
    }
    if (!/^[0-9a-f]{40}$/.test(input.expectedHeadOid)) {
      throw graphError('UNPROCESSABLE', 'expectedHeadOid is not a full object id.');
    }
    const oid = await writeCommit(context, repository, input);
    if (head !== input.expectedHeadOid || context.isStale) throw stale(input.expectedHeadOid);
    // A push over git can still come in between.
    const isSwapped = await swapRef(repository.gitDir, `refs/heads/${branch}`, oid, head);
    if (!isSwapped) throw stale(input.expectedHeadOid);
    repository.signed.set(oid, context.world.timestamp());
    return oid;
  });
}

/** Resolves the mutation; every failure is an error in the answer, the status stays 200. */
export async function createCommitOnBranch(
  context: GraphContext,
  input: CommitInput,
): Promise<GraphNode> {
  const target = targetOf(context, input);
  const { repository, branch } = target;
  requirePermission(context, repository, 'contents', 'write');
  const oid = await commitAndSwap(context, target, input);
  const sender = actorOf(context.credential);
  const ref = `refs/heads/${branch}`;
  if (sender !== null) {
    const move = { ref, before: input.expectedHeadOid, after: oid, sender };
    await refMoved(context.world, repository, move);
  }
  const place = { context, repository };
  return {
    __typename: 'CreateCommitOnBranchPayload',
    clientMutationId: input.clientMutationId ?? null,
    commit: () => commitNode(place, oid),
    ref: refNode(place, { name: ref, oid, type: 'commit' }),
  };
}
