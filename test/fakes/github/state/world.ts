// Everything the fake knows: one instance per server, changed only through `change/` and the builder API.
import type { Account, AccountType } from './account.ts';
import { isBotLogin, webFlow } from './account.ts';
import type { App } from './app.ts';
import type { InstallationCredential, UserCredential } from './credential.ts';
import type { JsonObject } from './json.ts';
import type { Repository } from './repository.ts';
import type { RequestRecord, Violation } from './record.ts';

/** Sends a webhook to every App that should hear of it; implemented by `webhook/`. */
export interface Announcer {
  /**
   * Webhooks leave in the order in which things happened, also when a payload takes git calls to make.
   * They travel in parallel all the same: nothing but the order of departure is promised.
   */
  announce(
    event: string,
    action: string | null,
    subject: AnnouncedSubject | (() => Promise<AnnouncedSubject>),
  ): void;
  /** The payload a workflow finds in GITHUB_EVENT_PATH: the same without an installation. */
  describe(event: string, action: string | null, subject: AnnouncedSubject): JsonObject;
  /** True when some App would hear of this event; payloads that cost git calls are made only then. */
  hears(event: string, repository: Repository): boolean;
}

export interface AnnouncedSubject {
  readonly repository: Repository;
  readonly sender: Account;
  /** What differs from GitHub's documented example, without repository and sender. */
  readonly payload: Record<string, unknown>;
  /** Only this App hears of it, subscribed or not (`check_run.rerequested`). */
  readonly onlyTo?: App;
}

export class World {
  /** Root address of the server, e.g. `http://127.0.0.1:4711`; empty until it listens. */
  url = '';
  readonly folder: string;
  readonly now: () => Date;
  readonly accounts = new Map<string, Account>();
  readonly repositories = new Map<string, Repository>();
  readonly apps = new Map<number, App>();
  readonly tokens = new Map<string, InstallationCredential | UserCredential>();
  readonly violations: Violation[] = [];
  readonly requests: RequestRecord[] = [];
  announcer: Announcer = { announce: () => undefined, describe: () => ({}), hears: () => false };
  readonly #background = new Set<Promise<void>>();
  #nextId = 1000;

  constructor(folder: string, now: () => Date) {
    this.folder = folder;
    this.now = now;
    this.accounts.set(webFlow.login, webFlow);
  }

  /** A number no other object of this server has. */
  nextId(): number {
    this.#nextId += 1;
    return this.#nextId;
  }

  /** The present as GitHub prints it, to the second. */
  timestamp(): string {
    return this.now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
  }

  /** The account of this login, made on first mention: builders name people freely. */
  account(login: string, type?: AccountType): Account {
    const known = this.accounts.get(login.toLowerCase());
    if (known !== undefined) return known;
    return this.addAccount(login, { type: type ?? (isBotLogin(login) ? 'Bot' : 'User') });
  }

  /** Adds an account; `id` is given only where GitHub's is well known. */
  addAccount(login: string, options: AccountOptions): Account {
    const id = options.id ?? this.nextId();
    const account: Account = {
      id,
      nodeId: nodeId(options.type, id),
      login,
      type: options.type,
      name: options.name ?? null,
      email: options.email ?? `${id}+${login}@users.noreply.github.com`,
    };
    this.accounts.set(login.toLowerCase(), account);
    return account;
  }

  /** The account whose commits carry this address. */
  accountByEmail(email: string): Account | null {
    for (const account of this.accounts.values()) if (account.email === email) return account;
    return null;
  }

  repository(fullName: string): Repository | null {
    return this.repositories.get(fullName.toLowerCase()) ?? null;
  }

  /** Lets work go on after the answer was given; `idle` waits for it, a failure is a violation. */
  background(operation: string, work: Promise<unknown>): void {
    const tracked: Promise<void> = work
      .then(
        () => undefined,
        (error: unknown) => this.violate({ kind: 'answer', operation, message: String(error) }),
      )
      .finally(() => this.#background.delete(tracked));
    this.#background.add(tracked);
  }

  /** Resolves once no background work is left, also none that was started meanwhile. */
  async idle(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  /** Notes something GitHub would have refused, or something the fake answered wrongly. */
  violate(violation: Violation): void {
    this.violations.push(violation);
  }
}

export interface AccountOptions {
  readonly type: AccountType;
  readonly id?: number;
  readonly name?: string;
  readonly email?: string;
}

/** An opaque id in the manner of GitHub's global node ids. */
export function nodeId(type: string, id: number | string): string {
  return Buffer.from(`${type}:${id}`).toString('base64url');
}
