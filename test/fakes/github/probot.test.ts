// A real Probot App against the fake: its own authentication, its own clients, its own signature check.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, Probot, ProbotOctokit } from 'probot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AppHandle } from './app-handle.ts';
import type { FakeGitHub } from './fake-github.ts';
import { startFakeGitHub } from './fake-github.ts';
import type { RepositoryHandle } from './repository-handle.ts';

let fake: FakeGitHub;
let app: AppHandle;
let demo: RepositoryHandle;
let server: ReturnType<typeof createServer>;

beforeAll(async () => {
  fake = await startFakeGitHub();
  demo = await fake.addRepository('octo/demo', { roles: { ada: 'write' } });
  app = await fake.createApp({
    name: 'coord',
    permissions: { issues: 'write', contents: 'write', checks: 'write', pull_requests: 'write' },
    events: ['issue_comment', 'pull_request'],
    webhookSecret: 'real secret',
  });
  const probot = new Probot({
    appId: app.id,
    privateKey: app.privateKey,
    secret: 'real secret',
    baseUrl: `${fake.url}/api/v3`,
    logLevel: 'fatal',
    Octokit: ProbotOctokit.defaults((options: Readonly<Record<string, unknown>>) => ({
      ...options,
      retry: { enabled: false },
      throttle: { ...(options['throttle'] as object | undefined), enabled: false },
    })),
  });
  const middleware = await createNodeMiddleware(
    (robot) => {
      robot.on('issue_comment.created', async (context) => {
        if (context.isBot) return;
        const { owner, repo } = context.repo();
        const { login } = context.payload.comment.user ?? { login: '' };
        const { rest } = context.octokit;
        const asked = await rest.repos.getCollaboratorPermissionLevel({
          owner,
          repo,
          username: login,
        });
        await rest.reactions.createForIssueComment({
          owner,
          repo,
          comment_id: context.payload.comment.id,
          content: 'eyes',
        });
        await rest.issues.createComment(
          context.issue({ body: `You have ${asked.data.permission}.` }),
        );
      });
      robot.on('pull_request.opened', async (context) => {
        const { owner, repo } = context.repo();
        const { octokit, payload } = context;
        const pull_number = payload.number;
        const files = await octokit.paginate(octokit.rest.pulls.listFiles, {
          owner,
          repo,
          pull_number,
          per_page: 100,
        });
        const viewer: { viewer: { login: string } } = await octokit.graphql('{ viewer { login } }');
        await octokit.rest.checks.create({
          owner,
          repo,
          name: 'coord / gate',
          head_sha: payload.pull_request.head.sha,
          conclusion: 'success',
          output: { title: viewer.viewer.login, summary: `${files.length} files` },
        });
      });
    },
    { probot, webhooksPath: '/hook' },
  );
  server = createServer((request, response) => void middleware(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  app.webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
afterAll(async () => {
  await fake.stop();
  server.close();
  server.closeAllConnections();
});

it('answers a comment as the bot, after asking what the author may', async () => {
  const issue = demo.openIssue({ author: 'ada', title: 'Hello' });
  demo.comment({ issue, user: 'ada', body: '/coord status' });
  await fake.settled();
  const [asked, answered] = demo.comments(issue);
  expect(asked?.reactions.map((each) => each.content)).toEqual(['eyes']);
  expect(answered).toMatchObject({ body: 'You have write.', user: { login: 'coord[bot]' } });
  expect(fake.deliveries.map((each) => each.status)).toEqual(fake.deliveries.map(() => 200));
  expect(fake.violations).toEqual([]);
});

it('reads all pages of a pull request and posts a check run', async () => {
  const files = Array.from({ length: 150 }, (_, index) => [`f/${index}.txt`, 'x\n'] as const);
  const sha = await demo.seed({ branch: 'topic', files: Object.fromEntries(files) });
  await demo.openPullRequest({ head: 'topic', author: 'ada' });
  await fake.settled();
  expect(demo.checkRuns(sha)).toMatchObject([
    {
      name: 'coord / gate',
      conclusion: 'success',
      output: { title: 'coord[bot]', summary: '150 files' },
    },
  ]);
  expect(fake.violations).toEqual([]);
});

it('rejects a forged delivery', async () => {
  const before = demo.checkRuns().length;
  const response = await fetch(app.webhookUrl ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'pull_request',
      'x-github-delivery': '1',
      'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
    },
    body: JSON.stringify({ action: 'opened' }),
  });
  expect(response.status).toBe(400);
  expect(demo.checkRuns().length).toBe(before);
});
