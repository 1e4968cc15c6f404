// The contract between the REST dispatcher and its endpoints.
import type { Account } from '../state/account.ts';
import type { App, Level } from '../state/app.ts';
import type { Credential } from '../state/credential.ts';
import { actorOf } from '../state/credential.ts';
import type { JsonObject } from '../state/json.ts';
import type { Repository, Role } from '../state/repository.ts';
import type { World } from '../state/world.ts';
import type { Doer } from '../change/thread-change.ts';
import type { Limits } from '../http/limits.ts';
import type { WebhookDispatcher } from '../webhook/dispatcher.ts';
import { notFound, Problem } from './problem.ts';
import type { OpenApi } from './openapi.ts';

export type Need =
  /** Anybody, signed in or not. */
  | { readonly kind: 'open' }
  /** A JSON web token of an App. */
  | { readonly kind: 'app' }
  /** Any one of these permissions on the repository of the path. */
  | {
      readonly kind: 'repository';
      readonly permissions: readonly string[];
      readonly level: Level;
      /** The least role of a person; follows from the level when absent. */
      readonly role?: Role;
      /** Only Apps may (check runs). */
      readonly isAppOnly?: boolean;
    };

export interface RestAnswer {
  readonly status: number;
  /** JSON; objects are laid over the documented example. */
  readonly body?: unknown;
  /** Answered as it is, with its own media type, instead of `body`. */
  readonly raw?: { readonly data: Buffer; readonly mediaType: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** Leaves the documented example out, where it shows another variant. */
  readonly isBare?: boolean;
}

export interface Endpoint {
  /** Operation id of GitHub's API description, e.g. `issues/create-comment`. */
  readonly id: string;
  readonly needs: Need;
  handle(call: RestCall): RestAnswer | Promise<RestAnswer>;
}

/** What endpoints reach beyond the state: limits, deliveries and the API description. */
export interface RestServices {
  readonly limits: Limits;
  readonly webhooks: WebhookDispatcher;
  readonly api: OpenApi;
  /** A nested answer, complete: our state over the documented example of an operation. */
  complete(operation: string, status: number, view: JsonObject): JsonObject;
}

export class RestCall {
  readonly world: World;
  readonly services: RestServices;
  readonly credential: Credential;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | number | boolean>>;
  readonly body: JsonObject;
  /** The `Accept` header, empty when absent. */
  readonly accept: string;
  /** Address of this request without its query, for `Link`. */
  readonly address: string;
  readonly #repository: Repository | null;

  constructor(parts: {
    readonly world: World;
    readonly services: RestServices;
    readonly credential: Credential;
    readonly path: Readonly<Record<string, string>>;
    readonly query: Readonly<Record<string, string | number | boolean>>;
    readonly body: JsonObject;
    readonly accept: string;
    readonly address: string;
    readonly repository: Repository | null;
  }) {
    this.world = parts.world;
    this.services = parts.services;
    this.credential = parts.credential;
    this.path = parts.path;
    this.query = parts.query;
    this.body = parts.body;
    this.accept = parts.accept;
    this.address = parts.address;
    this.#repository = parts.repository;
  }

  /** The repository of the path. */
  get repository(): Repository {
    if (this.#repository === null) throw notFound();
    return this.#repository;
  }

  /** Who acts, and through which App. */
  get doer(): Doer {
    const account: Account | null = actorOf(this.credential);
    if (account === null) throw new Problem(401, 'Requires authentication');
    return { account, viaApp: this.app };
  }

  /** The App a token belongs to; null for people. */
  get app(): App | null {
    return this.credential.kind === 'installation' ? this.credential.app : null;
  }

  /** A path parameter; there because the route matched. */
  part(name: string): string {
    return this.path[name] ?? '';
  }

  /** A numeric path parameter. */
  number(name: string): number {
    return Number(this.part(name));
  }
}

/** Shorthand for the need of most endpoints. */
export function on(
  permissions: string | readonly string[],
  level: Level,
  more: { readonly role?: Role; readonly isAppOnly?: boolean } = {},
): Need {
  const list = typeof permissions === 'string' ? [permissions] : permissions;
  return { kind: 'repository', permissions: list, level, ...more };
}
