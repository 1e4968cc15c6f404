// Repositories, pull requests and issues as GraphQL nodes: the basics, the rest is an error.
import { isRefName, resolveRef } from '../git/ref.ts';
import { pullFigures } from '../change/pull-diff.ts';
import type { Repository } from '../state/repository.ts';
import { webUrl } from '../state/repository.ts';
import type { PullThread, Thread } from '../state/thread.ts';
import { isPull } from '../state/thread.ts';
import { nodeId } from '../state/world.ts';
import { accountNode } from './account-node.ts';
import type { GraphContext, GraphNode } from './context.ts';
import { graphError, requirePermission } from './context.ts';
import { expressionNode, objectNode, refNode } from './git-node.ts';

interface ObjectArguments {
  readonly oid?: string | null;
  readonly expression?: string | null;
}

export function repositoryNode(context: GraphContext, repository: Repository): GraphNode {
  const place = { context, repository };
  const readRef = async (name: string): Promise<GraphNode | null> => {
    requirePermission(context, repository, 'contents', 'read');
    const names = [name, `refs/heads/${name}`, `refs/tags/${name}`].filter(isRefName);
    for (const candidate of names) {
      const ref = await resolveRef(repository.objects, candidate);
      if (ref !== null) return refNode(place, ref);
    }
    return null;
  };
  return {
    __typename: 'Repository',
    id: repository.nodeId,
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: repository.fullName,
    owner: accountNode(context, repository.owner),
    url: webUrl(context.world.url, repository),
    isPrivate: repository.isPrivate,
    isFork: repository.parent !== null,
    defaultBranchRef: () => readRef(`refs/heads/${repository.defaultBranch}`),
    ref: ({ qualifiedName }: { readonly qualifiedName: string }) => readRef(qualifiedName),
    object: ({ oid, expression }: ObjectArguments) => {
      requirePermission(context, repository, 'contents', 'read');
      if (oid != null) return objectNode(place, oid);
      return expressionNode(place, expression ?? 'HEAD');
    },
    pullRequest: ({ number }: { readonly number: number }) => {
      requirePermission(context, repository, 'pull_requests', 'read');
      const thread = repository.threads.get(number);
      if (thread !== undefined && isPull(thread)) return pullNode(context, thread);
      throw unresolved('PullRequest', number);
    },
    issue: ({ number }: { readonly number: number }) => {
      requirePermission(context, repository, 'issues', 'read');
      const thread = repository.threads.get(number);
      if (thread !== undefined && !isPull(thread)) return issueNode(context, thread);
      throw unresolved('Issue', number);
    },
  };
}

function unresolved(type: string, number: number): Error {
  return graphError('NOT_FOUND', `Could not resolve to ${type} with the number of ${number}.`);
}

function issueNode(context: GraphContext, thread: Thread): GraphNode {
  return {
    __typename: 'Issue',
    id: nodeId('Issue', thread.id),
    databaseId: thread.id,
    number: thread.number,
    title: thread.title,
    body: thread.body ?? '',
    state: thread.state.toUpperCase(),
    author: accountNode(context, thread.author),
    createdAt: thread.createdAt,
    updatedAt: thread.updatedAt,
  };
}

function pullNode(context: GraphContext, thread: PullThread): GraphNode {
  const { pull, repository } = thread;
  const isMerged = pull.mergedAt !== null;
  return {
    ...issueNode(context, thread),
    __typename: 'PullRequest',
    id: nodeId('PullRequest', pull.id),
    databaseId: pull.id,
    state: isMerged ? 'MERGED' : thread.state.toUpperCase(),
    url: `${webUrl(context.world.url, repository)}/pull/${thread.number}`,
    merged: isMerged,
    isDraft: pull.isDraft,
    isCrossRepository: pull.headRepository !== repository,
    headRefName: pull.headRef,
    headRefOid: pull.headSha,
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    headRepository: () => repositoryNode(context, pull.headRepository),
    changedFiles: async () => (await pullFigures(thread)).changedFiles,
    additions: async () => (await pullFigures(thread)).additions,
    deletions: async () => (await pullFigures(thread)).deletions,
  };
}
