// Connects GitHub's webhooks to what coord does with them; every failure is logged and none leaves the process.
import type { Context, Probot } from 'probot';
import { pullRequestOfRun } from '../../adapters/github/check-run.ts';
import type { GitHubClient, RepositoryName } from '../../adapters/github/client.ts';
import type { PullRequest } from '../../checks/pull-request.ts';
import type { Check } from '../../kernel/check.ts';
import { messageOf } from '../../kernel/fault.ts';
import { handleComment } from './comment.ts';
import type { Desk, OpenDesk } from './desk.ts';
import { handleGate } from './gate.ts';
import { handleOccasion, mentionsIn } from './mention.ts';

interface Services {
  readonly open: OpenDesk;
  readonly checks: readonly Check<PullRequest>[];
  /** Id of our own App, so that we never answer ourselves. */
  readonly appId: number;
}

interface Payload {
  readonly repository: { readonly name: string; readonly owner: { readonly login: string } };
}

function repositoryOf({ repository }: Payload): RepositoryName {
  return { owner: repository.owner.login, repo: repository.name };
}

/** Probot's client, as the two calls we use. */
function clientOf(octokit: Context['octokit']): GitHubClient {
  return {
    request: (route, parameters) => octokit.request(route, parameters),
    graphql: (query, variables) => octokit.graphql(query, variables),
  };
}

type Handler = (desk: Desk) => Promise<void>;

/** Runs a handler on the desk of a webhook's repository. GitHub does not repeat what failed, so it must not look like our bug to it. */
async function attend(services: Services, context: Context, handle: Handler): Promise<void> {
  const payload = context.payload as unknown as Payload;
  const repository = repositoryOf(payload);
  try {
    await handle(await services.open(clientOf(context.octokit), repository));
  } catch (error) {
    const { owner, repo } = repository;
    context.log.error({ event: context.name, owner, repo, code: codeOf(error) }, messageOf(error));
  }
}

function codeOf(error: unknown): string {
  const { code } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'unexpected';
}

function onComment(app: Probot, services: Services): void {
  app.on('issue_comment.created', async (context) => {
    const { comment, issue } = context.payload;
    if (comment.performed_via_github_app?.id === services.appId || comment.user === null) return;
    const { user } = comment;
    await attend(services, context, async (desk) => {
      await handleComment(desk, {
        ...{ id: comment.id, issue: issue.number, body: comment.body, user },
        createdAt: comment.created_at,
      });
      await handleOccasion(desk, {
        ...{ cause: `github:issue_comment:${comment.id}`, kind: 'Mentioned in', user },
        ...{ issue: issue.number, title: issue.title, body: comment.body, url: comment.html_url },
        logins: mentionsIn(comment.body),
      });
    });
  });
}

function onIssue(app: Probot, services: Services): void {
  app.on('issues.opened', async (context) => {
    const { issue, sender } = context.payload;
    const text = issue.body ?? '';
    await attend(services, context, (desk) =>
      handleOccasion(desk, {
        ...{ cause: `github:issue:${issue.id}`, kind: 'Mentioned in', user: sender },
        ...{ issue: issue.number, title: issue.title, body: text, url: issue.html_url },
        logins: mentionsIn(text),
      }),
    );
  });
  app.on('issues.assigned', async (context) => {
    const { issue, sender, assignee } = context.payload;
    if (assignee === null || assignee === undefined) return;
    await attend(services, context, (desk) =>
      handleOccasion(desk, {
        cause: `github:issue:${issue.id}:assigned:${context.id}`,
        ...{ kind: 'Assigned to', user: sender, issue: issue.number, title: issue.title },
        ...{ body: issue.body ?? '', url: issue.html_url, logins: [assignee.login] },
      }),
    );
  });
}

function onPullRequest(app: Probot, services: Services): void {
  const judgeEvents = [
    'pull_request.opened',
    'pull_request.synchronize',
    'pull_request.reopened',
    'pull_request.edited',
  ] as const;
  app.on([...judgeEvents], async (context) => {
    const { action, number } = context.payload;
    // Of edits only a new base branch changes what is judged.
    if (action === 'edited' && context.payload.changes.base === undefined) return;
    const call = { pullRequest: number, cause: `github:delivery:${context.id}`, reportOn: null };
    await attend(services, context, (desk) => handleGate(desk, call, services.checks));
  });
}

function onCheckRun(app: Probot, services: Services): void {
  app.on('check_run.rerequested', async (context) => {
    const { check_run: run } = context.payload;
    const pullRequest = pullRequestOfRun(run.external_id);
    if (pullRequest === null || run.app?.id !== services.appId) return;
    const call = { pullRequest, cause: `github:delivery:${context.id}`, reportOn: null };
    await attend(services, context, (desk) => handleGate(desk, call, services.checks));
  });
}

/** A required check that never reports on a merge group blocks the queue: the group's head gets the pull request's verdict. */
function onMergeGroup(app: Probot, services: Services): void {
  app.on('merge_group.checks_requested', async (context) => {
    const { merge_group: group } = context.payload;
    const number = /\/pr-(\d+)-[0-9a-f]+$/.exec(group.head_ref)?.[1];
    if (number === undefined) return;
    const call = {
      pullRequest: Number(number),
      cause: `github:delivery:${context.id}`,
      reportOn: group.head_sha,
    };
    await attend(services, context, (desk) => handleGate(desk, call, services.checks));
  });
}

/** The Probot application over its services. */
export function coordApp(services: Services): (app: Probot) => void {
  return (app) => {
    onComment(app, services);
    onIssue(app, services);
    onPullRequest(app, services);
    onCheckRun(app, services);
    onMergeGroup(app, services);
  };
}
