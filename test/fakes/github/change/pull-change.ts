// Changes of pull requests: open, close, reopen, merge, and the merge queue's groups.
import type { Account } from '../state/account.ts';
import type { Repository } from '../state/repository.ts';
import { exclusively } from '../state/repository.ts';
import type { PullThread } from '../state/thread.ts';
import type { AnnouncedSubject, World } from '../state/world.ts';
import { webhookCommitView } from '../view/commit-view.ts';
import { mergeBase } from '../git/history.ts';
import { mergeCommit } from '../git/merge.ts';
import { branchHead, swapRef } from '../git/ref.ts';
import { gitHubPerson, personOf } from './person.ts';
import { announcePull, keepPullRef, refMoved } from './push-change.ts';
import type { NewThread } from './thread-change.ts';
import { newThread } from './thread-change.ts';

export interface NewPull extends NewThread {
  readonly headRepository: Repository;
  readonly headRef: string;
  readonly baseRef: string;
  readonly isDraft: boolean;
}

/** Opens a pull request; throws a sentence where GitHub would answer 422. */
export async function openPull(
  world: World,
  repository: Repository,
  input: NewPull,
): Promise<PullThread> {
  const headSha = await branchHead(input.headRepository.objects, input.headRef);
  const baseSha = await branchHead(repository.objects, input.baseRef);
  if (headSha === null) throw new Error(`There is no branch ${input.headRef} to open from.`);
  if (baseSha === null) throw new Error(`There is no branch ${input.baseRef} to merge into.`);
  const thread: PullThread = {
    ...newThread(world, repository, input),
    pull: {
      id: world.nextId(),
      headRepository: input.headRepository,
      headRef: input.headRef,
      headSha,
      baseRef: input.baseRef,
      baseSha,
      isDraft: input.isDraft,
      mergedAt: null,
      mergedBy: null,
      mergeCommitSha: null,
      mergedFrom: null,
    },
  };
  repository.threads.set(thread.number, thread);
  await keepPullRef(thread);
  if ((await mergeBase(repository.gitDir, baseSha, headSha)) === null) {
    repository.threads.delete(thread.number);
    throw new Error(`${input.headRef} has no history in common with ${input.baseRef}.`);
  }
  announcePull(world, 'opened', thread, { sender: input.author });
  return thread;
}

/** Closes or reopens a pull request without merging it. */
export function setPullState(
  world: World,
  thread: PullThread,
  state: 'open' | 'closed',
  sender: Account,
): void {
  if (thread.state === state) return;
  thread.state = state;
  thread.updatedAt = world.timestamp();
  thread.closedAt = state === 'closed' ? world.timestamp() : null;
  announcePull(world, state === 'closed' ? 'closed' : 'reopened', thread, { sender });
}

/** Merges with a merge commit made and signed by GitHub; throws when the sides conflict. */
export async function mergePull(world: World, thread: PullThread, by: Account): Promise<string> {
  const { repository, pull, number } = thread;
  const merged = await exclusively(repository, async () => {
    const base = await branchHead(repository.objects, pull.baseRef);
    if (base === null) throw new Error(`The base branch ${pull.baseRef} is gone.`);
    const oid = await mergeCommit(repository.gitDir, repository.objects, {
      base,
      head: pull.headSha,
      message: `Merge pull request #${number} from ${pull.headRepository.owner.login}/${pull.headRef}\n\n${thread.title}`,
      author: personOf(world, by),
      committer: gitHubPerson(world),
    });
    if (oid === null) throw new Error(`Pull request ${number} conflicts with ${pull.baseRef}.`);
    repository.signed.set(oid, world.timestamp());
    pull.mergedFrom = (await mergeBase(repository.gitDir, base, pull.headSha)) ?? base;
    if (!(await swapRef(repository.gitDir, `refs/heads/${pull.baseRef}`, oid, base))) {
      throw new Error(`The base branch ${pull.baseRef} moved while merging.`);
    }
    return { oid, base };
  });
  pull.mergedAt = world.timestamp();
  pull.mergedBy = by;
  pull.mergeCommitSha = merged.oid;
  setPullState(world, thread, 'closed', by);
  const ref = `refs/heads/${pull.baseRef}`;
  await refMoved(world, repository, { ref, before: merged.base, after: merged.oid, sender: by });
  return merged.oid;
}

export interface MergeGroup {
  readonly headSha: string;
  /** `refs/heads/gh-readonly-queue/<base>/pr-<number>-<base sha>` */
  readonly headRef: string;
  readonly baseSha: string;
  readonly baseRef: string;
}

/** Queues pull requests on top of one another and asks for checks of what would be merged. */
export async function requestMergeGroup(
  world: World,
  repository: Repository,
  threads: readonly PullThread[],
  sender: Account,
): Promise<MergeGroup> {
  const last = threads.at(-1);
  if (last === undefined) throw new Error('A merge group needs at least one pull request.');
  const baseRef = `refs/heads/${last.pull.baseRef}`;
  const baseSha = (await branchHead(repository.objects, last.pull.baseRef)) ?? last.pull.baseSha;
  let head = baseSha;
  for (const { pull, number, title } of threads) {
    const next = await mergeCommit(repository.gitDir, repository.objects, {
      base: head,
      head: pull.headSha,
      message: `Merge pull request #${number} from ${pull.headRepository.owner.login}/${pull.headRef}\n\n${title}`,
      author: personOf(world, sender),
      committer: gitHubPerson(world),
    });
    if (next === null) throw new Error(`Pull request ${number} conflicts with the queue.`);
    head = next;
  }
  const headRef = `refs/heads/gh-readonly-queue/${last.pull.baseRef}/pr-${last.number}-${baseSha}`;
  await swapRef(
    repository.gitDir,
    headRef,
    head,
    await branchHead(repository.objects, headRef.slice(11)),
  );
  const group = { headSha: head, headRef, baseSha, baseRef };
  world.announcer.announce('merge_group', 'checks_requested', () => {
    return groupSubject(world, repository, group, sender);
  });
  return group;
}

/** What a `merge_group` webhook says. */
export async function groupSubject(
  world: World,
  repository: Repository,
  group: MergeGroup,
  sender: Account,
): Promise<AnnouncedSubject> {
  const commit = await repository.objects.commit(group.headSha);
  const merge_group = {
    head_sha: group.headSha,
    head_ref: group.headRef,
    base_sha: group.baseSha,
    base_ref: group.baseRef,
    head_commit: commit === null ? undefined : webhookCommitView(world, repository, commit),
  };
  return { repository, sender, payload: { merge_group } };
}
