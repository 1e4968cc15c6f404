// Who a request is authenticated as, and what that lets it do.
import type { Account } from './account.ts';
import type { App, Installation, Permissions } from './app.ts';
import type { Repository } from './repository.ts';

export type Credential =
  | { readonly kind: 'anonymous' }
  /** A JSON web token signed with the App's private key. */
  | { readonly kind: 'app'; readonly app: App }
  | InstallationCredential
  | UserCredential;

/** An installation token, or a workflow's GITHUB_TOKEN, which is one of the Actions App. */
export interface InstallationCredential {
  readonly kind: 'installation';
  readonly app: App;
  /** Null for GITHUB_TOKEN: it belongs to no installation one can list. */
  readonly installation: Installation | null;
  readonly permissions: Permissions;
  /** Lower-cased full names; null means all the installation covers. */
  readonly repositories: ReadonlySet<string> | null;
  readonly requestsPerHour: number;
  expiresAt: number;
}

export interface UserCredential {
  readonly kind: 'user';
  readonly account: Account;
  readonly requestsPerHour: number;
  expiresAt: number;
}

export const anonymous: Credential = { kind: 'anonymous' };

/** The account that authors what this credential does; null for anonymous and for bare JWTs. */
export function actorOf(credential: Credential): Account | null {
  if (credential.kind === 'installation') return credential.app.bot;
  return credential.kind === 'user' ? credential.account : null;
}

/** How the request log names it: `anonymous`, `app:slug`, or a login. */
export function nameOf(credential: Credential): string {
  if (credential.kind === 'app') return `app:${credential.app.slug}`;
  return actorOf(credential)?.login ?? 'anonymous';
}

/** True when an installation credential reaches this repository at all. */
export function reaches(credential: InstallationCredential, repository: Repository): boolean {
  const name = repository.fullName.toLowerCase();
  if (credential.repositories !== null) return credential.repositories.has(name);
  const { installation } = credential;
  if (installation?.account !== repository.owner) return false;
  return installation.repositories === 'all' || installation.repositories.has(name);
}
