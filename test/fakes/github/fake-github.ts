// A GitHub for tests and for the demo: one HTTP server on a loopback port, checked by GitHub's own artefacts.
//
// What it is. REST (with and without `/api/v3`), GraphQL (`/graphql` and `/api/graphql`), git over smart HTTP and signed
// webhooks, over repositories that are real bare git repositories in a temporary folder. Requests and answers are checked
// against GitHub's OpenAPI description, GraphQL runs on GitHub's schema, webhook payloads are checked against GitHub's
// webhook schemas. Whatever does not fit is in `violations`, and a test ends with `expect(fake.violations).toEqual([])`.
//
// It is not compliant by kindness: pages, lengths, permissions, token scopes, compare-and-swap and rate limits refuse as GitHub
// does. Where it is stricter than GitHub, `rest/authorize.ts` says so and why.
//
// How to extend it:
// - a REST operation: one entry in a file of `rest/endpoint/`, named by its operation id. Answer only what the state knows; the
//   rest comes from the documented example, and the answer is validated. `needs` says which permission it takes.
// - a GraphQL field: a key of the node in `graphql/`; a field that is no key is an error and a violation, never a silent null.
// - a change with a webhook: a function in `change/` that changes the state and calls `world.announcer.announce`.
// - something a person does: a method of `RepositoryHandle` that calls the same function as the REST endpoint.
// Folders: `state` (what there is), `git` (native git and objects), `change` (what can happen), `view` (state as JSON),
// `rest`, `graphql`, `http` and `webhook` (the surfaces). Nothing here runs git synchronously: the fake may live in the process
// of what it tests.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionsTokenOptions, AppHandle, AppOptions } from './app-handle.ts';
import { createActionsToken, createApp, createUserToken } from './app-handle.ts';
import type { FileInputs } from './change/file-input.ts';
import { openRepository } from './change/repository-change.ts';
import { Api } from './http/api.ts';
import { Faults } from './http/faults.ts';
import { Limits } from './http/limits.ts';
import { FakeServer } from './http/server.ts';
import type { MergeGroup } from './change/pull-change.ts';
import { RepositoryHandle } from './repository-handle.ts';
import { RestDispatcher } from './rest/dispatcher.ts';
import { appEndpoints } from './rest/endpoint/app-endpoint.ts';
import { checkEndpoints } from './rest/endpoint/check-endpoint.ts';
import { contentEndpoints } from './rest/endpoint/content-endpoint.ts';
import { gitEndpoints } from './rest/endpoint/git-endpoint.ts';
import { issueEndpoints } from './rest/endpoint/issue-endpoint.ts';
import { pullEndpoints } from './rest/endpoint/pull-endpoint.ts';
import { repositoryEndpoints } from './rest/endpoint/repository-endpoint.ts';
import { loadOpenApi } from './rest/openapi.ts';
import { SchemaCompiler } from './rest/schema.ts';
import type { AccountType } from './state/account.ts';
import type { JsonObject } from './state/json.ts';
import type { RequestRecord, Violation } from './state/record.ts';
import type { Role } from './state/repository.ts';
import { World } from './state/world.ts';
import type { Delivery } from './webhook/delivery.ts';
import { WebhookDispatcher } from './webhook/dispatcher.ts';
import { loadWebhookExamples, PayloadFactory } from './webhook/payload.ts';
import { mergeGroupEvent, pullRequestEvent } from './workflow-event.ts';

export interface FakeGitHubOptions {
  /** A free port by default. */
  readonly port?: number;
  /** The clock of tokens, limits and timestamps; the machine's by default. */
  readonly now?: () => Date;
  /** Where the repositories live; a temporary folder that `stop` removes by default. */
  readonly folder?: string;
}

export interface RepositoryOptions {
  readonly isPrivate?: boolean;
  readonly defaultBranch?: string;
  /** `User` by default; an organisation's webhooks carry it. */
  readonly ownerType?: AccountType;
  /** First commit on the default branch; a README by default, none with null. */
  readonly files?: FileInputs | null;
  /** Login to role. */
  readonly roles?: Readonly<Record<string, Role>>;
}

export interface UserOptions {
  readonly type?: AccountType;
  readonly name?: string;
  readonly email?: string;
}

export class FakeGitHub {
  /** Plans latency and failures of API and git calls. */
  readonly faults: Faults;
  /** Holds, reorders, doubles, delays and loses webhooks. */
  readonly webhooks: WebhookDispatcher;
  readonly limits: Limits;
  readonly #world: World;
  readonly #server: FakeServer;
  readonly #ownsFolder: boolean;

  constructor(
    world: World,
    parts: {
      readonly server: FakeServer;
      readonly faults: Faults;
      readonly limits: Limits;
      readonly webhooks: WebhookDispatcher;
      readonly ownsFolder: boolean;
    },
  ) {
    this.#world = world;
    this.#server = parts.server;
    this.faults = parts.faults;
    this.limits = parts.limits;
    this.webhooks = parts.webhooks;
    this.#ownsFolder = parts.ownsFolder;
  }

  /** Root address, `http://127.0.0.1:<port>`: `GITHUB_API_URL` and `GITHUB_SERVER_URL` of a workflow. */
  get url(): string {
    return this.#world.url;
  }

  /** `GITHUB_GRAPHQL_URL` of a workflow. */
  get graphqlUrl(): string {
    return `${this.#world.url}/graphql`;
  }

  /** `127.0.0.1:<port>`: `GHE_HOST` of a Probot App, together with `GHE_PROTOCOL=http`. */
  get host(): string {
    return new URL(this.#world.url).host;
  }

  /** The folder with the bare repositories, `<owner>/<name>.git`. */
  get folder(): string {
    return this.#world.folder;
  }

  /** What GitHub would have refused, what the fake answered wrongly, and what it does not serve. */
  get violations(): readonly Violation[] {
    return this.#world.violations;
  }

  /** Every request, oldest first. */
  get requests(): readonly RequestRecord[] {
    return this.#world.requests;
  }

  /** Requests that changed something, without the minting of tokens: the writes a push costs. */
  get writes(): readonly RequestRecord[] {
    return this.#world.requests.filter((request) => request.isWrite);
  }

  /** Every attempt to deliver a webhook, oldest first. */
  get deliveries(): readonly Delivery[] {
    return this.webhooks.log;
  }

  /** Adds a person, bot or organisation; naming somebody in a builder does the same. */
  addUser(login: string, options: UserOptions = {}): void {
    this.#world.addAccount(login, { type: 'User', ...options });
  }

  /** Adds a repository with a first commit; no webhook is sent for that. */
  async addRepository(
    fullName: string,
    options: RepositoryOptions = {},
  ): Promise<RepositoryHandle> {
    const { isPrivate = false, files = { 'README.md': `# ${fullName}\n` }, ...rest } = options;
    const repository = await openRepository(this.#world, fullName, { ...rest, isPrivate });
    const handle = new RepositoryHandle(this.#world, repository);
    for (const [login, role] of Object.entries(options.roles ?? {})) handle.setRole(login, role);
    if (files !== null) await handle.seed({ files, message: 'Begin.' });
    return handle;
  }

  /** Registers a GitHub App with a fresh key and installs it. */
  async createApp(options: AppOptions): Promise<AppHandle> {
    return await createApp(this.#world, options);
  }

  /** A workflow's GITHUB_TOKEN. */
  createActionsToken(options: ActionsTokenOptions): string {
    return createActionsToken(this.#world, options);
  }

  /** A person's token. */
  createUserToken(login: string, requestsPerHour?: number): string {
    return createUserToken(this.#world, login, requestsPerHour);
  }

  /** Makes a token expire at once. */
  expireToken(token: string): void {
    const credential = this.#world.tokens.get(token);
    if (credential !== undefined) credential.expiresAt = 0;
  }

  /** Uses up a token's hourly budget. */
  exhaust(token: string, resource: 'core' | 'graphql' = 'core'): void {
    const credential = this.#world.tokens.get(token);
    if (credential !== undefined) this.limits.exhaust(credential, resource);
  }

  /** What a workflow on `pull_request` or `pull_request_target` finds in GITHUB_EVENT_PATH. */
  async pullRequestEvent(
    repository: string,
    number: number,
    action: 'opened' | 'synchronize' | 'reopened' = 'opened',
  ): Promise<JsonObject> {
    return await pullRequestEvent(this.#world, repository, number, action);
  }

  /** What a workflow on `merge_group` finds in GITHUB_EVENT_PATH. */
  async mergeGroupEvent(repository: string, group: MergeGroup): Promise<JsonObject> {
    return await mergeGroupEvent(this.#world, repository, group);
  }

  /** Sends a delivery again under its old id (`X-GitHub-Delivery`, or the number of the attempt). */
  async redeliver(deliveryId: string | number): Promise<Delivery> {
    return await this.webhooks.redeliver(deliveryId);
  }

  /** Resolves once every webhook that is not held has been answered, also those the answers caused. */
  async settled(): Promise<void> {
    await this.webhooks.settled();
  }

  /** Stops the server, ends its git processes and removes the temporary folder. */
  async stop(): Promise<void> {
    await this.#server.close();
    await this.#world.idle();
    for (const repository of this.#world.repositories.values()) await repository.objects.close();
    if (!this.#ownsFolder) return;
    // On Windows files linger for a moment after the process that held them.
    await rm(this.#world.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

const endpoints = [
  ...appEndpoints,
  ...repositoryEndpoints,
  ...issueEndpoints,
  ...pullEndpoints,
  ...gitEndpoints,
  ...contentEndpoints,
  ...checkEndpoints,
];

/** The ids of the REST operations the fake serves. */
export const servedOperations: readonly string[] = endpoints.map((endpoint) => endpoint.id);

/** Starts a fake GitHub on the loopback interface. */
export async function startFakeGitHub(options: FakeGitHubOptions = {}): Promise<FakeGitHub> {
  const { now = () => new Date(), port = 0 } = options;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'fake-github-')));
  const [api, examples] = await Promise.all([loadOpenApi(), loadWebhookExamples()]);
  const world = new World(folder, now);
  const schemas = new SchemaCompiler(api);
  const faults = new Faults();
  const limits = new Limits(now);
  const webhooks = new WebhookDispatcher(
    world,
    new PayloadFactory(world, { examples, api, schemas }),
  );
  world.announcer = webhooks;
  const rest = new RestDispatcher(world, { api, schemas, limits, webhooks, endpoints });
  const server = new FakeServer(world, new Api(world, { rest, faults, limits }), faults);
  world.url = await server.listen(port);
  const ownsFolder = options.folder === undefined;
  return new FakeGitHub(world, { server, faults, limits, webhooks, ownsFolder });
}
