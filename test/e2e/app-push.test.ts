// The webhook `push` to the log's branch wakes the App: it takes over what others wrote before anybody asks.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deliver, reactionsTo, repliesIn, say, startScene } from '../app-scene.ts';
import type { Scene } from '../app-scene.ts';

let scene: Scene;
let payload: Record<string, unknown>;

beforeAll(async () => {
  scene = await startScene();
  await scene.demo.push({ files: { 'a.txt': 'a\n' }, author: 'ada', message: 'Push.' });
  await scene.fake.settled();
  const pushed = scene.fake.deliveries.find(({ event }) => event === 'push');
  payload = { ...pushed?.payload };
}, 120_000);

afterAll(async () => {
  expect(scene.fake.violations).toEqual([]);
  await scene.stop();
});

/** Queries about the log that a push brings about. */
async function queriesOf(changes: Readonly<Record<string, unknown>>): Promise<number> {
  const before = scene.fake.requests.length;
  await deliver(scene, 'push', { ...payload, ref: 'refs/heads/coord', ...changes });
  return scene.fake.requests.slice(before).filter(({ path }) => path.endsWith('/graphql')).length;
}

it('reads what others pushed, once for who asks and once for who writes; of our own only the first', async () => {
  const issue = scene.demo.openIssue({ author: 'ada', title: 'Talk' });
  await say(scene, issue, '/coord lock @first');
  await scene.coord('lock', '@shell');
  const after = await scene.demo.head('coord');
  expect(await queriesOf({ after })).toBe(2);
  const { id } = scene.app;
  expect(await queriesOf({ after, sender: { login: scene.app.botLogin, id, type: 'Bot' } })).toBe(
    1,
  );
  expect(await queriesOf({ ref: 'refs/heads/main' })).toBe(0);
  expect(await queriesOf({ after: '0'.repeat(40), deleted: true })).toBe(0);
  const comment = await say(scene, issue, '/coord lock @shell');
  expect(reactionsTo(scene, issue, comment)).toEqual(['eyes', 'confused']);
  expect(repliesIn(scene, issue).at(-1)).toContain('@shell');
});

it('tells the log of the App when somebody rewrote the branch, and does not follow', async () => {
  const main = await scene.git('rev-parse', 'HEAD');
  await scene.git('push', '-q', '-f', 'origin', `${main}:refs/heads/coord`);
  await queriesOf({ after: main });
  // What a process wrote arrives when it arrives.
  await expect.poll(() => scene.running().output()).toMatch(/log-forked|log-corrupt/);
});
