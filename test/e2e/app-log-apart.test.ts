// A log in a repository of its own: a push to its branch wakes the App for every code repository that keeps its log there.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deliver, reactionsTo, say, scenePolicy, startScene } from '../app-scene.ts';
import type { Scene } from '../app-scene.ts';
import { git } from '../log-forge.ts';
import type { RepositoryHandle } from '../fakes/github/repository-handle.ts';

const policy = `${scenePolicy}log: { repository: octo/private-log, writers: app }\n`;

let scene: Scene;
let second: RepositoryHandle;
let kept: RepositoryHandle;
let begun = '';
let payload: Readonly<Record<string, unknown>> = {};

beforeAll(async () => {
  scene = await startScene({ policy, hasLog: false });
  const { fake } = scene;
  kept = await fake.addRepository('octo/private-log', { isPrivate: true });
  const files = { '.github/coord.yml': policy };
  second = await fake.addRepository('octo/second', { files, roles: { eve: 'write' } });
  await scene.coord('init');
  begun = (await kept.head('coord')) ?? '';
  await kept.push({ files: { 'a.txt': 'a\n' }, author: 'ada', message: 'Push.' });
  await fake.settled();
  const pushed = fake.deliveries.find(({ event }) => event === 'push')?.payload;
  // GitHub takes names in any case of letters.
  const repository = { ...(pushed?.['repository'] as object), name: 'Private-Log' };
  payload = { ...pushed, repository, ref: 'refs/heads/coord' };
}, 120_000);

afterAll(async () => {
  expect(scene.fake.violations).toEqual([]);
  await scene.stop();
});

/** Queries that a push to the log by this sender brings about. */
async function queriesOf(sender = payload['sender']): Promise<number> {
  const before = scene.fake.requests.length;
  await deliver(scene, 'push', { ...payload, sender });
  return scene.fake.requests.slice(before).filter(({ path }) => path.endsWith('/graphql')).length;
}

/** The same lock by comment in a repository; answers what the App thought of it. */
async function lockIn(demo: RepositoryHandle, user: string): Promise<string[]> {
  const place = { ...scene, demo };
  const issue = demo.openIssue({ author: user, title: 'Talk' });
  return reactionsTo(place, issue, await say(place, issue, '/coord lock @first', user));
}

it('is taken over once for who asks and once for who writes, in each that the App has seen', async () => {
  const own = { login: scene.app.botLogin, id: scene.app.id, type: 'Bot' };
  expect(await lockIn(scene.demo, 'ada')).toEqual(['eyes', 'rocket']);
  expect(await queriesOf()).toBe(2);
  expect(await queriesOf(own)).toBe(1);
  expect(await lockIn(second, 'eve')).toEqual(['eyes', 'confused']);
  expect(await queriesOf()).toBe(4);
  // What one of two writers wrote the other one does not know.
  expect(await queriesOf(own)).toBe(4);
});

it('is rolled there by the App', async () => {
  const before = await kept.head('coord');
  const place = { ...scene, demo: second };
  const issue = second.openIssue({ author: 'eve', title: 'Talk' });
  const comment = await say(place, issue, '/coord epoch roll', 'eve');
  expect(reactionsTo(place, issue, comment)).toEqual(['eyes', 'rocket']);
  expect(git(kept.gitDir, ['rev-parse', 'refs/coord/archive/1']).trim()).toBe(before);
  expect(git(kept.gitDir, ['rev-list', '--count', 'coord']).trim()).toBe('1');
  // The other repository goes on in the new epoch.
  expect(await lockIn(scene.demo, 'ada')).toEqual(['eyes', 'rocket']);
});

it('tells of each of them when somebody rewrote the branch', async () => {
  await kept.setBranch('coord', begun);
  await queriesOf();
  for (const place of ['octo/demo', 'octo/second']) {
    const told = `The log of ${place} no longer continues`;
    await expect.poll(() => scene.running().output()).toContain(told);
  }
});
