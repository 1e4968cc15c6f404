// Executes GraphQL on GitHub's own schema; a field nobody serves is an error and a violation, never a silent null.
import type {
  DocumentNode,
  GraphQLFieldResolver,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import {
  buildASTSchema,
  execute,
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { readArtefact } from '../rest/artefact.ts';
import type { JsonObject } from '../state/json.ts';
import { isObject } from '../state/json.ts';
import type { World } from '../state/world.ts';
import type { GraphContext } from './context.ts';
import { graphError } from './context.ts';
import { mutationRoot, queryRoot } from './root.ts';

let loaded: Promise<GraphQLSchema> | null = null;

/** Builds the schema once per process, at the first GraphQL request (about 0.2 s). */
async function loadSchema(): Promise<GraphQLSchema> {
  loaded ??= readArtefact('@octokit/graphql-schema/schema.graphql').then((sdl) => {
    const document = parse(sdl, { noLocation: true });
    return buildASTSchema(document, { assumeValid: true, assumeValidSDL: true });
  });
  return await loaded;
}

export interface GraphRequest {
  readonly document: DocumentNode;
  readonly variables: JsonObject;
  readonly operationName: string | null;
  /** Root fields, e.g. `createCommitOnBranch`. */
  readonly fields: readonly string[];
  readonly isMutation: boolean;
}

function operationOf(document: DocumentNode, name: string | null): OperationDefinitionNode | null {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (name === null || definition.name?.value === name) return definition;
  }
  return null;
}

/** Reads the body of a GraphQL request; throws a GraphQL error when it cannot be parsed. */
export function parseGraphRequest(body: unknown): GraphRequest {
  if (!isObject(body) || typeof body['query'] !== 'string') {
    throw new GraphQLError('A query attribute must be specified and must be a string.');
  }
  const document = parse(body['query']);
  const operationName = typeof body['operationName'] === 'string' ? body['operationName'] : null;
  const operation = operationOf(document, operationName);
  const selections = operation?.selectionSet.selections ?? [];
  return {
    document,
    variables: isObject(body['variables']) ? body['variables'] : {},
    operationName,
    fields: selections.map((each) => (each.kind === Kind.FIELD ? each.name.value : '...')),
    isMutation: operation?.operation === OperationTypeNode.MUTATION,
  };
}

/** Values and functions of the source object; what is no key of it is not served. */
function resolverFor(world: World): GraphQLFieldResolver<unknown, GraphContext> {
  return (source, args: unknown, _context, info) => {
    const { fieldName, parentType } = info;
    if (!isObject(source) || !(fieldName in source)) {
      const operation = `${parentType.name}.${fieldName}`;
      const message = `The fake does not serve the field ${operation}.`;
      world.violate({ kind: 'missing', operation, message });
      throw graphError('NOT_IMPLEMENTED', message);
    }
    const value = source[fieldName];
    return typeof value === 'function' ? (value as (args: unknown) => unknown)(args) : value;
  };
}

/** GitHub puts the type of an error beside its message. */
export function formatError(error: GraphQLError): JsonObject {
  const { type } = error.extensions;
  return {
    ...(type === undefined ? {} : { type }),
    ...(error.path === undefined ? {} : { path: error.path }),
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    message: error.message,
  };
}

/** Runs a request and answers the body; the status of it is always 200. */
export async function runGraphQl(
  context: GraphContext,
  request: GraphRequest,
): Promise<JsonObject> {
  const { world } = context;
  const schema = await loadSchema();
  const invalid = validate(schema, request.document);
  if (invalid.length > 0) {
    const operation = request.fields.join(',');
    const message = invalid.map((error) => error.message).join('; ');
    world.violate({ kind: 'request', operation, message });
    return { errors: invalid.map(formatError) };
  }
  const result = await execute({
    schema,
    document: request.document,
    variableValues: request.variables,
    operationName: request.operationName,
    contextValue: context,
    rootValue: request.isMutation ? mutationRoot(context) : queryRoot(context),
    fieldResolver: resolverFor(world),
  });
  noteWrongInput(world, request, result.errors ?? []);
  const errors = result.errors?.map(formatError);
  return {
    ...(result.data === undefined ? {} : { data: result.data }),
    ...(errors === undefined ? {} : { errors }),
  };
}

/** Errors without a type are not GitHub's refusals but wrong variables, or a bug in a resolver. */
function noteWrongInput(
  world: World,
  request: GraphRequest,
  errors: readonly GraphQLError[],
): void {
  for (const error of errors) {
    if (error.extensions['type'] !== undefined) continue;
    const kind =
      error.originalError === undefined || error.path === undefined ? 'request' : 'answer';
    world.violate({ kind, operation: request.fields.join(','), message: error.message });
  }
}
