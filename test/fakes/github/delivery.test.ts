// Deliveries: repeated, held, reordered, doubled, lost, late, refused; and who is told of what.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AppHandle } from './app-handle.ts';
import { at, list, numberAt, rest, signJwt, textAt } from './client.ts';
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
  demo = await fake.addRepository('octo/demo');
  app = await fake.createApp({
    name: 'coord',
    permissions: { issues: 'write' },
    events: ['issue_comment', 'issues'],
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

describe('delivery', () => {
  it('is repeated on request under the same id, by the test or by the App', async () => {
    demo.openIssue({ author: 'ada', title: 'Again' });
    await fake.settled();
    const [delivery] = fake.deliveries.slice(-1);
    const again = await fake.redeliver(delivery?.guid ?? '');
    expect(again).toMatchObject({ guid: delivery?.guid, isRedelivery: true, status: 200 });
    const jwt = signJwt(app);
    const listed = await rest(fake, 'GET /app/hook/deliveries?per_page=1', { token: jwt });
    expect(list(listed.body)).toMatchObject([
      { guid: delivery?.guid, redelivery: true, status_code: 200 },
    ]);
    expect(listed.headers.get('link')).toContain('cursor=');
    const id = numberAt(listed.body, '0.id');
    const one = await rest(fake, `GET /app/hook/deliveries/${id}`, { token: jwt });
    expect(textAt(one.body, 'request.payload.issue.title')).toBe('Again');
    const attempt = await rest(fake, `POST /app/hook/deliveries/${id}/attempts`, { token: jwt });
    expect(attempt.status).toBe(202);
    const ids = (await arrived()).map((each) => each.headers['x-github-delivery']);
    expect(ids).toEqual([delivery?.guid, delivery?.guid, delivery?.guid]);
  });

  it('can be held and released in another order', async () => {
    fake.webhooks.hold();
    const issue = demo.openIssue({ author: 'ada', title: 'Order' });
    for (const body of ['one', 'two', 'three']) demo.comment({ issue, user: 'ada', body });
    await fake.settled();
    expect(receiver.received).toEqual([]);
    await fake.webhooks.release((held) => [...held].reverse());
    const order = receiver.received.map((each) => at(each.payload, 'comment.body'));
    expect(order).toEqual(['three', 'two', 'one', undefined]);
  });

  it('can happen twice, with one id', async () => {
    fake.webhooks.duplicateNext();
    demo.openIssue({ author: 'ada', title: 'Twice' });
    const ids = (await arrived()).map((each) => each.headers['x-github-delivery']);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('can be lost, late, refused, or given up on', async () => {
    fake.webhooks.loseNext();
    demo.openIssue({ author: 'ada', title: 'Lost' });
    expect(await arrived()).toEqual([]);
    fake.webhooks.delayMs = 60;
    const started = performance.now();
    demo.openIssue({ author: 'ada', title: 'Late' });
    await fake.settled();
    expect(performance.now() - started).toBeGreaterThanOrEqual(55);
    fake.webhooks.delayMs = 0;
    receiver.status = 500;
    demo.openIssue({ author: 'ada', title: 'Refused' });
    await fake.settled();
    receiver.status = 200;
    receiver.delayMs = 200;
    fake.webhooks.timeoutMs = 50;
    demo.openIssue({ author: 'ada', title: 'Slow' });
    await fake.settled();
    fake.webhooks.timeoutMs = 10_000;
    receiver.delayMs = 0;
    expect(fake.deliveries.slice(-4).map((each) => each.status)).toEqual([0, 200, 500, 0]);
  });
});

describe('who hears', () => {
  it('is only who is subscribed, installed there, and permitted', async () => {
    const quiet = await startReceiver();
    const hooks = { permissions: { issues: 'read' }, webhookUrl: quiet.url } as const;
    await fake.addRepository('octo/second');
    await fake.createApp({ ...hooks, name: 'comments-only', events: ['issue_comment'] });
    await fake.createApp({
      ...hooks,
      name: 'elsewhere',
      events: ['issues'],
      repositories: ['octo/second'],
    });
    const revoked = await fake.createApp({ ...hooks, name: 'revoked', events: ['issues'] });
    revoked.setPermissions({});
    demo.openIssue({ author: 'ada', title: 'Psst' });
    await fake.settled();
    expect(quiet.received).toEqual([]);
    const issue = demo.openIssue({ author: 'ada', title: 'Now' });
    demo.comment({ issue, user: 'ada', body: 'hear me' });
    await fake.settled();
    expect(quiet.received.map((each) => each.name)).toEqual(['issue_comment.created']);
    await quiet.stop();
  });
});
