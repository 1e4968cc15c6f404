// Reactions and replies on issues and pull requests. Reactions are courtesy: one that fails changes nothing.
import { limits } from '../../kernel/limits.ts';
import { githubFault } from './client.ts';
import type { GitHubClient, RepositoryName } from './client.ts';

export type Reaction = 'eyes' | 'rocket' | 'confused';

/** Reacts to a comment; false when GitHub did not take it. */
export async function react(
  client: GitHubClient,
  repository: RepositoryName,
  comment: number,
  content: Reaction,
): Promise<boolean> {
  try {
    const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
    await client.request(route, { ...repository, comment_id: comment, content });
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether we reacted to a comment with an outcome already: then it was dealt with, by this process or another.
 * `login` is our bot's. What cannot be read counts as not dealt with; commands are known by their cause anyway.
 */
export async function hasOutcome(
  client: GitHubClient,
  repository: RepositoryName,
  comment: number,
  login: string,
): Promise<boolean> {
  try {
    const route = 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
    const parameters = { ...repository, comment_id: comment, per_page: 100 };
    const { data } = await client.request(route, parameters);
    return (data as { content: string; user: { login: string } | null }[]).some(
      ({ content, user }) => user?.login === login && content !== 'eyes',
    );
  } catch {
    return false;
  }
}

interface CommentNode {
  readonly body?: string;
  readonly performed_via_github_app?: { readonly id: number } | null;
}

/** Where to look for a reply of ours. */
export interface ReplyPlace {
  readonly issue: number;
  readonly appId: number;
  /** ISO time; the whole conversation where it is absent. */
  readonly since?: string;
}

const commentsPerPage = 100;
/** A longer conversation is not read to its end. */
const pagesMax = 3;

async function commentsOf(
  client: GitHubClient,
  repository: RepositoryName,
  { issue, since }: ReplyPlace,
  page: number,
): Promise<CommentNode[]> {
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
  const { data } = await client.request(route, {
    ...repository,
    ...{ issue_number: issue, per_page: commentsPerPage, page },
    ...(since === undefined ? {} : { since }),
  });
  return data as CommentNode[];
}

/**
 * Whether we replied with this marker; only our own comments that end in it count, whoever copies it. A conversation
 * that is too long to be read counts as replied to: silence is better than saying it again and again.
 */
export async function hasReplied(
  client: GitHubClient,
  repository: RepositoryName,
  place: ReplyPlace,
  marker: string,
): Promise<boolean> {
  const isOurs = ({ body, performed_via_github_app: app }: CommentNode): boolean =>
    app?.id === place.appId && body?.trimEnd().endsWith(marker) === true;
  try {
    for (let page = 1; page <= pagesMax; page += 1) {
      const comments = await commentsOf(client, repository, place, page);
      if (comments.some(isOurs)) return true;
      if (comments.length < commentsPerPage) return false;
    }
    return true;
  } catch (error) {
    throw githubFault('read the conversation', error);
  }
}

/** Posts a comment that ends in `marker`; a text longer than GitHub's bound is cut. */
export async function reply(
  client: GitHubClient,
  repository: RepositoryName,
  issue: number,
  { text, marker }: { readonly text: string; readonly marker: string },
): Promise<void> {
  const end = `\n\n${marker}`;
  const note = '\n\n… cut here.';
  const room = limits.commentCharsMax - end.length;
  const body = text.length <= room ? text : text.slice(0, room - note.length) + note;
  try {
    const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
    await client.request(route, { ...repository, issue_number: issue, body: body + end });
  } catch (error) {
    throw githubFault('post a reply', error);
  }
}
