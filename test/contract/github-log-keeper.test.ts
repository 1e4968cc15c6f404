// The log on GitHub in another repository, and over an epoch: written there, read across the roll.
import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keptLog } from '../../src/adapters/github/log-keeper.ts';
import { storeDirectory } from '../../src/adapters/git/local-log.ts';
import type { LogStore } from '../../src/log/store.ts';
import { appEvents, appPermissions } from '../app-process.ts';
import type { AppHandle } from '../fakes/github/app-handle.ts';
import { startFakeGitHub } from '../fakes/github/fake-github.ts';
import type { FakeGitHub } from '../fakes/github/fake-github.ts';
import { join } from 'node:path';
import { Clones } from '../clones.ts';
import { git } from '../log-forge.ts';
import { policyFrom } from '../memory-engine.ts';
import { resultOf } from '../shell.ts';

let fake: FakeGitHub;
let app: AppHandle;
const world = new Clones();

beforeAll(async () => {
  fake = await startFakeGitHub();
  await fake.addRepository('octo/demo');
  app = await fake.createApp({ name: 'coord', permissions: appPermissions, events: appEvents });
});

afterAll(async () => {
  world.remove();
  expect(fake.violations).toEqual([]);
  await fake.stop();
});

function open(said: string): LogStore {
  const client = new Octokit({ baseUrl: `${fake.url}/api/v3`, auth: app.createToken() });
  const repository = { owner: 'octo', repo: 'demo' };
  const policy = policyFrom(`version: 1\nlog: { repository: ${said} }\n`);
  return keptLog({ client, repository, appSlug: app.slug }, () => Promise.resolve(policy));
}

it('is written and read in the repository that the policy names', async () => {
  const kept = await fake.addRepository('octo/private-log');
  const files = new Map([['batch.ndjson', '{}\n']]);
  const draft = { message: 'x', at: '2026-11-20T12:00:00.000Z', files, removed: [] };
  const appended = await open('octo/private-log').append(
    { ...draft, replacesCheckpoint: false },
    null,
  );
  expect(appended.ok).toBe(true);
  expect(await open('octo/private-log').head()).toBe(await kept.head('coord'));
  expect(await open('same').head()).toBe(null);
});

it('is read on through an epoch into what is kept of the one before, and to its end where nothing is', async () => {
  const first = await world.begin(['codex'], ['one', 'two']);
  await resultOf(['-C', first, 'epoch', 'roll', '--yes']);
  await resultOf(['-C', first, 'task', 'add', 'three', '--as', 'codex']);
  const kept = await fake.addRepository('octo/rolled');
  const store = storeDirectory(join(first, '.git'));
  git(store, ['push', '-q', kept.gitDir, 'coord', 'refs/coord/archive/1']);
  const whole = await open('octo/rolled').read({ commitsMax: 50 });
  expect(whole.commits.map(({ batch }) => (JSON.parse(batch) as { seq: number }).seq)).toEqual([
    1, 2, 3, 4, 5, 6,
  ]);
  expect(whole.isComplete).toBe(true);
  const until = whole.commits[2]?.oid ?? '';
  const news = await open('octo/rolled').read({ until, commitsMax: 50 });
  expect([news.commits.length, news.isComplete]).toEqual([3, true]);
  const part = await open('octo/rolled').read({ commitsMax: 3 });
  expect([part.commits.length, part.isComplete]).toEqual([3, false]);

  const bare = await fake.addRepository('octo/newest');
  git(store, ['push', '-q', bare.gitDir, 'coord']);
  const newest = await open('octo/newest').read({ commitsMax: 50 });
  expect([newest.commits.length, newest.isComplete]).toEqual([2, false]);
});

it('is a fault where the policy names a host that the App is not on', async () => {
  await expect(open('https://git.example.com/octo/log').head()).rejects.toThrow(/log\.repository/);
});
