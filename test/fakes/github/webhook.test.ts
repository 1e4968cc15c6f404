// Webhooks: which arrive, what they carry, how they are signed.
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AppHandle } from './app-handle.ts';
import { at, numberAt, rest } from './client.ts';
import type { FakeGitHub } from './fake-github.ts';
import { startFakeGitHub } from './fake-github.ts';
import type { Received, Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';
import type { RepositoryHandle } from './repository-handle.ts';

let fake: FakeGitHub;
let receiver: Receiver;
let app: AppHandle;
let demo: RepositoryHandle;

beforeAll(async () => {
  fake = await startFakeGitHub();
  receiver = await startReceiver();
  demo = await fake.addRepository('octo/demo', { ownerType: 'Organization' });
  app = await fake.createApp({
    name: 'coord',
    permissions: {
      contents: 'write',
      issues: 'write',
      pull_requests: 'write',
      checks: 'write',
      merge_queues: 'read',
    },
    events: ['issue_comment', 'issues', 'pull_request', 'push', 'merge_group', 'check_run'],
    webhookUrl: receiver.url,
    webhookSecret: 'a secret',
  });
});
beforeEach(() => {
  receiver.received.length = 0;
});
afterEach(async () => {
  await fake.settled();
  // Every payload was checked against GitHub's webhook schemas on the way out.
  expect(fake.violations).toEqual([]);
});
afterAll(async () => {
  await fake.stop();
  await receiver.stop();
});

/** What has arrived once everything is settled, in the order of departure: they travel in parallel. */
async function arrived(): Promise<readonly Received[]> {
  await fake.settled();
  const departed = fake.deliveries.map((each) => each.guid);
  const place = (each: Received): number =>
    departed.indexOf(String(each.headers['x-github-delivery']));
  return [...receiver.received].sort((a, b) => place(a) - place(b));
}

describe('a webhook', () => {
  it('is signed and names event, delivery, App and installation', async () => {
    const issue = demo.openIssue({ author: 'ada', title: 'Hello' });
    demo.comment({ issue, user: 'ada', body: '/coord status' });
    const [, comment] = await arrived();
    const { headers = {}, body = '', payload } = comment ?? {};
    const signature = createHmac('sha256', 'a secret').update(body).digest('hex');
    expect(headers).toMatchObject({
      'x-hub-signature-256': `sha256=${signature}`,
      'x-github-event': 'issue_comment',
      'x-github-hook-installation-target-id': String(app.id),
      'x-github-hook-installation-target-type': 'integration',
    });
    expect(headers['x-github-delivery']).toMatch(/^[0-9a-f-]{36}$/);
    expect(payload).toMatchObject({
      action: 'created',
      comment: { body: '/coord status', user: { login: 'ada' }, performed_via_github_app: null },
      issue: { number: issue, title: 'Hello', labels: [], assignees: [] },
      repository: { full_name: 'octo/demo', clone_url: demo.cloneUrl },
      organization: { login: 'octo' },
      sender: { login: 'ada', type: 'User' },
      installation: { id: app.installationId },
    });
    expect(JSON.stringify(payload)).not.toMatch(/Codertocat|octocat/);
    expect(fake.deliveries.at(-1)).toMatchObject({
      event: 'issue_comment',
      status: 200,
      answer: 'thanks',
    });
  });

  it('tells of edits with the text before, by whoever edited, and of deletions', async () => {
    const issue = demo.openIssue({ author: 'ada', title: 'Edit' });
    const comment = demo.comment({ issue, user: 'ada', body: 'old' });
    demo.editComment({ comment, user: 'eve', body: 'new' });
    demo.deleteComment(comment, 'ada');
    const all = await arrived();
    expect(all.map((each) => each.name)).toEqual([
      'issues.opened',
      'issue_comment.created',
      'issue_comment.edited',
      'issue_comment.deleted',
    ]);
    expect(all[2]?.payload).toMatchObject({
      changes: { body: { from: 'old' } },
      comment: { body: 'new', user: { login: 'ada' } },
      sender: { login: 'eve' },
    });
  });

  it('tells of issues: opened, assigned one by one, closed, reopened', async () => {
    const issue = demo.openIssue({ author: 'ada', title: 'Do it', assignees: ['codex', 'opus'] });
    demo.close(issue, 'ada');
    demo.reopen(issue, 'ada');
    const all = await arrived();
    expect(all.map((each) => each.name)).toEqual([
      'issues.opened',
      'issues.assigned',
      'issues.assigned',
      'issues.closed',
      'issues.reopened',
    ]);
    expect(all[1]?.payload).toMatchObject({ assignee: { login: 'codex' } });
  });

  it('also tells an App of its own comments: that is how bots loop', async () => {
    const issue = demo.openIssue({ author: 'ada', title: 'Loop' });
    const body = { body: 'from the bot' };
    await rest(fake, `POST /repos/octo/demo/issues/${issue}/comments`, {
      token: app.createToken(),
      body,
    });
    expect((await arrived()).at(-1)?.payload).toMatchObject({
      sender: { login: 'coord[bot]', type: 'Bot' },
      comment: { performed_via_github_app: { id: app.id } },
    });
  });

  it('follows a pull request: opened, pushed to, closed, reopened, merged', async () => {
    const first = await demo.push({ branch: 'topic', files: { 't.txt': '1\n' }, author: 'ada' });
    const number = await demo.openPullRequest({ head: 'topic', author: 'ada' });
    await fake.settled();
    const second = await demo.push({ branch: 'topic', files: { 't.txt': '2\n' }, author: 'ada' });
    demo.close(number, 'ada');
    demo.reopen(number, 'ada');
    await demo.merge(number, 'ada');
    const all = await arrived();
    const named = (name: string): unknown[] => {
      return all.filter((each) => each.name === name).map((each) => each.payload);
    };
    expect(named('pull_request.opened')).toMatchObject([
      {
        number,
        pull_request: { head: { sha: first }, changed_files: 1, commits: 1, merged: false },
      },
    ]);
    expect(named('pull_request.synchronize')).toMatchObject([
      { before: first, after: second, pull_request: { head: { sha: second }, commits: 2 } },
    ]);
    expect(named('pull_request.reopened')).toHaveLength(1);
    const merged = named('pull_request.closed').map((each) => at(each, 'pull_request.merged'));
    expect(merged.sort()).toEqual([false, true]);
    expect(named('push').map((each) => at(each, 'ref'))).toEqual([
      'refs/heads/topic',
      'refs/heads/topic',
      'refs/heads/main',
    ]);
    expect(named('push')[0]).toMatchObject({ created: true, before: '0'.repeat(40), after: first });
    expect(at(named('push')[1], 'commits')).toMatchObject([
      { id: second, modified: ['t.txt'], added: [], author: { username: 'ada' } },
    ]);
  });

  it('tells of forced pushes and of deleted branches, which close their pull requests', async () => {
    const base = (await demo.head()) ?? '';
    await demo.seed({ branch: 'rewritten', files: { 'r.txt': '1' } });
    const number = await demo.openPullRequest({ head: 'rewritten', author: 'ada' });
    await demo.push({ branch: 'rewritten', parent: base, files: { 'r.txt': '2' } });
    const ref = 'DELETE /repos/octo/demo/git/refs/heads/rewritten';
    expect((await rest(fake, ref, { token: app.createToken() })).status).toBe(204);
    const pushes = (await arrived())
      .filter((each) => each.name === 'push')
      .map((each) => each.payload);
    expect(pushes).toMatchObject([{ forced: true }, { deleted: true, after: '0'.repeat(40) }]);
    expect(demo.thread(number).state).toBe('closed');
  });

  it('asks only the owning App to run a check again, or to act on a button', async () => {
    const sha = await demo.seed({ branch: 'checked', files: { 'c.txt': 'c' } });
    const body = {
      name: 'coord / gate',
      head_sha: sha,
      external_id: 'pr:1',
      conclusion: 'failure',
    };
    const made = await rest(fake, 'POST /repos/octo/demo/check-runs', {
      token: app.createToken(),
      body,
    });
    const run = numberAt(made.body, 'id');
    demo.rerequestCheckRun(run, 'ada');
    demo.requestAction({ run, identifier: 'why', by: 'ada' });
    const all = await arrived();
    expect(all.map((each) => each.name)).toEqual([
      'check_run.created',
      'check_run.completed',
      'check_run.rerequested',
      'check_run.requested_action',
    ]);
    expect(all[2]?.payload).toMatchObject({
      check_run: { id: run, external_id: 'pr:1', head_sha: sha, check_suite: { head_sha: sha } },
    });
    expect(all[3]?.payload).toMatchObject({ requested_action: { identifier: 'why' } });
    const other = await startReceiver();
    await fake.createApp({
      name: 'other',
      permissions: { checks: 'write' },
      events: ['check_run'],
      webhookUrl: other.url,
    });
    demo.rerequestCheckRun(run, 'ada');
    await fake.settled();
    expect(other.received).toEqual([]);
    await other.stop();
  });

  it('lists no pull requests in the check run of a fork', async () => {
    const fork = await demo.fork('eve');
    const sha = await fork.seed({ branch: 'from-fork', files: { 'f.txt': 'f' }, author: 'eve' });
    await demo.openPullRequest({ head: 'from-fork', from: fork, author: 'eve' });
    const body = { name: 'coord / gate', head_sha: sha };
    await rest(fake, 'POST /repos/octo/demo/check-runs', { token: app.createToken(), body });
    const run = (await arrived()).find((each) => each.name === 'check_run.created');
    expect(at(run?.payload, 'check_run.pull_requests')).toEqual([]);
  });

  it('asks for checks of a merge group', async () => {
    await demo.seed({ branch: 'queued', files: { 'q.txt': 'q' } });
    const number = await demo.openPullRequest({ head: 'queued', author: 'ada' });
    const group = await demo.mergeGroup([number], 'ada');
    const sent = (await arrived()).find((each) => each.name === 'merge_group.checks_requested');
    expect(at(sent?.payload, 'merge_group')).toMatchObject({
      head_sha: group.headSha,
      head_ref: `refs/heads/gh-readonly-queue/main/pr-${number}-${group.baseSha}`,
      base_ref: 'refs/heads/main',
    });
    expect(await demo.read(group.headSha, 'q.txt')).toBe('q');
  });
});
