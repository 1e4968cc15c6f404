// Builders of Apps and credentials.
import { createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Account } from './state/account.ts';
import type { App, Installation, Permissions } from './state/app.ts';
import { mayReceive } from './state/app.ts';
import { nodeId } from './state/world.ts';
import type { World } from './state/world.ts';
import { mintToken } from './http/token.ts';

const appRequestsPerHour = 5000;
const actionsRequestsPerHour = 1000;
const userRequestsPerHour = 5000;
const hourMs = 60 * 60 * 1000;

export interface AppOptions {
  readonly name: string;
  /** As in the App's manifest, e.g. `{ checks: 'write', contents: 'write' }`. */
  readonly permissions: Permissions;
  /** As in the App's manifest, e.g. `['issue_comment', 'pull_request']`. */
  readonly events: readonly string[];
  /** Where webhooks go; may be set later on the handle. Nothing is sent while it is null. */
  readonly webhookUrl?: string | null;
  readonly webhookSecret?: string;
  /** The account it is installed on: the owner of the first repository by default. */
  readonly account?: string;
  /** Full names; all of the account's repositories by default. */
  readonly repositories?: 'all' | readonly string[];
  readonly requestsPerHour?: number;
}

export class AppHandle {
  readonly id: number;
  readonly clientId: string;
  readonly slug: string;
  /** PEM, PKCS#8, as `PRIVATE_KEY` wants it. */
  readonly privateKey: string;
  readonly installationId: number;
  readonly #world: World;
  readonly #app: App;

  constructor(world: World, app: App, privateKey: string) {
    this.#world = world;
    this.#app = app;
    this.id = app.id;
    this.clientId = app.clientId;
    this.slug = app.slug;
    this.privateKey = privateKey;
    this.installationId = app.installations[0]?.id ?? 0;
  }

  /** The login under which it comments and commits: `<slug>[bot]`. */
  get botLogin(): string {
    return this.#app.bot.login;
  }

  get webhookUrl(): string | null {
    return this.#app.webhookUrl;
  }

  /** Set it once the App's process listens. */
  set webhookUrl(url: string | null) {
    this.#app.webhookUrl = url;
  }

  get webhookSecret(): string {
    return this.#app.webhookSecret;
  }

  /** Installs it on another account; answers the installation's id. */
  install(account: string, repositories: 'all' | readonly string[] = 'all'): number {
    return install(this.#world, this.#app, this.#world.account(account), repositories).id;
  }

  /** Changes what the owner granted, as when somebody has not accepted new permissions. */
  setPermissions(permissions: Permissions): void {
    for (const installation of this.#app.installations) installation.permissions = permissions;
  }

  /** An installation token without the detour through a JSON web token. */
  createToken(
    narrowed: {
      readonly permissions?: Permissions;
      readonly repositories?: readonly string[];
    } = {},
  ): string {
    const [installation] = this.#app.installations;
    if (installation === undefined) throw new Error(`${this.slug} is not installed anywhere.`);
    const token = mintToken('ghs');
    this.#world.tokens.set(token, {
      kind: 'installation',
      app: this.#app,
      installation,
      permissions: narrowed.permissions ?? installation.permissions,
      repositories: narrowed.repositories === undefined ? null : lowerCased(narrowed.repositories),
      requestsPerHour: this.#app.requestsPerHour,
      expiresAt: this.#world.now().getTime() + hourMs,
    });
    return token;
  }
}

function lowerCased(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()));
}

function install(
  world: World,
  app: App,
  account: Account,
  repositories: 'all' | readonly string[],
): Installation {
  const installation: Installation = {
    id: world.nextId(),
    app,
    account,
    repositories: repositories === 'all' ? 'all' : lowerCased(repositories),
    permissions: app.permissions,
    createdAt: world.timestamp(),
  };
  app.installations.push(installation);
  return installation;
}

function accountFor(world: World, options: AppOptions): Account {
  if (options.account !== undefined) return world.account(options.account);
  const [first] = world.repositories.values();
  if (first === undefined) throw new Error('Add a repository before an App, or name an account.');
  return first.owner;
}

/** Makes an App with a fresh key and installs it; refuses events its permissions do not allow, as GitHub does. */
export async function createApp(world: World, options: AppOptions): Promise<AppHandle> {
  const forbidden = options.events.filter((event) => !mayReceive(options.permissions, event));
  if (forbidden.length > 0) {
    throw new Error(
      `Default events unsupported without the permission for them: ${forbidden.join(', ')}.`,
    );
  }
  const account = accountFor(world, options);
  const slug = options.name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const id = world.nextId();
  const app: App = {
    id,
    nodeId: nodeId('App', id),
    clientId: `Iv23fake${id}`,
    slug,
    name: options.name,
    owner: account,
    bot: world.account(`${slug}[bot]`, 'Bot'),
    publicKey: createPublicKey(privateKey),
    permissions: options.permissions,
    events: options.events,
    webhookUrl: options.webhookUrl ?? null,
    webhookSecret: options.webhookSecret ?? mintToken('ghs'),
    installations: [],
    requestsPerHour: options.requestsPerHour ?? appRequestsPerHour,
    createdAt: world.timestamp(),
  };
  world.apps.set(id, app);
  install(world, app, account, options.repositories ?? 'all');
  return new AppHandle(world, app, privateKey);
}

export interface ActionsTokenOptions {
  /** Full name of the one repository the token is good for. */
  readonly repository: string;
  /** As in the workflow's `permissions:`; naming any sets the rest to none. */
  readonly permissions: Permissions;
  /** 1,000 by default. */
  readonly requestsPerHour?: number;
}

/** The App behind every workflow's token; GitHub's own id and login. */
function actionsApp(world: World): App {
  const id = 15_368;
  const known = world.apps.get(id);
  if (known !== undefined) return known;
  const owner = world.account('github', 'Organization');
  const app: App = {
    id,
    nodeId: nodeId('App', id),
    clientId: 'Iv1.fakeactions',
    slug: 'github-actions',
    name: 'GitHub Actions',
    owner,
    bot: world.addAccount('github-actions[bot]', { type: 'Bot', id: 41_898_282 }),
    publicKey: null,
    permissions: {},
    events: [],
    webhookUrl: null,
    webhookSecret: '',
    installations: [],
    requestsPerHour: actionsRequestsPerHour,
    createdAt: world.timestamp(),
  };
  world.apps.set(id, app);
  return app;
}

/** A GITHUB_TOKEN: one repository, the workflow's permissions, 1,000 requests an hour. */
export function createActionsToken(world: World, options: ActionsTokenOptions): string {
  if (world.repository(options.repository) === null) {
    throw new Error(`There is no repository ${options.repository}.`);
  }
  const token = mintToken('ghs');
  world.tokens.set(token, {
    kind: 'installation',
    app: actionsApp(world),
    installation: null,
    permissions: { metadata: 'read', ...options.permissions },
    repositories: lowerCased([options.repository]),
    requestsPerHour: options.requestsPerHour ?? actionsRequestsPerHour,
    expiresAt: world.now().getTime() + hourMs,
  });
  return token;
}

/** A person's token; it may do what the person's role in each repository allows. */
export function createUserToken(
  world: World,
  login: string,
  requestsPerHour = userRequestsPerHour,
): string {
  const token = mintToken('ghp');
  const account = world.account(login);
  world.tokens.set(token, { kind: 'user', account, requestsPerHour, expiresAt: Infinity });
  return token;
}
