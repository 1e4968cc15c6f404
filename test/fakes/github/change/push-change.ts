// A ref moved: pull requests follow their head branch, and everybody subscribed hears of the push.
import type { Account } from '../state/account.ts';
import type { JsonObject } from '../state/json.ts';
import type { Repository } from '../state/repository.ts';
import { webUrl } from '../state/repository.ts';
import type { PullThread } from '../state/thread.ts';
import { isPull } from '../state/thread.ts';
import type { AnnouncedSubject, World } from '../state/world.ts';
import { webhookCommitView } from '../view/commit-view.ts';
import { pullView } from '../view/thread-view.ts';
import { branchHead, zeroOid } from '../git/ref.ts';
import { git } from '../git/run.ts';
import { isAncestor } from '../git/history.ts';
import { pullFigures } from './pull-diff.ts';
import { openSuites } from './check-change.ts';

/** GitHub lists at most this many commits in a push. */
const pushedCommitsMax = 2048;

export interface RefMove {
  /** Full name, e.g. `refs/heads/main`. */
  readonly ref: string;
  /** Null when the ref is new. */
  readonly before: string | null;
  /** Null when the ref is gone. */
  readonly after: string | null;
  readonly sender: Account;
}

/** Called after every move of a ref, whoever moved it and by whichever way. */
export async function refMoved(world: World, repository: Repository, move: RefMove): Promise<void> {
  repository.pushedAt = world.timestamp();
  const branch = /^refs\/heads\/(.+)$/.exec(move.ref)?.[1];
  if (branch !== undefined) await followHead(world, repository, branch, move);
  if (move.after !== null && branch !== undefined) {
    openSuites(world, repository, { sha: move.after, branch, sender: move.sender });
  }
  if (world.announcer.hears('push', repository)) {
    world.announcer.announce('push', null, () => pushSubject(world, repository, move));
  }
}

async function followHead(
  world: World,
  repository: Repository,
  branch: string,
  move: RefMove,
): Promise<void> {
  const following = [...world.repositories.values()]
    .flatMap((each) => [...each.threads.values()])
    .filter(isPull)
    .filter(({ state, pull }) => {
      return state === 'open' && pull.headRepository === repository && pull.headRef === branch;
    });
  for (const thread of following) {
    if (move.after === null) await closePull(world, thread, move.sender);
    else await synchronize(world, thread, move.after, move.sender);
  }
}

/** Makes a head commit reachable in the base repository, as GitHub's shared storage does. */
export async function keepPullRef(thread: PullThread): Promise<void> {
  const { pull, repository, number } = thread;
  const ref = `refs/pull/${number}/head`;
  if (pull.headRepository !== repository) {
    const from = pull.headRepository.gitDir;
    await git(repository.gitDir, 'fetch', '--quiet', '--no-tags', from, `+${pull.headSha}:${ref}`);
    return;
  }
  await git(repository.gitDir, 'update-ref', ref, pull.headSha);
}

async function synchronize(
  world: World,
  thread: PullThread,
  after: string,
  sender: Account,
): Promise<void> {
  const { pull, repository } = thread;
  const before = pull.headSha;
  pull.headSha = after;
  pull.baseSha = (await branchHead(repository.objects, pull.baseRef)) ?? pull.baseSha;
  thread.updatedAt = world.timestamp();
  await keepPullRef(thread);
  announcePull(world, 'synchronize', thread, { sender, extra: { before, after } });
}

async function closePull(world: World, thread: PullThread, sender: Account): Promise<void> {
  thread.state = 'closed';
  thread.closedAt = world.timestamp();
  announcePull(world, 'closed', thread, { sender });
  await Promise.resolve();
}

/** Announces a change of a pull request, with the state and figures it has at this moment. */
export function announcePull(
  world: World,
  action: string,
  thread: PullThread,
  by: { readonly sender: Account; readonly extra?: JsonObject },
): void {
  const { repository } = thread;
  if (!world.announcer.hears('pull_request', repository)) return;
  const frozen = { ...thread, pull: { ...thread.pull }, assignees: [...thread.assignees] };
  world.announcer.announce('pull_request', action, () => pullSubject(world, frozen, by));
}

/** What a `pull_request` webhook says, with the state and figures of this moment. */
export async function pullSubject(
  world: World,
  thread: PullThread,
  by: { readonly sender: Account; readonly extra?: JsonObject },
): Promise<AnnouncedSubject> {
  const view = pullView(world, thread, await pullFigures(thread));
  const payload = { number: thread.number, pull_request: view, ...by.extra };
  return { repository: thread.repository, sender: by.sender, payload };
}

interface PushedCommit {
  readonly oid: string;
  readonly added: string[];
  readonly removed: string[];
  readonly modified: string[];
}

async function pushedCommits(repository: Repository, move: RefMove): Promise<PushedCommit[]> {
  if (move.after === null) return [];
  const known = move.before ?? (await branchHead(repository.objects, repository.defaultBranch));
  const range = known === null || known === move.after ? [move.after] : [move.after, `^${known}`];
  const flags = ['--reverse', '--name-status', '--no-renames', '-z', '--format=%x01%H'];
  const text = await git(repository.gitDir, 'log', ...flags, `-${pushedCommitsMax}`, ...range);
  return text.split('\u0001').slice(1).map(parsePushedCommit);
}

function parsePushedCommit(text: string): PushedCommit {
  const fields = text
    .replaceAll('\n', '')
    .split('\0')
    .filter((field) => field !== '');
  const commit: PushedCommit = { oid: fields[0] ?? '', added: [], removed: [], modified: [] };
  for (let at = 1; at + 1 < fields.length; at += 2) {
    const path = fields[at + 1] ?? '';
    if (fields[at] === 'A') commit.added.push(path);
    else if (fields[at] === 'D') commit.removed.push(path);
    else commit.modified.push(path);
  }
  return commit;
}

async function isForced({ gitDir, objects }: Repository, move: RefMove): Promise<boolean> {
  const { before, after } = move;
  if (before === null || after === null) return false;
  // Most pushes are one commit on top: that is known without asking git.
  if ((await objects.commit(after))?.parents.includes(before) === true) return false;
  return !(await isAncestor(gitDir, before, after));
}

async function pushSubject(
  world: World,
  repository: Repository,
  move: RefMove,
): Promise<AnnouncedSubject> {
  const { sender } = move;
  const before = move.before ?? zeroOid;
  const after = move.after ?? zeroOid;
  const commits: JsonObject[] = [];
  for (const { oid, ...files } of await pushedCommits(repository, move)) {
    const commit = await repository.objects.commit(oid);
    if (commit !== null)
      commits.push({ ...webhookCommitView(world, repository, commit), ...files });
  }
  const ends = `${before.slice(0, 12)}...${after.slice(0, 12)}`;
  return {
    repository,
    sender,
    payload: {
      ref: move.ref,
      before,
      after,
      created: move.before === null,
      deleted: move.after === null,
      forced: await isForced(repository, move),
      base_ref: null,
      compare: `${webUrl(world.url, repository)}/compare/${ends}`,
      commits,
      head_commit: commits.at(-1) ?? null,
      pusher: { name: sender.login, email: sender.email },
    },
  };
}
