// The contract of the log's stores, held by the one on GitHub, against the fake.
import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, expect } from 'vitest';
import { githubLog } from '../../src/adapters/github/log-store.ts';
import type { LogStore } from '../../src/log/store.ts';
import { appEvents, appPermissions } from '../app-process.ts';
import type { AppHandle } from '../fakes/github/app-handle.ts';
import { startFakeGitHub } from '../fakes/github/fake-github.ts';
import type { FakeGitHub } from '../fakes/github/fake-github.ts';
import { describeLogStore } from './log-store-contract.ts';

let fake: FakeGitHub;
let app: AppHandle;
let count = 0;

beforeAll(async () => {
  fake = await startFakeGitHub();
  await fake.addRepository('octo/first');
  app = await fake.createApp({ name: 'coord', permissions: appPermissions, events: appEvents });
});

afterAll(async () => {
  expect(fake.violations).toEqual([]);
  await fake.stop();
});

function open(repo: string): LogStore {
  const client = new Octokit({ baseUrl: `${fake.url}/api/v3`, auth: app.createToken() });
  return githubLog({ client, repository: { owner: 'octo', repo }, appSlug: app.slug });
}

describeLogStore('on GitHub', async () => {
  count += 1;
  const name = `log-${count}`;
  await fake.addRepository(`octo/${name}`);
  return {
    store: open(name),
    reopen: () => Promise.resolve(open(name)),
    dispose: () => Promise.resolve(),
  };
});
