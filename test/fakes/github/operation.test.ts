// Every operation the fake serves is called once and answers what GitHub's description allows.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { list, numberAt, rest, signJwt, textAt } from './client.ts';
import type { FakeGitHub } from './fake-github.ts';
import { servedOperations, startFakeGitHub } from './fake-github.ts';
import type { RepositoryHandle } from './repository-handle.ts';

const repo = '/repos/octo/demo';
let fake: FakeGitHub;
let demo: RepositoryHandle;
let token: string;
let jwt: string;

beforeAll(async () => {
  fake = await startFakeGitHub();
  demo = await fake.addRepository('octo/demo', {
    files: { 'src/a.ts': 'a\n' },
    roles: { ada: 'write' },
  });
  demo.setRules('main', [
    {
      type: 'non_fast_forward',
      ruleset_source_type: 'Repository',
      ruleset_source: 'octo/demo',
      ruleset_id: 1,
    },
  ]);
  const app = await fake.createApp({
    name: 'coord',
    permissions: { contents: 'write', issues: 'write', pull_requests: 'write', checks: 'write' },
    events: ['issues'],
    webhookUrl: 'http://127.0.0.1:1/nobody',
  });
  token = app.createToken();
  jwt = signJwt(app);
});
afterAll(() => fake.stop());

/** Calls something that must succeed. */
async function ok(what: string, body?: unknown, as = token): Promise<unknown> {
  const answer = await rest(fake, what, body === undefined ? { token: as } : { token: as, body });
  expect([what, answer.status < 300, answer.body]).toMatchObject([what, true, answer.body]);
  return answer.body;
}

async function callApp(): Promise<void> {
  await ok('GET /app', undefined, jwt);
  const installations = await ok('GET /app/installations', undefined, jwt);
  const id = numberAt(installations, '0.id');
  await ok(`GET /app/installations/${id}`, undefined, jwt);
  await ok(`GET ${repo}/installation`, undefined, jwt);
  await ok(`POST /app/installations/${id}/access_tokens`, {}, jwt);
  await ok('GET /installation/repositories');
  demo.openIssue({ author: 'ada', title: 'For the delivery' });
  await fake.settled();
  const deliveries = await ok('GET /app/hook/deliveries', undefined, jwt);
  const delivery = numberAt(deliveries, '0.id');
  await ok(`GET /app/hook/deliveries/${delivery}`, undefined, jwt);
  await ok(`POST /app/hook/deliveries/${delivery}/attempts`, undefined, jwt);
}

async function callFacts(): Promise<void> {
  await ok(`GET ${repo}`);
  await ok(`GET ${repo}/branches`);
  await ok(`GET ${repo}/branches/main`);
  const rules = await ok(`GET ${repo}/rules/branches/main`);
  expect(list(rules)).toMatchObject([{ type: 'non_fast_forward' }]);
  expect(list(await ok(`GET ${repo}/rules/branches/free`))).toEqual([]);
  await ok(`GET ${repo}/collaborators/ada/permission`);
  await ok('GET /users/ada');
  await ok('GET /users/coord%5Bbot%5D');
  await ok('GET /user', undefined, fake.createUserToken('ada'));
  await ok('GET /rate_limit');
  await ok('GET /meta');
  await ok(`GET ${repo}/contents/src/a.ts`);
}

async function callGit(): Promise<string> {
  const sha = (await demo.head()) ?? '';
  await ok(`GET ${repo}/commits`);
  await ok(`GET ${repo}/commits/main`);
  await ok(`GET ${repo}/compare/main...main`);
  const blob = textAt(await ok(`POST ${repo}/git/blobs`, { content: 'b' }), 'sha');
  await ok(`GET ${repo}/git/blobs/${blob}`);
  const entry = { path: 'b', mode: '100644', type: 'blob', sha: blob };
  const tree = textAt(await ok(`POST ${repo}/git/trees`, { base_tree: sha, tree: [entry] }), 'sha');
  await ok(`GET ${repo}/git/trees/${tree}`);
  const commit = await ok(`POST ${repo}/git/commits`, { message: 'm', tree, parents: [sha] });
  const oid = textAt(commit, 'sha');
  await ok(`GET ${repo}/git/commits/${oid}`);
  await ok(`POST ${repo}/git/refs`, { ref: 'refs/heads/topic', sha });
  await ok(`PATCH ${repo}/git/refs/heads/topic`, { sha: oid });
  await ok(`GET ${repo}/git/ref/heads/topic`);
  await ok(`GET ${repo}/git/matching-refs/heads/`);
  await ok(`POST ${repo}/git/refs`, { ref: 'refs/heads/gone', sha });
  await ok(`DELETE ${repo}/git/refs/heads/gone`);
  return oid;
}

async function callThreads(): Promise<void> {
  const issue = numberAt(await ok(`POST ${repo}/issues`, { title: 'New', body: 'b' }), 'number');
  await ok(`GET ${repo}/issues`);
  await ok(`PATCH ${repo}/issues/${issue}`, { state: 'closed', title: 'Old', body: 'c' });
  await ok(`GET ${repo}/issues/${issue}`);
  await ok(`POST ${repo}/issues/${issue}/assignees`, { assignees: ['ada', 'nobody'] });
  const comment = numberAt(await ok(`POST ${repo}/issues/${issue}/comments`, { body: 'c' }), 'id');
  await ok(`GET ${repo}/issues/${issue}/comments`);
  await ok(`GET ${repo}/issues/comments?direction=desc`);
  await ok(`GET ${repo}/issues/comments/${comment}`);
  await ok(`PATCH ${repo}/issues/comments/${comment}`, { body: 'd' });
  for (const target of [`issues/${issue}`, `issues/comments/${comment}`]) {
    const address = `${repo}/${target}/reactions`;
    const reaction = numberAt(await ok(`POST ${address}`, { content: '+1' }), 'id');
    await ok(`GET ${address}`);
    await ok(`DELETE ${address}/${reaction}`);
  }
  await ok(`DELETE ${repo}/issues/comments/${comment}`);
}

async function callPullsAndChecks(sha: string): Promise<void> {
  const pull = await ok(`POST ${repo}/pulls`, { title: 'P', head: 'topic', base: 'main' });
  const address = `${repo}/pulls/${numberAt(pull, 'number')}`;
  await ok(`GET ${repo}/pulls`);
  await ok(`GET ${address}`);
  await ok(`GET ${address}/files`);
  await ok(`GET ${address}/commits`);
  await ok(`PATCH ${address}`, { title: 'Q', body: 'r' });
  const run = await ok(`POST ${repo}/check-runs`, { name: 'c', head_sha: sha });
  const id = numberAt(run, 'id');
  const annotation = {
    path: 'b',
    start_line: 1,
    end_line: 1,
    annotation_level: 'notice',
    message: 'm',
  };
  const output = { title: 't', summary: 's', annotations: [annotation] };
  await ok(`PATCH ${repo}/check-runs/${id}`, { conclusion: 'success', output });
  await ok(`GET ${repo}/check-runs/${id}`);
  await ok(`GET ${repo}/check-runs/${id}/annotations`);
  await ok(`POST ${repo}/check-runs/${id}/rerequest`);
  await ok(`GET ${repo}/commits/${sha}/check-runs`);
  const suite = numberAt(run, 'check_suite.id');
  await ok(`GET ${repo}/check-suites/${suite}`);
  await ok(`GET ${repo}/check-suites/${suite}/check-runs`);
  await ok(`PUT ${address}/merge`, {});
}

it('serves every operation it says it serves', async () => {
  await callApp();
  await callFacts();
  const sha = await callGit();
  await callThreads();
  await callPullsAndChecks(sha);
  await fake.settled();
  const answered = new Set(
    fake.requests.filter((each) => each.status < 300).map((each) => each.operation),
  );
  expect(servedOperations.filter((id) => !answered.has(id))).toEqual([]);
  expect(fake.violations).toEqual([]);
});

it('gives workflows their event, without an installation', async () => {
  await demo.seed({ branch: 'event', files: { 'e.txt': 'e' } });
  const number = await demo.openPullRequest({ head: 'event', author: 'ada' });
  const opened = await fake.pullRequestEvent('octo/demo', number);
  expect(opened).toMatchObject({ action: 'opened', number, pull_request: { changed_files: 1 } });
  expect(opened).not.toHaveProperty('installation');
  const synchronize = await fake.pullRequestEvent('octo/demo', number, 'synchronize');
  expect(synchronize).toMatchObject({
    action: 'synchronize',
    after: demo.pull(number).pull.headSha,
  });
  const group = await demo.mergeGroup([number], 'ada');
  const queued = await fake.mergeGroupEvent('octo/demo', group);
  expect(queued).toMatchObject({
    merge_group: { head_sha: group.headSha, base_ref: 'refs/heads/main' },
  });
  expect(fake.violations).toEqual([]);
});
