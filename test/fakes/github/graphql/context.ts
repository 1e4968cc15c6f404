// What GraphQL resolvers share: the world, the caller, and errors in GitHub's form.
import { GraphQLError } from 'graphql';
import type { Credential } from '../state/credential.ts';
import type { Level } from '../state/app.ts';
import type { Repository } from '../state/repository.ts';
import type { World } from '../state/world.ts';
import type { Limits } from '../http/limits.ts';
import { authorize } from '../rest/authorize.ts';
import { on } from '../rest/call.ts';
import { Problem } from '../rest/problem.ts';

export interface GraphContext {
  readonly world: World;
  readonly credential: Credential;
  readonly limits: Limits;
  /** A planned fault: compare-and-swap answers as if somebody had been faster. */
  readonly isStale: boolean;
}

/**
 * The source object of a GraphQL type: fields are values or functions of their arguments.
 * A field that is not a key of its object is one the fake does not serve.
 */
export interface GraphNode {
  readonly __typename: string;
  readonly [field: string]: unknown;
}

/** An error with GitHub's `type` beside the message. */
export function graphError(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

/** Throws FORBIDDEN or NOT_FOUND unless the caller has this permission on the repository. */
export function requirePermission(
  context: GraphContext,
  repository: Repository,
  permission: string,
  level: Level,
): void {
  try {
    authorize(context.credential, on(permission, level), repository);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 404) throw unknownRepository(repository.fullName);
    throw graphError('FORBIDDEN', error.message);
  }
}

export function unknownRepository(name: string): GraphQLError {
  return graphError('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`);
}

/** The repository of this name, if the caller may know of it. */
export function repositoryNamed(context: GraphContext, name: string): Repository {
  const repository = context.world.repository(name);
  if (repository === null) throw unknownRepository(name);
  requirePermission(context, repository, 'metadata', 'read');
  return repository;
}

/** The repository with this node id. */
export function repositoryById(context: GraphContext, id: string): Repository {
  for (const repository of context.world.repositories.values()) {
    if (repository.nodeId === id) return repository;
  }
  throw graphError('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
}
