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

interface CommentNode {
  readonly body?: string;
  readonly performed_via_github_app?: { readonly id: number } | null;
}

/** Whether we replied with this marker since a time; only our own comments count, whoever copies the marker. */
export async function hasReplied(
  client: GitHubClient,
  repository: RepositoryName,
  where: { readonly issue: number; readonly since: string; readonly appId: number },
  marker: string,
): Promise<boolean> {
  try {
    const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
    const { issue, since, appId } = where;
    const { data } = await client.request(route, {
      ...repository,
      ...{ issue_number: issue, since, per_page: 100 },
    });
    return (data as CommentNode[]).some(
      ({ body, performed_via_github_app: app }) =>
        app?.id === appId && body?.includes(marker) === true,
    );
  } catch (error) {
    throw githubFault('read the conversation', error);
  }
}

/** Posts a comment; longer than GitHub's bound it is cut. */
export async function reply(
  client: GitHubClient,
  repository: RepositoryName,
  issue: number,
  body: string,
): Promise<void> {
  const note = '\n\n… cut here.';
  const fits = body.length <= limits.commentCharsMax;
  const text = fits ? body : body.slice(0, limits.commentCharsMax - note.length) + note;
  try {
    const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
    await client.request(route, { ...repository, issue_number: issue, body: text });
  } catch (error) {
    throw githubFault('post a reply', error);
  }
}
