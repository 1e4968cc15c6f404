// The root fields of Query and Mutation the fake serves.
import { isRefName, swapRef } from '../git/ref.ts';
import { refMoved } from '../change/push-change.ts';
import { react } from '../change/thread-change.ts';
import { actorOf } from '../state/credential.ts';
import type { Repository } from '../state/repository.ts';
import { exclusively } from '../state/repository.ts';
import type { Reaction } from '../state/thread.ts';
import { nodeId } from '../state/world.ts';
import { accountNode } from './account-node.ts';
import type { CommitInput } from './commit-mutation.ts';
import { createCommitOnBranch } from './commit-mutation.ts';
import type { GraphContext, GraphNode } from './context.ts';
import { graphError, repositoryById, repositoryNamed, requirePermission } from './context.ts';
import { refNode } from './git-node.ts';
import type { RefsInput } from './refs-mutation.ts';
import { updateRefs } from './refs-mutation.ts';
import { repositoryNode } from './repository-node.ts';

const reactionNames: Readonly<Record<string, string>> = {
  THUMBS_UP: '+1',
  THUMBS_DOWN: '-1',
  LAUGH: 'laugh',
  CONFUSED: 'confused',
  HEART: 'heart',
  HOORAY: 'hooray',
  EYES: 'eyes',
  ROCKET: 'rocket',
};

function rateLimitNode({ limits, credential }: GraphContext): GraphNode {
  const { limit, used, remaining, resetSeconds } = limits.budget(credential, 'graphql');
  const resetAt = new Date(resetSeconds * 1000).toISOString();
  return { __typename: 'RateLimit', cost: 1, nodeCount: 0, limit, used, remaining, resetAt };
}

/** Source object of `Query`. */
export function queryRoot(context: GraphContext): GraphNode {
  return {
    __typename: 'Query',
    rateLimit: () => rateLimitNode(context),
    viewer: () => {
      const account = actorOf(context.credential);
      if (account === null) throw graphError('FORBIDDEN', 'Resource not accessible by integration');
      return accountNode(context, account, 'User');
    },
    repository: ({ owner, name }: { readonly owner: string; readonly name: string }) => {
      return repositoryNode(context, repositoryNamed(context, `${owner}/${name}`));
    },
  };
}

interface RefInput {
  readonly clientMutationId?: string | null;
  readonly repositoryId: string;
  readonly name: string;
  readonly oid: string;
}

async function createRef(context: GraphContext, input: RefInput): Promise<GraphNode> {
  const repository = repositoryById(context, input.repositoryId);
  requirePermission(context, repository, 'contents', 'write');
  const { name, oid } = input;
  const object = await repository.objects.read(oid);
  if (!isRefName(name) || object === null) {
    throw graphError('UNPROCESSABLE', 'Ref cannot be created.');
  }
  const isNew = await exclusively(repository, () => swapRef(repository.gitDir, name, oid, null));
  if (!isNew) {
    throw graphError('UNPROCESSABLE', `A ref named "${name}" already exists in the repository.`);
  }
  const sender = actorOf(context.credential);
  if (sender !== null) {
    await refMoved(context.world, repository, { ref: name, before: null, after: oid, sender });
  }
  return {
    __typename: 'CreateRefPayload',
    clientMutationId: input.clientMutationId ?? null,
    ref: refNode({ context, repository }, { name, oid, type: object.type }),
  };
}

interface ReactionInput {
  readonly clientMutationId?: string | null;
  readonly subjectId: string;
  readonly content: string;
}

function subjectOf(
  context: GraphContext,
  id: string,
): { readonly repository: Repository; readonly target: { readonly reactions: Reaction[] } } {
  for (const repository of context.world.repositories.values()) {
    for (const comment of repository.comments.values()) {
      if (nodeId('IssueComment', comment.id) === id) return { repository, target: comment };
    }
    for (const thread of repository.threads.values()) {
      const own =
        thread.pull === null ? nodeId('Issue', thread.id) : nodeId('PullRequest', thread.pull.id);
      if (own === id) return { repository, target: thread };
    }
  }
  throw graphError('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
}

function addReaction(context: GraphContext, input: ReactionInput): GraphNode {
  const { repository, target } = subjectOf(context, input.subjectId);
  requirePermission(context, repository, 'issues', 'write');
  const user = actorOf(context.credential);
  if (user === null) throw graphError('FORBIDDEN', 'Resource not accessible by integration');
  const content = reactionNames[input.content] ?? '';
  const { reaction } = react(context.world, target, user, content);
  return {
    __typename: 'AddReactionPayload',
    clientMutationId: input.clientMutationId ?? null,
    reaction: {
      __typename: 'Reaction',
      id: nodeId('Reaction', reaction.id),
      databaseId: reaction.id,
      content: input.content,
      createdAt: reaction.createdAt,
    },
  };
}

/** Source object of `Mutation`. */
export function mutationRoot(context: GraphContext): GraphNode {
  return {
    __typename: 'Mutation',
    createCommitOnBranch: ({ input }: { readonly input: CommitInput }) => {
      return createCommitOnBranch(context, input);
    },
    createRef: ({ input }: { readonly input: RefInput }) => createRef(context, input),
    updateRefs: ({ input }: { readonly input: RefsInput }) => updateRefs(context, input),
    addReaction: ({ input }: { readonly input: ReactionInput }) => addReaction(context, input),
  };
}
