// Connects GitHub's webhooks to what coord does with them; every failure is logged and none leaves the process.
import type { Context, Probot } from 'probot';
import { subjectOfRun } from '../../adapters/github/check-run.ts';
import type { GitHubClient, RepositoryName } from '../../adapters/github/client.ts';
import type { PullRequest } from '../../checks/pull-request.ts';
import type { Check } from '../../kernel/check.ts';
import { messageOf } from '../../kernel/fault.ts';
import { branch } from '../../log/format.ts';
import { handleComment } from './comment.ts';
import type { Desk, Desks, OpenDesk } from './desk.ts';
import { handleGate, reportUnknownGroup } from './gate.ts';
import { handleOccasion, mentionsIn } from './mention.ts';
import { isOwn } from './sender.ts';
import type { WebhookUser } from './sender.ts';

interface Services {
  readonly open: OpenDesk;
  readonly logAt: Desks['logAt'];
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

/** So many deliveries are remembered; a later redelivery is known by what it left on the log and on the page. */
const deliveriesMax = 10_000;

/** Deliveries that this process has taken up; GitHub sometimes sends one twice at the same moment. */
class Deliveries {
  readonly #taken = new Set<string>();

  /** False when it was taken up before. */
  take(id: string): boolean {
    if (this.#taken.has(id)) return false;
    this.#taken.add(id);
    const [oldest] = this.#taken;
    if (this.#taken.size > deliveriesMax && oldest !== undefined) this.#taken.delete(oldest);
    return true;
  }

  /** Sent again, it is to be tried again. */
  giveBack(id: string): void {
    this.#taken.delete(id);
  }
}

interface Reception extends Services {
  readonly deliveries: Deliveries;
  /** What is being attended to; it goes on after GitHub was answered, when it takes longer than GitHub waits. */
  readonly working: Set<Promise<void>>;
}

function codeOf(error: unknown): string {
  const { code } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'unexpected';
}

/** Attends to a delivery, once. */
async function attend(
  reception: Reception,
  context: Context,
  ...handlers: readonly Handler[]
): Promise<void> {
  if (!reception.deliveries.take(context.id)) return;
  const work = runHandlers(reception, context, handlers);
  reception.working.add(work);
  await work.finally(() => reception.working.delete(work));
}

/**
 * Runs handlers on the desk of a webhook's repository, one after another; one that fails does not keep the next from
 * running. Failures are logged and none is thrown: the answer to GitHub would show its text.
 */
async function runHandlers(
  { open, deliveries }: Reception,
  context: Context,
  handlers: readonly Handler[],
): Promise<void> {
  const repository = repositoryOf(context.payload as unknown as Payload);
  const client = clientOf(context.octokit);
  for (const handle of handlers) {
    try {
      await handle(await open(client, repository));
    } catch (error) {
      deliveries.giveBack(context.id);
      const place = { event: context.name, delivery: context.id, ...repository };
      context.log.error({ ...place, code: codeOf(error) }, messageOf(error));
    }
  }
}

function onComment(app: Probot, reception: Reception): void {
  app.on('issue_comment.created', async (context) => {
    const { comment, issue } = context.payload;
    if (comment.performed_via_github_app?.id === reception.appId || comment.user === null) return;
    const { user, body } = comment;
    const said = { id: comment.id, issue: issue.number, body, createdAt: comment.created_at, user };
    const occasion = {
      ...{ cause: `github:issue_comment:${comment.id}`, kind: 'Mentioned in' as const, user },
      ...{ issue: issue.number, title: issue.title, body, url: comment.html_url },
      logins: mentionsIn(body),
    };
    await attend(
      reception,
      context,
      (desk) => handleComment(desk, said),
      (desk) => handleOccasion(desk, occasion),
    );
  });
}

/** An issue or pull request, as far as a message about it needs it. */
interface Thread {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly body?: string | null;
  readonly html_url: string;
}

function occasionOf(thread: Thread, user: WebhookUser, logins: readonly string[]) {
  const { number: issue, title, html_url: url } = thread;
  return { issue, title, body: thread.body ?? '', url, user, logins };
}

function onThread(app: Probot, reception: Reception): void {
  app.on(['issues.opened', 'pull_request.opened'], async (context) => {
    const { payload } = context;
    const thread: Thread = 'issue' in payload ? payload.issue : payload.pull_request;
    const occasion = occasionOf(thread, payload.sender, mentionsIn(thread.body ?? ''));
    const cause = `github:issue:${thread.id}`;
    const handle: Handler = (desk) =>
      handleOccasion(desk, { ...occasion, cause, kind: 'Mentioned in' });
    if ('issue' in payload) await attend(reception, context, handle);
    else await attend(reception, context, gateHandler(reception, context.id, payload), handle);
  });
  app.on(['issues.assigned', 'pull_request.assigned'], async (context) => {
    const { payload } = context;
    const { assignee, sender } = payload;
    if (assignee === null || assignee === undefined) return;
    const thread: Thread = 'issue' in payload ? payload.issue : payload.pull_request;
    const cause = `github:issue:${thread.id}:assigned:${context.id}`;
    const occasion = occasionOf(thread, sender, [assignee.login]);
    await attend(reception, context, (desk) =>
      handleOccasion(desk, { ...occasion, cause, kind: 'Assigned to' }),
    );
  });
}

interface PullPayload {
  readonly number: number;
  readonly pull_request: { readonly head: { readonly sha: string } };
}

function gateHandler({ checks }: Services, delivery: string, payload: PullPayload): Handler {
  const call = {
    pullRequest: payload.number,
    cause: `github:delivery:${delivery}`,
    ...{ group: null, head: payload.pull_request.head.sha },
  };
  return (desk) => handleGate(desk, call, checks);
}

function onPullRequest(app: Probot, reception: Reception): void {
  const judgeEvents = [
    'pull_request.synchronize',
    'pull_request.reopened',
    'pull_request.edited',
  ] as const;
  app.on([...judgeEvents], async (context) => {
    const { payload } = context;
    // Of edits only a new base branch changes what is judged.
    if (payload.action === 'edited' && payload.changes.base === undefined) return;
    await attend(reception, context, gateHandler(reception, context.id, payload));
  });
}

function onCheckRun(app: Probot, reception: Reception): void {
  app.on('check_run.rerequested', async (context) => {
    const { check_run: run } = context.payload;
    const subject = subjectOfRun(run.external_id);
    if (subject === null || run.app?.id !== reception.appId) return;
    const { pullRequest, isGroup } = subject;
    const call = {
      ...{ pullRequest, cause: `github:delivery:${context.id}`, head: run.head_sha },
      group: isGroup ? run.head_sha : null,
    };
    await attend(reception, context, (desk) => handleGate(desk, call, reception.checks));
  });
}

/** A required check that never reports on a merge group blocks the queue: the group's head gets the pull request's verdict. */
function onMergeGroup(app: Probot, reception: Reception): void {
  app.on('merge_group.checks_requested', async (context) => {
    const { head_ref: ref, head_sha: head } = context.payload.merge_group;
    const number = /\/pr-(\d{1,15})-[0-9a-f]+$/.exec(ref)?.[1];
    const cause = `github:delivery:${context.id}`;
    await attend(reception, context, (desk) =>
      number === undefined
        ? reportUnknownGroup(desk, head)
        : handleGate(
            desk,
            { pullRequest: Number(number), cause, group: head, head },
            reception.checks,
          ),
    );
  });
}

/**
 * What others pushed to a log is taken over before anybody asks, by every repository that is known to keep its log
 * there. What we wrote ourselves the writer knows, unless several write there.
 */
function onPush(app: Probot, reception: Reception): void {
  app.on('push', async (context) => {
    const { ref, deleted, sender } = context.payload;
    if (ref !== `refs/heads/${branch}` || deleted) return;
    const kept = reception.logAt(repositoryOf(context.payload as unknown as Payload));
    const wake: Handler = (desk) => {
      const isOurs = sender !== undefined && isOwn(desk.app, sender);
      return desk.catchUp(isOurs && kept.length < 2);
    };
    const handlers = kept.length === 0 ? [wake] : kept.map((desk) => () => wake(desk));
    await attend(reception, context, ...handlers);
  });
}

/** The Probot application, and what it is busy with. */
export interface CoordApp {
  readonly listen: (app: Probot) => void;
  /** Resolves when everything that was delivered is dealt with. */
  settled(): Promise<void>;
}

/** The Probot application over its services. */
export function coordApp(services: Services): CoordApp {
  const working = new Set<Promise<void>>();
  const reception: Reception = { ...services, deliveries: new Deliveries(), working };
  return {
    listen: (app) => {
      onComment(app, reception);
      onThread(app, reception);
      onPullRequest(app, reception);
      onCheckRun(app, reception);
      onMergeGroup(app, reception);
      onPush(app, reception);
    },
    settled: async () => {
      while (working.size > 0) await Promise.all(working);
    },
  };
}
