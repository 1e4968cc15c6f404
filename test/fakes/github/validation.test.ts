// The fake watches both sides: what is asked against GitHub's description, and what it answers itself.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rest, textAt } from './client.ts';
import type { FakeGitHub } from './fake-github.ts';
import { startFakeGitHub } from './fake-github.ts';
import type { Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';
import type { RepositoryHandle } from './repository-handle.ts';
import type { Violation } from './state/record.ts';

let fake: FakeGitHub;
let receiver: Receiver;
let demo: RepositoryHandle;
let token: string;
let seen: number;
let startMs: number;

beforeAll(async () => {
  const before = process.cpuUsage();
  fake = await startFakeGitHub();
  const { user, system } = process.cpuUsage(before);
  startMs = (user + system) / 1000;
  receiver = await startReceiver();
  demo = await fake.addRepository('octo/demo');
  const app = await fake.createApp({
    name: 'coord',
    permissions: { issues: 'write', contents: 'write', checks: 'write' },
    events: ['issues'],
    webhookUrl: receiver.url,
  });
  token = app.createToken();
});
beforeEach(() => {
  seen = fake.violations.length;
});
afterAll(async () => {
  await fake.stop();
  await receiver.stop();
});

/** The violations this test caused. */
function caused(): readonly Violation[] {
  return fake.violations.slice(seen);
}

async function ask(what: string, body?: unknown): Promise<string> {
  const answer = await rest(fake, what, body === undefined ? { token } : { token, body });
  return `${answer.status} ${textAt(answer.body, 'message')}`;
}

describe('a request', () => {
  it('without a required field is refused and noted', async () => {
    expect(await ask('POST /repos/octo/demo/check-runs', { name: 'x' })).toBe(
      '422 Invalid request.\n\n"head_sha" wasn\'t supplied.',
    );
    expect(caused()).toEqual([
      { kind: 'request', operation: 'checks/create', message: '"head_sha" wasn\'t supplied.' },
    ]);
  });

  it('with a field of the wrong type, or a path that is no number, is refused and noted', async () => {
    expect(await ask('POST /repos/octo/demo/git/refs', { ref: 1, sha: 'x' })).toContain('422');
    expect(await ask('GET /repos/octo/demo/issues/one')).toContain('422');
    expect(caused().map((each) => each.operation)).toEqual(['git/create-ref', 'issues/get']);
  });

  it('with a field or parameter GitHub ignores is served, and noted as the mistake it is', async () => {
    const number = demo.openIssue({ author: 'ada', title: 'Typo' });
    const body = { body: 'hi', boddy: 'typo' };
    expect(await ask(`POST /repos/octo/demo/issues/${number}/comments`, body)).toContain('201');
    expect(await ask(`GET /repos/octo/demo/issues?per-page=5`)).toContain('200');
    expect(caused().map((each) => each.message)).toEqual([
      'There is no body field boddy.',
      'There is no query parameter per-page.',
    ]);
  });

  it('to a route GitHub has not, or the fake has not, is noted', async () => {
    expect(await ask('GET /repos/octo/demo/nonsense')).toBe('404 Not Found');
    expect(await ask('GET /repos/octo/demo/pages')).toContain('501');
    expect(caused().map((each) => `${each.kind} ${each.operation}`)).toEqual([
      'request GET /repos/octo/demo/nonsense',
      'missing repos/get-pages',
    ]);
  });

  it('that is no JSON is a 400', async () => {
    const response = await fetch(`${fake.url}/repos/octo/demo/git/refs`, {
      method: 'POST',
      headers: { authorization: `token ${token}` },
      body: '{',
    });
    expect(response.status).toBe(400);
  });

  it('is served with and without the prefix of an enterprise server', async () => {
    const plain = await fetch(`${fake.url}/repos/octo/demo/issues?per_page=1`);
    const prefixed = await fetch(`${fake.url}/api/v3/repos/octo/demo/issues?per_page=1`);
    expect([plain.status, prefixed.status]).toEqual([200, 200]);
    expect(await plain.json()).toEqual(await prefixed.json());
  });
});

describe('the fake itself', () => {
  it('answers 500 rather than what GitHub could not answer, and notes it', async () => {
    const issue = demo.openIssue({ author: 'ada', title: 'Wrong' });
    const comment = demo.comment({ issue, user: 'ada', body: 'x' });
    demo.reactTo({ comment, user: 'ada', content: 'applause' });
    expect(await ask(`GET /repos/octo/demo/issues/comments/${comment}/reactions`)).toContain('500');
    expect(caused()).toMatchObject([
      { kind: 'answer', operation: 'reactions/list-for-issue-comment' },
    ]);
  });

  it('notes a webhook that does not fit GitHub’s schema', async () => {
    demo.openIssue({ author: 'ada', title: 7 as unknown as string });
    await fake.settled();
    expect(caused()).toMatchObject([{ kind: 'webhook', operation: 'issues-opened' }]);
  });

  it('starts in well under 1.5 seconds and answers in milliseconds', async () => {
    // Processor time of this process: other work on the machine does not count.
    expect(startMs).toBeLessThan(1500);
    await ask('GET /repos/octo/demo');
    const before = process.cpuUsage();
    for (let index = 0; index < 20; index += 1) await ask('GET /repos/octo/demo');
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000 / 20).toBeLessThan(20);
  });
});
