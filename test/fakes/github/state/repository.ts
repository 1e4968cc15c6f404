// One repository: a real bare git repository on disk plus what GitHub keeps beside it.
import type { Account } from './account.ts';
import type { CheckRun, CheckSuite } from './check.ts';
import type { JsonObject } from './json.ts';
import type { Comment, Thread } from './thread.ts';
import type { ObjectStore } from '../git/object-store.ts';
import type { FileChange } from '../git/diff.ts';

export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

export interface Repository {
  readonly id: number;
  readonly nodeId: string;
  readonly owner: Account;
  readonly name: string;
  readonly fullName: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
  readonly gitDir: string;
  readonly objects: ObjectStore;
  readonly parent: Repository | null;
  /** Lower-cased login to role; who is missing has `read` on a public repository. */
  readonly roles: Map<string, Role>;
  readonly threads: Map<number, Thread>;
  readonly comments: Map<number, Comment>;
  readonly checkRuns: Map<number, CheckRun>;
  readonly checkSuites: Map<number, CheckSuite>;
  /** Commits made through the API and signed by GitHub: oid to the time of verification. */
  readonly signed: Map<string, string>;
  /** Active branch rules: branch name to GitHub's rule objects. */
  readonly rules: Map<string, readonly JsonObject[]>;
  /** Changed files by `base..head`; both are object ids, so an entry never goes stale. */
  readonly diffs: Map<string, Promise<readonly FileChange[]>>;
  readonly createdAt: string;
  pushedAt: string;
  /** One ref writer at a time inside the fake; pushes over git race with it as on GitHub. */
  writing: Promise<unknown>;
}

const rank: Readonly<Record<Role, number>> = {
  none: 0,
  read: 1,
  triage: 2,
  write: 3,
  maintain: 4,
  admin: 5,
};

/** What somebody is in this repository; everybody reads a public one. */
export function roleOf(repository: Repository, account: Account): Role {
  if (account === repository.owner) return 'admin';
  const fallback: Role = repository.isPrivate ? 'none' : 'read';
  return repository.roles.get(account.login.toLowerCase()) ?? fallback;
}

/** True when `role` is at least `needed`. */
export function roleReaches(role: Role, needed: Role): boolean {
  return rank[role] >= rank[needed];
}

/** Runs one writer at a time per repository, in the order they came. */
export async function exclusively<Result>(
  repository: Repository,
  work: () => Promise<Result>,
): Promise<Result> {
  const run = repository.writing.then(work, work);
  repository.writing = run.catch(() => undefined);
  return await run;
}

/** The web address of a repository below the root of the fake. */
export function webUrl(url: string, repository: Repository): string {
  return `${url}/${repository.fullName}`;
}

/** The REST address of a repository below the root of the fake. */
export function apiUrl(url: string, repository: Repository): string {
  return `${url}/api/v3/repos/${repository.fullName}`;
}
