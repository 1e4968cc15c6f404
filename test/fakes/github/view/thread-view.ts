// Issues, pull requests, comments and reactions as REST answers and webhook payloads show them.
import type { Account } from '../state/account.ts';
import { accountView } from '../state/account.ts';
import type { JsonObject } from '../state/json.ts';
import type { Repository } from '../state/repository.ts';
import { apiUrl, webUrl } from '../state/repository.ts';
import type { Comment, PullThread, Reaction, Thread } from '../state/thread.ts';
import { isPull } from '../state/thread.ts';
import type { World } from '../state/world.ts';
import { nodeId } from '../state/world.ts';
import { appView } from './app-view.ts';
import { repositoryView } from './repository-view.ts';

export const reactionContents = [
  '+1',
  '-1',
  'laugh',
  'confused',
  'heart',
  'hooray',
  'eyes',
  'rocket',
] as const;

/**
 * The association GitHub would print. Members with a private membership show as CONTRIBUTOR there,
 * so nothing may rely on it; the fake says so by never answering MEMBER or COLLABORATOR.
 */
export function associationOf(repository: Repository, account: Account): string {
  if (account === repository.owner) return 'OWNER';
  return repository.roles.has(account.login.toLowerCase()) ? 'CONTRIBUTOR' : 'NONE';
}

export function reactionView(world: World, reaction: Reaction): JsonObject {
  return {
    id: reaction.id,
    node_id: nodeId('Reaction', reaction.id),
    user: accountView(world.url, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

function rollup(url: string, reactions: readonly Reaction[]): JsonObject {
  const counts = reactionContents.map((content) => [
    content,
    reactions.filter((reaction) => reaction.content === content).length,
  ]);
  return {
    url: `${url}/reactions`,
    total_count: reactions.length,
    ...(Object.fromEntries(counts) as JsonObject),
  };
}

export function commentView(world: World, comment: Comment): JsonObject {
  const { thread } = comment;
  const api = `${apiUrl(world.url, thread.repository)}/issues`;
  const place = thread.pull === null ? 'issues' : 'pull';
  const page = `${webUrl(world.url, thread.repository)}/${place}/${thread.number}`;
  const url = `${api}/comments/${comment.id}`;
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url,
    html_url: `${page}#issuecomment-${comment.id}`,
    issue_url: `${api}/${thread.number}`,
    body: comment.body,
    user: accountView(world.url, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: associationOf(thread.repository, comment.user),
    performed_via_github_app: comment.viaApp === null ? null : appView(world, comment.viaApp),
    reactions: rollup(url, comment.reactions),
  };
}

/** What issues and pull requests have in common. */
function threadView(world: World, thread: Thread): JsonObject {
  const { repository } = thread;
  const issue = `${apiUrl(world.url, repository)}/issues/${thread.number}`;
  const assignees = thread.assignees.map((account) => accountView(world.url, account));
  return {
    id: thread.id,
    number: thread.number,
    title: thread.title,
    body: thread.body,
    user: accountView(world.url, thread.author),
    state: thread.state,
    locked: thread.isLocked,
    active_lock_reason: null,
    assignee: assignees[0] ?? null,
    assignees,
    labels: thread.labels.map((name) => ({
      id: 1,
      node_id: nodeId('Label', name),
      url: `${apiUrl(world.url, repository)}/labels/${encodeURIComponent(name)}`,
      name,
      color: 'ededed',
      default: false,
      description: null,
    })),
    milestone: null,
    comments: [...repository.comments.values()].filter(
      (each) => each.thread.number === thread.number,
    ).length,
    comments_url: `${issue}/comments`,
    created_at: thread.createdAt,
    updated_at: thread.updatedAt,
    closed_at: thread.closedAt,
    author_association: associationOf(repository, thread.author),
  };
}

/** The shape of `issue`; a pull request seen through the issues API carries `pull_request`. */
export function issueView(world: World, thread: Thread): JsonObject {
  const { repository, number } = thread;
  const api = apiUrl(world.url, repository);
  const web = webUrl(world.url, repository);
  const url = `${api}/issues/${number}`;
  const page = `${web}/${isPull(thread) ? 'pull' : 'issues'}/${number}`;
  return {
    ...threadView(world, thread),
    node_id: nodeId(isPull(thread) ? 'PullRequest' : 'Issue', thread.id),
    url,
    html_url: page,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    state_reason: null,
    closed_by: null,
    performed_via_github_app: thread.viaApp === null ? null : appView(world, thread.viaApp),
    reactions: rollup(url, thread.reactions),
    ...(isPull(thread)
      ? { draft: thread.pull.isDraft, pull_request: pullLinks(world, thread) }
      : {}),
  };
}

function pullLinks(world: World, thread: PullThread): JsonObject {
  const page = `${webUrl(world.url, thread.repository)}/pull/${thread.number}`;
  return {
    url: `${apiUrl(world.url, thread.repository)}/pulls/${thread.number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    merged_at: thread.pull.mergedAt,
  };
}

function endView(
  world: World,
  end: { readonly repository: Repository; readonly ref: string; readonly sha: string },
): JsonObject {
  return {
    label: `${end.repository.owner.login}:${end.ref}`,
    ref: end.ref,
    sha: end.sha,
    user: accountView(world.url, end.repository.owner),
    repo: repositoryView(world, end.repository),
  };
}

/** What only git can tell about a pull request. */
export interface PullFigures {
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
}

/** The shape of `pull-request`; without figures that of `pull-request-simple`. */
export function pullView(
  world: World,
  thread: PullThread,
  figures: PullFigures | null,
): JsonObject {
  const { repository, number, pull } = thread;
  const api = apiUrl(world.url, repository);
  const url = `${api}/pulls/${number}`;
  const links = pullLinks(world, thread);
  const related = {
    html: links['html_url'],
    self: url,
    issue: `${api}/issues/${number}`,
    comments: `${api}/issues/${number}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${api}/statuses/${pull.headSha}`,
  };
  const { comments: commentCount, ...common } = threadView(world, thread);
  return {
    ...common,
    ...links,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    issue_url: related.issue,
    commits_url: related.commits,
    review_comments_url: related.review_comments,
    review_comment_url: related.review_comment,
    statuses_url: related.statuses,
    requested_reviewers: [],
    requested_teams: [],
    draft: pull.isDraft,
    auto_merge: null,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha,
    head: endView(world, { repository: pull.headRepository, ref: pull.headRef, sha: pull.headSha }),
    base: endView(world, { repository, ref: pull.baseRef, sha: pull.baseSha }),
    _links: Object.fromEntries(Object.entries(related).map(([name, href]) => [name, { href }])),
    ...(figures === null ? {} : figuresView(world, thread, figures, commentCount)),
  };
}

function figuresView(
  world: World,
  { pull }: PullThread,
  figures: PullFigures,
  comments: unknown,
): JsonObject {
  return {
    merged: pull.mergedAt !== null,
    merged_by: pull.mergedBy === null ? null : accountView(world.url, pull.mergedBy),
    // GitHub computes this in the background; nothing may wait for it to be true.
    mergeable: null,
    rebaseable: null,
    mergeable_state: 'unknown',
    maintainer_can_modify: false,
    comments,
    review_comments: 0,
    commits: figures.commits,
    additions: figures.additions,
    deletions: figures.deletions,
    changed_files: figures.changedFiles,
  };
}
