// Issues and pull requests share one number range; comments and reactions hang on them.
import type { Account } from './account.ts';
import type { App } from './app.ts';
import type { Repository } from './repository.ts';

export interface Reaction {
  readonly id: number;
  readonly user: Account;
  readonly content: string;
  readonly createdAt: string;
}

export interface Comment {
  readonly id: number;
  readonly thread: Thread;
  readonly user: Account;
  readonly viaApp: App | null;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
  readonly reactions: Reaction[];
}

/** The half of a pull request that an issue does not have. */
export interface Pull {
  readonly id: number;
  readonly headRepository: Repository;
  readonly headRef: string;
  headSha: string;
  baseRef: string;
  /** The base branch when the head last moved; GitHub lets it go stale in between. */
  baseSha: string;
  isDraft: boolean;
  mergedAt: string | null;
  mergedBy: Account | null;
  mergeCommitSha: string | null;
  /** Where the shown difference starts once the pull request is merged. */
  mergedFrom: string | null;
}

export interface Thread {
  readonly id: number;
  readonly repository: Repository;
  readonly number: number;
  readonly author: Account;
  readonly viaApp: App | null;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  isLocked: boolean;
  assignees: Account[];
  labels: string[];
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  readonly reactions: Reaction[];
  readonly pull: Pull | null;
}

export interface PullThread extends Thread {
  readonly pull: Pull;
}

/** Narrows a thread to a pull request. */
export function isPull(thread: Thread): thread is PullThread {
  return thread.pull !== null;
}
