// GitHub Apps and their installations: who they are, what they may do, where their webhooks go.
import type { KeyObject } from 'node:crypto';
import type { Account } from './account.ts';

export type Level = 'read' | 'write' | 'admin';
/** A permission set as in an App manifest, e.g. `{ checks: 'write', contents: 'read' }`. */
export type Permissions = Readonly<Record<string, Level>>;

export interface Installation {
  readonly id: number;
  readonly app: App;
  readonly account: Account;
  /** Lower-cased full names, or `all` of the account's repositories. */
  repositories: 'all' | ReadonlySet<string>;
  permissions: Permissions;
  readonly createdAt: string;
}

export interface App {
  readonly id: number;
  readonly nodeId: string;
  readonly clientId: string;
  readonly slug: string;
  readonly name: string;
  readonly owner: Account;
  readonly bot: Account;
  readonly publicKey: KeyObject | null;
  permissions: Permissions;
  events: readonly string[];
  webhookUrl: string | null;
  webhookSecret: string;
  readonly installations: Installation[];
  readonly requestsPerHour: number;
  readonly createdAt: string;
}

/** As much of a repository as an installation is judged by. */
interface Covered {
  readonly owner: Account;
  readonly fullName: string;
}

/** True when the installation was given this repository. */
export function covers(installation: Installation, repository: Covered): boolean {
  if (installation.account !== repository.owner) return false;
  const { repositories } = installation;
  return repositories === 'all' || repositories.has(repository.fullName.toLowerCase());
}

const rank: Readonly<Record<Level, number>> = { read: 1, write: 2, admin: 3 };

/** True when a permission set grants at least this level; `metadata: read` is always there. */
export function grants(permissions: Permissions, name: string, level: Level): boolean {
  const held = permissions[name] ?? (name === 'metadata' ? 'read' : undefined);
  return held !== undefined && rank[held] >= rank[level];
}

/** The permission an App needs before it may subscribe to an event; null: none. */
const eventPermissions: Readonly<Record<string, readonly string[]>> = {
  push: ['contents'],
  issues: ['issues'],
  issue_comment: ['issues', 'pull_requests'],
  pull_request: ['pull_requests'],
  pull_request_review: ['pull_requests'],
  pull_request_review_comment: ['pull_requests'],
  check_run: ['checks'],
  check_suite: ['checks'],
  merge_group: ['merge_queues'],
  workflow_run: ['actions'],
  create: ['contents'],
  delete: ['contents'],
};

/** True when these permissions let an App receive this event. */
export function mayReceive(permissions: Permissions, event: string): boolean {
  const needed = eventPermissions[event];
  return needed === undefined || needed.some((name) => grants(permissions, name, 'read'));
}
