// The contract of the log's stores, held by the one on GitHub against the fake: by the mutation and by git's objects.
import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

function open(repo: string, hasNoMutation = false): LogStore {
  const client = new Octokit({ baseUrl: `${fake.url}/api/v3`, auth: app.createToken() });
  const repository = { owner: 'octo', repo };
  return githubLog({ client, repository, appSlug: app.slug, hasNoMutation });
}

async function newLog(hasNoMutation: boolean) {
  count += 1;
  const name = `log-${count}`;
  await fake.addRepository(`octo/${name}`);
  return {
    store: open(name, hasNoMutation),
    reopen: () => Promise.resolve(open(name, hasNoMutation)),
    dispose: () => Promise.resolve(),
  };
}

describeLogStore('on GitHub', () => newLog(false));
describeLogStore('on GitHub without createCommitOnBranch', () => newLog(true));

/** A checkpoint of so many files of so many bytes, in folders as checkpoints have them. */
function checkpointOf(count: number, bytes: number): Map<string, string> {
  const path = (index: number): string =>
    `checkpoint/task/${Math.floor(index / 64)}/${String(index % 64).padStart(2, '0')}.json`;
  const text = (index: number): string => `"${String(index).padEnd(bytes - 3, 'x')}"\n`;
  return new Map(Array.from({ length: count }, (_each, index) => [path(index), text(index)]));
}

/** A log of a genesis and a commit with a large checkpoint. */
async function logWith(files: ReadonlyMap<string, string>, hasNoMutation = false) {
  const { store } = await newLog(hasNoMutation);
  const draft = { at: '2026-11-20T12:00:00.000Z', removed: [], replacesCheckpoint: false };
  const batch = (text: string): [string, string] => ['batch.ndjson', `${text}\n`];
  const first = await store.append(
    { ...draft, message: 'first\n', files: new Map([batch('1')]) },
    null,
  );
  if (!first.ok) throw new Error(first.reason);
  const before = fake.requests.length;
  const checkpoint = { ...draft, message: 'second\n', files: new Map([batch('2'), ...files]) };
  const second = await store.append(checkpoint, first.oid);
  if (!second.ok) throw new Error(second.reason);
  const writes = fake.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
  return { store, first: first.oid, oid: second.oid, draft, writes };
}

/** How many requests something takes. */
async function requestsOf(work: () => Promise<unknown>): Promise<number> {
  const before = fake.requests.length;
  await work();
  return fake.requests.length - before;
}

describe('a checkpoint on GitHub', () => {
  it('of a few files is one mutation, and two queries to read', async () => {
    const files = checkpointOf(20, 3000);
    const { store, oid, writes } = await logWith(files);
    expect(writes).toHaveLength(1);
    expect(writes[0]).toContain('graphql');
    expect(new Map(await store.checkpoint(oid))).toEqual(files);
    expect(await requestsOf(() => store.checkpoint(oid))).toBe(2);
  });

  it('of many files goes by git objects, signed by GitHub all the same, and is read in portions', async () => {
    const files = checkpointOf(400, 20_000);
    const { store, oid, draft, writes } = await logWith(files);
    expect(writes.join(' ')).not.toContain('graphql');
    // The parent's tree, 8 MB in two trees and what is left, the commit, the branch.
    expect(writes.length).toBeLessThanOrEqual(7);
    const { commits } = await store.read({ commitsMax: 10 });
    expect(commits.at(-1)?.provenance).toBe('github');
    expect(new Map(await store.checkpoint(oid))).toEqual(files);
    // One for the names; 8 MB at 2 MB an answer.
    expect(await requestsOf(() => store.checkpoint(oid))).toBeLessThanOrEqual(6);
    const removed = [...files.keys()].slice(0, 60);
    const batch = new Map([['batch.ndjson', '3\n']]);
    const third = await store.append({ ...draft, message: 'third\n', files: batch, removed }, oid);
    const left = new Map([...files].filter(([path]) => !removed.includes(path)));
    expect(third.ok && new Map(await store.checkpoint(third.oid))).toEqual(left);
  });

  it('with a file that GraphQL would cut, and one too large for a tree, comes back whole', async () => {
    const files = new Map([
      ['checkpoint/seen.json', `"${'ü'.repeat(300_000)}"\n`],
      ['checkpoint/task.json', `"${'x'.repeat(2_000_000)}"\n`],
      ['checkpoint/twin.json', '{}\n'],
      ['checkpoint/also.json', '{}\n'],
    ]);
    for (const hasNoMutation of [false, true]) {
      const { store, oid } = await logWith(files, hasNoMutation);
      expect(new Map(await store.checkpoint(oid))).toEqual(files);
    }
  });
});
