// The log of a repository on GitHub where its policy says that it lives: in the repository itself, or in another one.
import { Fault } from '../../kernel/fault.ts';
import type { CommitDraft, LogStore, PushResult } from '../../log/store.ts';
import { logOwnerAndName } from '../../policy/log-place.ts';
import type { Policy } from '../../policy/schema.ts';
import type { RepositoryName } from './client.ts';
import { keepArchive, replaceHead, writeRoot } from './epoch-refs.ts';
import type { Reach } from './git-data.ts';
import { githubLog } from './log-store.ts';
import type { GitHubLogOptions } from './log-store.ts';

/** The host of a URL as the policy may have it; null of an owner and name. */
function hostIn(said: string): string | null {
  if (said.includes('://')) return new URL(said).hostname;
  return /^[^@/]+@([^:/]+):/.exec(said)?.[1] ?? null;
}

/** The repository that keeps the log. Fault `log-elsewhere` when it is on another host. */
export function keeperOf(
  said: string,
  { repository, githubHost = 'github.com' }: Pick<GitHubLogOptions, 'repository' | 'githubHost'>,
): RepositoryName {
  const host = hostIn(said);
  if (host !== null && host !== githubHost) {
    throw new Fault(
      'log-elsewhere',
      `The policy keeps the log at ${said}, which ${githubHost} cannot reach. Name a repository of ${githubHost} under log.repository.`,
      { repository: said },
    );
  }
  return logOwnerAndName(said) ?? repository;
}

/** A log that knows where it lives, and can go on there in a new epoch. */
export interface KeptLog extends LogStore {
  /** The repository that keeps it; null until it was first used, and while the policy cannot be used. */
  keeper(): RepositoryName | null;
  /** As `writeRoot`, `keepArchive` and `replaceHead` say of themselves. */
  writeRoot(draft: CommitDraft): Promise<string>;
  archive(epoch: number, oid: string): Promise<string>;
  replace(oid: string, expected: string): Promise<PushResult>;
}

/**
 * The log in the repository that `policy` names when it is first used; under a policy that cannot be used, in the
 * repository itself, as long as that lasts.
 */
export function keptLog(options: GitHubLogOptions, policy: () => Promise<Policy>): KeptLog {
  const { repository } = options;
  const own = githubLog(options);
  let found: { readonly keeper: RepositoryName; readonly log: LogStore } | null = null;
  const find = async (): Promise<LogStore> => {
    try {
      const { log } = await policy();
      const keeper = keeperOf(log.repository, options);
      const isOwn = keeper === repository;
      found = { keeper, log: isOwn ? own : githubLog({ ...options, repository: keeper }) };
      return found.log;
    } catch (error) {
      if (error instanceof Fault && error.code === 'policy-invalid') return own;
      throw error;
    }
  };
  const store = async (): Promise<LogStore> => found?.log ?? find();
  const reach = async (): Promise<Reach> => {
    await store();
    return { client: options.client, repository: found?.keeper ?? repository };
  };
  return {
    place: `${repository.owner}/${repository.repo}`,
    keeper: () => found?.keeper ?? null,
    head: async () => (await store()).head(),
    read: async (range) => (await store()).read(range),
    checkpoint: async (oid) => (await store()).checkpoint(oid),
    append: async (draft, expected) => (await store()).append(draft, expected),
    writeRoot: async (draft) => writeRoot(await reach(), draft),
    archive: async (epoch, oid) => keepArchive(await reach(), epoch, oid),
    replace: async (oid, expected) => replaceHead(await reach(), oid, expected),
    // One writer at a time, also while it is being found out where to write.
    exclusively: (work) => own.exclusively(work),
  };
}
