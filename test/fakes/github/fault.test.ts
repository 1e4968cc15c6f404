// Faults and limits: latency, lost answers, outages, stale heads, exhausted budgets.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { at, graphql, rest, textAt } from './client.ts';
import type { FakeGitHub } from './fake-github.ts';
import { startFakeGitHub } from './fake-github.ts';
import type { RepositoryHandle } from './repository-handle.ts';

let fake: FakeGitHub;
let demo: RepositoryHandle;
let token: string;
let issue: number;
let nowMs = Date.UTC(2026, 10, 20);

beforeAll(async () => {
  fake = await startFakeGitHub({ now: () => new Date(nowMs) });
  demo = await fake.addRepository('octo/demo');
  const permissions = { contents: 'write', issues: 'write' } as const;
  token = (await fake.createApp({ name: 'coord', permissions, events: [] })).createToken();
  issue = demo.openIssue({ author: 'ada', title: 'Faults' });
});
afterEach(() => {
  // A fault that hit nothing would make its test pass for no reason.
  expect(fake.faults.pending).toBe(0);
  fake.faults.clear();
});
afterAll(async () => {
  expect(fake.violations).toEqual([]);
  await fake.stop();
});

async function comment(body: string): Promise<number> {
  const address = `POST /repos/octo/demo/issues/${issue}/comments`;
  return (await rest(fake, address, { token, body: { body } })).status;
}

function bodies(): readonly string[] {
  return demo.comments(issue).map((each) => each.body);
}

async function commitOn(expectedHeadOid: string | null): Promise<unknown> {
  const query = `mutation($input: CreateCommitOnBranchInput!) {
    createCommitOnBranch(input: $input) { commit { oid } } }`;
  const input = {
    branch: { repositoryNameWithOwner: 'octo/demo', branchName: 'main' },
    expectedHeadOid,
    message: { headline: 'x' },
    fileChanges: { additions: [{ path: 'x', contents: '' }] },
  };
  return (await graphql(fake, token, query, { input })).body;
}

describe('a planned fault', () => {
  it('cuts the connection before anything happens', async () => {
    fake.faults.next({
      kind: 'timeout-before-commit',
      match: { operation: 'issues/create-comment' },
    });
    await expect(comment('never')).rejects.toThrow();
    expect(bodies()).toEqual([]);
    expect(fake.requests.at(-1)).toMatchObject({ operation: 'issues/create-comment', status: 0 });
  });

  it('cuts the connection after everything happened', async () => {
    fake.faults.next({
      kind: 'timeout-after-commit',
      match: { method: 'POST', path: '/comments' },
      hangMs: 30,
    });
    const started = performance.now();
    await expect(comment('there')).rejects.toThrow();
    expect(performance.now() - started).toBeGreaterThanOrEqual(25);
    expect(bodies()).toEqual(['there']);
    const head = await demo.head();
    fake.faults.next({
      kind: 'timeout-after-commit',
      match: { operation: 'createCommitOnBranch' },
    });
    await expect(commitOn(head)).rejects.toThrow();
    expect(await demo.head()).not.toBe(head);
  });

  it('answers an outage as often as asked, and only to matching calls', async () => {
    fake.faults.next({ kind: 'status', status: 503, times: 2, match: { path: /comments$/ } });
    expect((await rest(fake, 'GET /repos/octo/demo', { token })).status).toBe(200);
    expect([await comment('a'), await comment('b'), await comment('c')]).toEqual([503, 503, 201]);
  });

  it('answers a compare-and-swap as stale', async () => {
    const head = await demo.head();
    fake.faults.next({ kind: 'stale', match: { operation: 'createCommitOnBranch' } });
    expect(at(await commitOn(head), 'errors.0.type')).toBe('STALE_DATA');
    expect(await demo.head()).toBe(head);
    fake.faults.next({ kind: 'stale', match: { operation: 'git/update-ref' } });
    const body = { sha: head };
    const moved = await rest(fake, 'PATCH /repos/octo/demo/git/refs/heads/main', { token, body });
    expect([moved.status, textAt(moved.body, 'message')]).toEqual([
      422,
      'Update is not a fast forward',
    ]);
  });

  it('answers the secondary limit with the time to wait, as 403 or 429', async () => {
    fake.faults.next({ kind: 'secondary-limit' });
    fake.faults.next({ kind: 'secondary-limit', status: 429, retryAfterSeconds: 7 });
    const first = await rest(fake, 'GET /repos/octo/demo', { token });
    const second = await rest(fake, 'GET /repos/octo/demo', { token });
    expect([first.status, first.headers.get('retry-after')]).toEqual([403, '60']);
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '7']);
    expect(textAt(first.body, 'message')).toContain('secondary rate limit');
  });

  it('answers the primary limit without retry-after, over GraphQL with status 200', async () => {
    fake.faults.next({ kind: 'primary-limit', times: 2 });
    const first = await rest(fake, 'GET /repos/octo/demo', { token });
    expect(first.status).toBe(403);
    expect(first.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(first.headers.has('retry-after')).toBe(false);
    const second = await graphql(fake, token, '{ viewer { login } }');
    expect([second.status, at(second.body, 'errors.0.type')]).toEqual([200, 'RATE_LIMITED']);
  });
});

describe('latency', () => {
  it('is added to every call, and gone after clear', async () => {
    fake.faults.delayMs(80);
    const started = performance.now();
    await rest(fake, 'GET /repos/octo/demo', { token });
    expect(performance.now() - started).toBeGreaterThanOrEqual(75);
    fake.faults.clear();
    expect(fake.faults.latencyMs).toBe(0);
  });
});

describe('limits', () => {
  it('count every request of a token down to none, and reset after an hour', async () => {
    const few = fake.createActionsToken({
      repository: 'octo/demo',
      permissions: { contents: 'read' },
      requestsPerHour: 2,
    });
    const ask = async (): Promise<number> =>
      (await rest(fake, 'GET /repos/octo/demo', { token: few })).status;
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 403]);
    const left = await rest(fake, 'GET /rate_limit', { token: few });
    expect(at(left.body, 'rate')).toMatchObject({ limit: 2, remaining: 0, used: 2 });
    nowMs += 3_600_000;
    const later = fake.createActionsToken({
      repository: 'octo/demo',
      permissions: {},
      requestsPerHour: 2,
    });
    expect((await rest(fake, 'GET /repos/octo/demo', { token: later })).status).toBe(200);
    expect(await ask()).toBe(401);
    nowMs -= 3_600_000;
  });

  it('can be used up at once', async () => {
    fake.exhaust(token);
    expect((await rest(fake, 'GET /repos/octo/demo', { token })).status).toBe(403);
    nowMs += 3_600_001;
    expect((await rest(fake, 'GET /repos/octo/demo', { token })).status).toBe(401);
    nowMs -= 3_600_001;
  });

  it('on creating content bite on demand: so many a minute, and again a minute later', async () => {
    const fresh = fake.createUserToken('ada');
    const address = `POST /repos/octo/demo/issues/${issue}/comments`;
    const write = async (): Promise<number> => {
      return (await rest(fake, address, { token: fresh, body: { body: 'x' } })).status;
    };
    fake.limits.contentPerMinuteMax = 2;
    expect([await write(), await write(), await write()]).toEqual([201, 201, 403]);
    nowMs += 61_000;
    expect(await write()).toBe(201);
    fake.limits.contentPerMinuteMax = Infinity;
  });
});

describe('the request log', () => {
  it('says who wrote what, so that the writes of a push can be counted', async () => {
    const actions = fake.createActionsToken({
      repository: 'octo/demo',
      permissions: { contents: 'write' },
    });
    const before = fake.writes.length;
    await rest(fake, 'GET /repos/octo/demo', { token: actions });
    await graphql(fake, actions, '{ viewer { login } }');
    expect(fake.writes.length).toBe(before);
    const ref = { ref: 'refs/heads/counted', sha: await demo.head() };
    await rest(fake, 'POST /repos/octo/demo/git/refs', { token: actions, body: ref });
    expect(fake.writes.slice(before)).toMatchObject([
      {
        kind: 'rest',
        method: 'POST',
        path: '/repos/octo/demo/git/refs',
        operation: 'git/create-ref',
        isWrite: true,
        authenticatedAs: 'github-actions[bot]',
        status: 201,
      },
    ]);
  });
});
