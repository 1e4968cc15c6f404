// Serves one REST request: route, authorise, validate, handle, complete, and check our own answer.
import { isObject, overlayObject } from '../state/json.ts';
import type { JsonObject } from '../state/json.ts';
import type { Credential } from '../state/credential.ts';
import type { Repository } from '../state/repository.ts';
import type { World } from '../state/world.ts';
import type { Limits } from '../http/limits.ts';
import type { WebhookDispatcher } from '../webhook/dispatcher.ts';
import { authorize } from './authorize.ts';
import type { Endpoint, RestAnswer, RestServices } from './call.ts';
import { RestCall } from './call.ts';
import { invalidRequest, notFound, Problem } from './problem.ts';
import type { OpenApi, Operation } from './openapi.ts';
import type { SchemaCompiler } from './schema.ts';
import { RequestChecker } from './validate.ts';

export interface RestRequest {
  readonly method: string;
  /** Without the `/api/v3` prefix, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Undefined when the request had no body. */
  readonly body: unknown;
  readonly accept: string;
  /** Address of the request without its query. */
  readonly address: string;
}

export interface Route {
  readonly operation: Operation;
  readonly endpoint: Endpoint;
  readonly path: Readonly<Record<string, string>>;
}

const exampleRepository = /octocat\/Hello-World|octo-org\/octo-repo/gi;

export class RestDispatcher implements RestServices {
  readonly limits: Limits;
  readonly webhooks: WebhookDispatcher;
  readonly api: OpenApi;
  readonly #world: World;
  readonly #schemas: SchemaCompiler;
  readonly #checker: RequestChecker;
  readonly #endpoints: ReadonlyMap<string, Endpoint>;

  constructor(
    world: World,
    parts: {
      readonly api: OpenApi;
      readonly schemas: SchemaCompiler;
      readonly limits: Limits;
      readonly webhooks: WebhookDispatcher;
      readonly endpoints: readonly Endpoint[];
    },
  ) {
    this.#world = world;
    this.api = parts.api;
    this.limits = parts.limits;
    this.webhooks = parts.webhooks;
    this.#schemas = parts.schemas;
    this.#checker = new RequestChecker(parts.api, parts.schemas);
    this.#endpoints = new Map(parts.endpoints.map((each) => [each.id, each]));
  }

  /** Finds the endpoint of a request; throws 404 or 501 and notes what the fake does not know. */
  route(method: string, path: string): Route {
    const operations = this.api.matching(method, path);
    for (const operation of operations) {
      const endpoint = this.#endpoints.get(operation.id);
      if (endpoint === undefined) continue;
      return { operation, endpoint, path: pathParameters(operation, path) };
    }
    const [known] = operations;
    const operation = known?.id ?? `${method} ${path}`;
    const message =
      known === undefined ? 'GitHub has no such route.' : 'The fake does not serve this operation.';
    this.#world.violate({ kind: known === undefined ? 'request' : 'missing', operation, message });
    throw known === undefined ? notFound() : new Problem(501, message);
  }

  /** Handles a routed request and answers what GitHub would. */
  async handle(route: Route, request: RestRequest, credential: Credential): Promise<RestAnswer> {
    const repository = this.#repositoryOf(route.path);
    authorize(credential, route.endpoint.needs, repository);
    const { refusal, ignored, query } = this.#checker.check(route.operation, {
      path: route.path,
      query: request.query,
      body: request.body,
    });
    for (const message of ignored) this.#violate(route, message);
    if (refusal !== null) {
      this.#violate(route, refusal);
      throw invalidRequest(refusal);
    }
    const call = new RestCall({
      world: this.#world,
      services: this,
      credential,
      path: route.path,
      query,
      body: isObject(request.body) ? request.body : {},
      accept: request.accept,
      address: request.address,
      repository,
    });
    return this.#finish(route, await route.endpoint.handle(call), repository);
  }

  complete(operation: string, status: number, view: JsonObject): JsonObject {
    return overlayObject(this.#example(operation, status, null), view);
  }

  #violate(route: Route, message: string): void {
    this.#world.violate({ kind: 'request', operation: route.operation.id, message });
  }

  #repositoryOf(path: Readonly<Record<string, string>>): Repository | null {
    const { owner, repo } = path;
    if (owner === undefined || repo === undefined) return null;
    return this.#world.repository(`${owner}/${repo}`);
  }

  #example(operation: string, status: number, repository: Repository | null): unknown {
    const { url } = this.#world;
    return this.api.example(operation, status, (text) => {
      const local = text
        .replaceAll('https://api.github.com', `${url}/api/v3`)
        .replaceAll('https://github.com', url);
      return repository === null ? local : local.replaceAll(exampleRepository, repository.fullName);
    });
  }

  #finish({ operation }: Route, answer: RestAnswer, repository: Repository | null): RestAnswer {
    if (answer.raw !== undefined || answer.body === undefined) return answer;
    const body =
      answer.isBare === true
        ? answer.body
        : laidOver(this.#example(operation.id, answer.status, repository), answer.body);
    // A round trip removes what JSON cannot say, such as undefined fields.
    const plain = JSON.parse(JSON.stringify(body)) as unknown;
    this.#checkAnswer(operation, answer.status, plain);
    return { ...answer, body: plain };
  }

  #checkAnswer(operation: Operation, status: number, body: unknown): void {
    const schema = this.api.answerSchema(operation, status, 'application/json');
    const message =
      schema === null
        ? `GitHub documents no JSON answer with status ${status}.`
        : this.#schemas
            .check(`${operation.id} answer ${status}`, schema, body)
            .map((error) => `${error.instancePath} ${error.message ?? ''}`)
            .join('; ');
    if (message === '') return;
    this.#world.violate({ kind: 'answer', operation: operation.id, message });
    throw new Problem(500, `The fake answered against GitHub's API description: ${message}`);
  }
}

/** Lays an answer over its example; in a list every item is laid over the example's first one. */
function laidOver(example: unknown, body: unknown): unknown {
  if (Array.isArray(body)) {
    const first: unknown = Array.isArray(example) ? example[0] : undefined;
    return body.map((item: unknown) => (isObject(item) ? overlayObject(first, item) : item));
  }
  return isObject(body) ? overlayObject(example, body) : body;
}

function pathParameters(operation: Operation, path: string): Record<string, string> {
  const values = operation.pattern.exec(path)?.slice(1) ?? [];
  const pairs = operation.pathNames.map((name, index) => {
    return [name, decodeURIComponent(values[index] ?? '')] as const;
  });
  return Object.fromEntries(pairs);
}
