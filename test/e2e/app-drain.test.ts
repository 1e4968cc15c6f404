// The App that is told to stop while commands wait for their commit: they are written, answered, and then it ends.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reactionsTo, say, startScene } from '../app-scene.ts';
import type { Scene } from '../app-scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene({ environment: { COORD_COMMITS_PER_MINUTE: '1' } });
}, 120_000);

afterAll(async () => {
  expect(scene.fake.violations).toEqual([]);
  await scene.stop();
});

it('writes what waits before it ends', async () => {
  const issue = scene.demo.openIssue({ author: 'ada', title: 'Talk' });
  const first = await say(scene, issue, '/coord lock @first');
  expect(reactionsTo(scene, issue, first)).toEqual(['eyes', 'rocket']);
  const head = await scene.demo.head('coord');
  const waiting = ['@second', '@third'].map((lock) =>
    scene.demo.comment({ issue, user: 'ada', body: `/coord lock ${lock}` }),
  );
  const seen = (): boolean =>
    waiting.every((comment) => reactionsTo(scene, issue, comment).includes('eyes'));
  for (let turn = 0; turn < 200 && !seen(); turn += 1) await delay(50);
  await delay(500);
  expect(await scene.demo.head('coord')).toBe(head);
  const began = performance.now();
  expect(await scene.running().stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(20_000);
  for (const comment of waiting) {
    expect(reactionsTo(scene, issue, comment)).toEqual(['eyes', 'rocket']);
  }
  const { locks } = (await scene.coord('lock', 'list')) as { locks: { scope: string }[] };
  expect(locks.map(({ scope }) => scope).sort()).toEqual(['@first', '@second', '@third']);
  const commits = await scene.git('ls-remote', 'origin', 'coord');
  expect(commits.slice(0, 40)).not.toBe(head);
}, 60_000);
