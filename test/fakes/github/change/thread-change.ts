// Changes of issues, comments and reactions; each says to the world what happened.
import type { Account } from '../state/account.ts';
import { accountView } from '../state/account.ts';
import type { App } from '../state/app.ts';
import type { JsonObject } from '../state/json.ts';
import type { Repository } from '../state/repository.ts';
import type { Comment, Reaction, Thread } from '../state/thread.ts';
import type { World } from '../state/world.ts';
import { commentView, issueView } from '../view/thread-view.ts';

/** Who does something, and the App it goes through when it is no person at the keyboard. */
export interface Doer {
  readonly account: Account;
  readonly viaApp: App | null;
}

export interface NewThread {
  readonly author: Account;
  readonly viaApp?: App | null;
  readonly title: string;
  readonly body?: string | null;
  readonly assignees?: readonly Account[];
  readonly labels?: readonly string[];
}

/** The next number in the range that issues and pull requests share. */
export function nextNumber(repository: Repository): number {
  return repository.threads.size + 1;
}

/** The fields every thread starts with. */
export function newThread(
  world: World,
  repository: Repository,
  input: NewThread,
): Omit<Thread, 'pull'> {
  return {
    id: world.nextId(),
    repository,
    number: nextNumber(repository),
    author: input.author,
    viaApp: input.viaApp ?? null,
    title: input.title,
    body: input.body ?? null,
    state: 'open',
    isLocked: false,
    assignees: [...(input.assignees ?? [])],
    labels: [...(input.labels ?? [])],
    createdAt: world.timestamp(),
    updatedAt: world.timestamp(),
    closedAt: null,
    reactions: [],
  };
}

function announceIssue(
  world: World,
  action: string,
  thread: Thread,
  by: { readonly sender: Account; readonly extra?: JsonObject },
): void {
  world.announcer.announce('issues', action, {
    repository: thread.repository,
    sender: by.sender,
    payload: { issue: issueView(world, thread), ...by.extra },
  });
}

export function openIssue(world: World, repository: Repository, input: NewThread): Thread {
  const thread: Thread = { ...newThread(world, repository, input), pull: null };
  repository.threads.set(thread.number, thread);
  announceIssue(world, 'opened', thread, { sender: input.author });
  return thread;
}

/** Assigns people to an issue; each assignment is a webhook of its own, as on GitHub. */
export function assign(world: World, thread: Thread, assignee: Account, sender: Account): void {
  if (thread.assignees.includes(assignee)) return;
  thread.assignees.push(assignee);
  thread.updatedAt = world.timestamp();
  const extra = { assignee: accountView(world.url, assignee) };
  announceIssue(world, 'assigned', thread, { sender, extra });
}

/** Closes or reopens an issue. */
export function setIssueState(
  world: World,
  thread: Thread,
  state: 'open' | 'closed',
  sender: Account,
): void {
  if (thread.state === state) return;
  thread.state = state;
  thread.updatedAt = world.timestamp();
  thread.closedAt = state === 'closed' ? world.timestamp() : null;
  announceIssue(world, state === 'closed' ? 'closed' : 'reopened', thread, { sender });
}

function announceComment(
  world: World,
  action: string,
  comment: Comment,
  by: { readonly sender: Account; readonly extra?: JsonObject },
): void {
  world.announcer.announce('issue_comment', action, {
    repository: comment.thread.repository,
    sender: by.sender,
    payload: {
      issue: issueView(world, comment.thread),
      comment: commentView(world, comment),
      ...by.extra,
    },
  });
}

export function createComment(world: World, thread: Thread, doer: Doer, body: string): Comment {
  const at = world.timestamp();
  const comment: Comment = {
    id: world.nextId(),
    thread,
    user: doer.account,
    viaApp: doer.viaApp,
    body,
    createdAt: at,
    updatedAt: at,
    reactions: [],
  };
  thread.repository.comments.set(comment.id, comment);
  thread.updatedAt = at;
  announceComment(world, 'created', comment, { sender: doer.account });
  return comment;
}

/** Changes a comment's text; the webhook carries the text before. */
export function editComment(world: World, comment: Comment, sender: Account, body: string): void {
  const before = comment.body;
  comment.body = body;
  comment.updatedAt = world.timestamp();
  announceComment(world, 'edited', comment, {
    sender,
    extra: { changes: { body: { from: before } } },
  });
}

export function deleteComment(world: World, comment: Comment, sender: Account): void {
  comment.thread.repository.comments.delete(comment.id);
  announceComment(world, 'deleted', comment, { sender });
}

/** Adds a reaction, or answers the one that is there: GitHub sends no webhook for either. */
export function react(
  world: World,
  target: { readonly reactions: Reaction[] },
  user: Account,
  content: string,
): { readonly reaction: Reaction; readonly isNew: boolean } {
  const existing = target.reactions.find((each) => each.user === user && each.content === content);
  if (existing !== undefined) return { reaction: existing, isNew: false };
  const reaction = { id: world.nextId(), user, content, createdAt: world.timestamp() };
  target.reactions.push(reaction);
  return { reaction, isNew: true };
}
