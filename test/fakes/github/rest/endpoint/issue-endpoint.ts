// Issues, their comments and reactions.
import { roleOf, roleReaches } from '../../state/repository.ts';
import type { Comment, Reaction, Thread } from '../../state/thread.ts';
import { accountView } from '../../state/account.ts';
import {
  assign,
  createComment,
  deleteComment,
  editComment,
  openIssue,
  react,
  setIssueState,
} from '../../change/thread-change.ts';
import { setPullState } from '../../change/pull-change.ts';
import { isPull } from '../../state/thread.ts';
import { commentView, issueView, reactionView } from '../../view/thread-view.ts';
import type { Endpoint, RestAnswer, RestCall } from '../call.ts';
import { on } from '../call.ts';
import { answerPage } from '../page.ts';
import { notFound, Problem, validationFailed } from '../problem.ts';

const bodyCharsMax = 65_536;
const threads = ['issues', 'pull_requests'] as const;
/** Everybody who can read may comment and react; only writers change what others wrote. */
const read = on(threads, 'read');
const speak = on(threads, 'write', { role: 'read' });

export function threadOf(call: RestCall, parameter = 'issue_number'): Thread {
  const found = call.repository.threads.get(call.number(parameter));
  if (found === undefined) throw notFound();
  return found;
}

function commentOf(call: RestCall): Comment {
  const found = call.repository.comments.get(call.number('comment_id'));
  if (found === undefined) throw notFound();
  return found;
}

function checkBody(resource: string, body: unknown): string {
  const text = typeof body === 'string' ? body : '';
  if (Array.from(text).length > bodyCharsMax) {
    throw validationFailed(
      resource,
      'body',
      `body is too long (maximum is ${bodyCharsMax} characters)`,
    );
  }
  return text;
}

function checkNotLocked(thread: Thread): void {
  if (thread.isLocked) {
    throw new Problem(403, 'Unable to create comment because issue is locked.');
  }
}

function addComment(call: RestCall): RestAnswer {
  const thread = threadOf(call);
  checkNotLocked(thread);
  const body = checkBody('IssueComment', call.body['body']);
  if (body.trim() === '') throw validationFailed('IssueComment', 'body', 'body cannot be blank');
  const comment = createComment(call.world, thread, call.doer, body);
  return { status: 201, body: commentView(call.world, comment) };
}

/** People change their own comments; those of others only who can write. An App's permission is enough. */
function checkMayChange(comment: Comment, call: RestCall): void {
  const { account, viaApp } = call.doer;
  if (viaApp !== null || comment.user === account) return;
  if (roleReaches(roleOf(comment.thread.repository, account), 'write')) return;
  throw new Problem(403, 'Must have admin rights to Repository.');
}

function changeComment(call: RestCall): RestAnswer {
  const comment = commentOf(call);
  checkMayChange(comment, call);
  editComment(call.world, comment, call.doer.account, checkBody('IssueComment', call.body['body']));
  return { status: 200, body: commentView(call.world, comment) };
}

function removeComment(call: RestCall): RestAnswer {
  const comment = commentOf(call);
  checkMayChange(comment, call);
  deleteComment(call.world, comment, call.doer.account);
  return { status: 204 };
}

function listComments(call: RestCall, thread: Thread | null): Promise<RestAnswer> {
  const since = Date.parse(String(call.query['since'] ?? ''));
  const all = [...call.repository.comments.values()]
    .filter((comment) => thread === null || comment.thread === thread)
    .filter((comment) => Number.isNaN(since) || Date.parse(comment.updatedAt) >= since);
  if (call.query['direction'] === 'desc') all.reverse();
  return answerPage(call, all, (comment) => commentView(call.world, comment));
}

function listReactions(call: RestCall, reactions: readonly Reaction[]): Promise<RestAnswer> {
  const wanted = call.query['content'];
  const fitting = reactions.filter((each) => wanted === undefined || each.content === wanted);
  return answerPage(call, fitting, (reaction) => reactionView(call.world, reaction));
}

function addReaction(call: RestCall, target: { readonly reactions: Reaction[] }): RestAnswer {
  const content = String(call.body['content']);
  const { reaction, isNew } = react(call.world, target, call.doer.account, content);
  return { status: isNew ? 201 : 200, body: reactionView(call.world, reaction) };
}

function removeReaction(call: RestCall, target: { readonly reactions: Reaction[] }): RestAnswer {
  const index = target.reactions.findIndex((each) => each.id === call.number('reaction_id'));
  const reaction = target.reactions[index];
  if (reaction === undefined) throw notFound();
  if (reaction.user !== call.doer.account) throw new Problem(403, 'Forbidden');
  target.reactions.splice(index, 1);
  return { status: 204 };
}

function updateIssue(call: RestCall): RestAnswer {
  const thread = threadOf(call);
  const { world, body, doer } = call;
  if (typeof body['title'] === 'string') thread.title = body['title'];
  if (typeof body['body'] === 'string') thread.body = checkBody('Issue', body['body']);
  const { state } = body;
  if (state === 'open' || state === 'closed') {
    if (isPull(thread)) setPullState(world, thread, state, doer.account);
    else setIssueState(world, thread, state, doer.account);
  }
  return { status: 200, body: issueView(world, thread) };
}

function createIssue(call: RestCall): RestAnswer {
  const { world, body, doer, repository } = call;
  const thread = openIssue(world, repository, {
    author: doer.account,
    viaApp: doer.viaApp,
    title: String(body['title']),
    body: checkBody('Issue', body['body']),
    labels: ((body['labels'] ?? []) as readonly unknown[]).map((label) => String(label)),
  });
  return { status: 201, body: issueView(world, thread) };
}

function addAssignees(call: RestCall): RestAnswer {
  const thread = threadOf(call);
  for (const login of (call.body['assignees'] ?? []) as readonly string[]) {
    const account = call.world.accounts.get(login.toLowerCase());
    // GitHub silently leaves out who cannot be assigned.
    if (account !== undefined) assign(call.world, thread, account, call.doer.account);
  }
  return { status: 201, body: issueView(call.world, thread) };
}

function listIssues(call: RestCall): Promise<RestAnswer> {
  const state = String(call.query['state'] ?? 'open');
  const all = [...call.repository.threads.values()]
    .filter((thread) => state === 'all' || thread.state === state)
    .sort((a, b) => b.number - a.number);
  return answerPage(call, all, (thread) => issueView(call.world, thread));
}

export const issueEndpoints: readonly Endpoint[] = [
  { id: 'issues/list-for-repo', needs: read, handle: listIssues },
  { id: 'issues/create', needs: on('issues', 'write', { role: 'read' }), handle: createIssue },
  {
    id: 'issues/get',
    needs: read,
    handle: (call) => {
      const thread = threadOf(call);
      const closed_by =
        thread.state === 'closed' ? accountView(call.world.url, thread.author) : null;
      return { status: 200, body: { ...issueView(call.world, thread), closed_by } };
    },
  },
  { id: 'issues/update', needs: on(threads, 'write', { role: 'triage' }), handle: updateIssue },
  {
    id: 'issues/add-assignees',
    needs: on(threads, 'write', { role: 'triage' }),
    handle: addAssignees,
  },
  { id: 'issues/list-comments', needs: read, handle: (call) => listComments(call, threadOf(call)) },
  { id: 'issues/list-comments-for-repo', needs: read, handle: (call) => listComments(call, null) },
  { id: 'issues/create-comment', needs: speak, handle: addComment },
  {
    id: 'issues/get-comment',
    needs: read,
    handle: (call) => ({ status: 200, body: commentView(call.world, commentOf(call)) }),
  },
  { id: 'issues/update-comment', needs: speak, handle: changeComment },
  { id: 'issues/delete-comment', needs: speak, handle: removeComment },
  {
    id: 'reactions/list-for-issue-comment',
    needs: read,
    handle: (call) => listReactions(call, commentOf(call).reactions),
  },
  {
    id: 'reactions/create-for-issue-comment',
    needs: speak,
    handle: (call) => addReaction(call, commentOf(call)),
  },
  {
    id: 'reactions/delete-for-issue-comment',
    needs: speak,
    handle: (call) => removeReaction(call, commentOf(call)),
  },
  {
    id: 'reactions/list-for-issue',
    needs: read,
    handle: (call) => listReactions(call, threadOf(call).reactions),
  },
  {
    id: 'reactions/create-for-issue',
    needs: speak,
    handle: (call) => addReaction(call, threadOf(call)),
  },
  {
    id: 'reactions/delete-for-issue',
    needs: speak,
    handle: (call) => removeReaction(call, threadOf(call)),
  },
];
