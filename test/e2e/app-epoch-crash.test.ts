// A roll by the App that is cut short, overtaken or refused: it is the old epoch or the new one, and nothing is lost.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { GitHubClient } from '../../src/adapters/github/client.ts';
import { tokenClient } from '../../src/adapters/github/token.ts';
import { storeDirectory } from '../../src/adapters/git/local-log.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { Answer } from '../../src/engine/answer.ts';
import { paceOf } from '../../src/engine/batch-window.ts';
import type { Request } from '../../src/engine/decide.ts';
import type { Details } from '../../src/kernel/fault.ts';
import { registry } from '../../src/registry.ts';
import { desks } from '../../src/surfaces/app/desk.ts';
import type { Desk } from '../../src/surfaces/app/desk.ts';
import { requestOf } from '../../src/surfaces/app/intent.ts';
import { appEvents, appPermissions } from '../app-process.ts';
import { Clones } from '../clones.ts';
import type { AppHandle } from '../fakes/github/app-handle.ts';
import type { FakeGitHub } from '../fakes/github/fake-github.ts';
import { startFakeGitHub } from '../fakes/github/fake-github.ts';
import type { RepositoryHandle } from '../fakes/github/repository-handle.ts';
import { git } from '../log-forge.ts';
import { resultOf } from '../shell.ts';

const system = systemClock();
const clock = { ...system, sleep: () => Promise.resolve() };

let world: Clones;
let fake: FakeGitHub;
let demo: RepositoryHandle;
let handle: AppHandle;
/** A clone that wrote a log, and a copy of it for each test. */
let template = '';
let first = '';
/** Done once, before a call whose route or query says this. */
let before: { readonly said: string; readonly act: () => Promise<void> } | null = null;
/** The process of the App has ended: nothing of it reaches GitHub. */
let isDead = false;

beforeAll(async () => {
  world = new Clones();
  template = await world.begin(['codex'], ['one']);
});

afterAll(() => world.remove());

beforeEach(async () => {
  [before, isDead] = [null, false];
  fake = await startFakeGitHub();
  const files = { '.github/coord.yml': 'version: 1\nlog: { writers: app }\n' };
  demo = await fake.addRepository('octo/demo', { files });
  handle = await fake.createApp({ name: 'coord', permissions: appPermissions, events: appEvents });
  first = join(fake.folder, 'clone');
  cpSync(template, first, { recursive: true });
  publish();
});

afterEach(async () => {
  expect([fake.violations, fake.faults.pending, before]).toEqual([[], 0, null]);
  await fake.stop();
});

function publish(): void {
  git(storeDirectory(join(first, '.git')), ['push', '-q', demo.gitDir, 'coord']);
}

async function meet(text: string): Promise<void> {
  const due = before?.said !== undefined && text.includes(before.said) ? before : null;
  if (due !== null) {
    before = null;
    await due.act();
  }
  if (isDead) throw new Error('The process has ended.');
}

/** The App in this process, begun anew. */
function app(): Promise<Desk> {
  const client = tokenClient(handle.createToken(), `${fake.url}/api/v3`);
  const watched: GitHubClient = {
    request: async (route, parameters) => {
      await meet(route);
      return client.request(route, parameters);
    },
    graphql: async (query, variables) => {
      await meet(query);
      return client.graphql(query, variables);
    },
  };
  const identity = () => Promise.resolve({ id: handle.id, slug: handle.slug });
  const { open } = desks({ registry, clock, identity, pace: paceOf(60_000) });
  return open(watched, { owner: 'octo', repo: 'demo' });
}

async function requestIn(desk: Desk, op = 'epoch.roll', input: Details = {}): Promise<Request> {
  const cause = `github:issue_comment:${fake.requests.length}#${JSON.stringify(input)}`;
  const auth = { by: 'github', subject: 'user:1:ada' } as const;
  const wish = { op, actor: 'gh:ada', input, isPersonPresent: true };
  return requestOf(desk, await desk.reader.projection.load(), { ...wish, cause, auth });
}

async function roll(): Promise<Answer | undefined> {
  const desk = await app();
  return (await desk.write([await requestIn(desk)]))[0];
}

function at(ref: string): string {
  return git(demo.gitDir, ['rev-parse', ref]).trim();
}

/** Operations on the branch, oldest first. */
function operations(): string[] {
  const commits = git(demo.gitDir, ['rev-list', '--reverse', 'coord']).trim().split('\n');
  return commits.map((commit) => {
    const batch = git(demo.gitDir, ['show', `${commit}:batch.ndjson`]);
    return (JSON.parse(batch) as { op: string }).op;
  });
}

/** Somebody pushes a task, as a shell does that asks nobody; answers the head. */
async function pushTask(): Promise<string> {
  await resultOf(['-C', first, 'task', 'add', 'between', '--as', 'codex', '--offline']);
  publish();
  return at('coord');
}

/** Ends the process of the App before this call. */
function dieBefore(said: string): Promise<void> {
  const act = (): Promise<void> => {
    isDead = true;
    return Promise.resolve();
  };
  before = { said, act };
  return Promise.resolve();
}

it('is written by itself, in the order of the commands that came with it', async () => {
  const desk = await app();
  const lock = (name: string) => requestIn(desk, 'lock.acquire', { scope: [name] });
  const wanted = [await lock('@a'), await requestIn(desk), await lock('@b')];
  const answers = await desk.write(wanted);
  expect(answers).toMatchObject([4, 5, 6].map((seq) => ({ ok: true, seq })));
  expect(operations()).toEqual(['epoch.roll', 'lock.acquire']);
});

it('whoever writes between the look and the move is not lost: it is rolled from what they wrote', async () => {
  const old = at('coord');
  before = {
    said: 'CoordRefs',
    act: async () => {
      await pushTask();
    },
  };
  expect(await roll()).toMatchObject({ ok: true, isDuplicate: false });
  const kept = at('refs/coord/archive/1');
  expect(at(`${kept}^`)).toBe(old);
  expect(operations()).toEqual(['epoch.roll']);
  expect(git(demo.gitDir, ['cat-file', '-p', 'coord'])).toContain(`Coord-Previous: ${kept}`);
});

it('cut short before the branch was moved, it is done again from a later head', async () => {
  const desk = await app();
  const request = await requestIn(desk);
  const old = at('coord');
  await dieBefore('CoordRefs');
  await expect(desk.write([request])).rejects.toMatchObject({ code: 'github-unreachable' });
  expect([at('coord'), at('refs/coord/archive/1')]).toEqual([old, old]);
  isDead = false;
  const later = await pushTask();
  expect(await (await app()).write([request])).toMatchObject([{ ok: true, isDuplicate: false }]);
  expect(at('refs/coord/archive/1')).toBe(later);
  expect(operations()).toEqual(['epoch.roll']);
});

it('cut short after the branch was moved, the same request is answered as done', async () => {
  const desk = await app();
  const request = await requestIn(desk);
  before = { said: 'CoordRefs', act: () => dieBefore('CoordTip') };
  fake.faults.next({ kind: 'timeout-after-commit', match: { operation: 'updateRefs' } });
  await expect(desk.write([request])).rejects.toMatchObject({ code: 'github-unreachable' });
  isDead = false;
  const root = at('coord');
  expect(operations()).toEqual(['epoch.roll']);
  expect(await (await app()).write([request])).toMatchObject([{ ok: true, isDuplicate: true }]);
  expect(at('coord')).toBe(root);
});

it.each(['timeout-after-commit', 'timeout-before-commit', 'stale'] as const)(
  'rolls once where moving the branch is met by: %s',
  async (kind) => {
    fake.faults.next({ kind, match: { operation: 'updateRefs' } });
    const old = at('coord');
    expect(await roll()).toMatchObject({ ok: true, isDuplicate: false });
    expect(operations()).toEqual(['epoch.roll']);
    expect(at('refs/coord/archive/1')).toBe(old);
    expect(git(demo.gitDir, ['for-each-ref', 'refs/coord']).trim().split('\n')).toHaveLength(1);
  },
);

it('a rule against force pushes is told with what to do; what was kept goes on with the next try', async () => {
  demo.setRules('coord', [{ type: 'non_fast_forward' }]);
  const old = at('coord');
  await expect(roll()).rejects.toMatchObject({
    code: 'epoch-refused',
    message: expect.stringMatching(/Cannot force-push.* let the App bypass it/s) as string,
  });
  expect([at('coord'), at('refs/coord/archive/1')]).toEqual([old, old]);
  demo.setRules('coord', []);
  const later = await pushTask();
  expect(await roll()).toMatchObject({ ok: true });
  expect(at('refs/coord/archive/1')).toBe(later);
});

it('keeps what was before behind a branch where GitHub refuses the ref, and nothing rolls where it refuses both', async () => {
  const refuse = (times: number): void => {
    fake.faults.next({
      kind: 'status',
      status: 422,
      match: { operation: 'git/create-ref' },
      times,
    });
  };
  const old = at('coord');
  refuse(2);
  await expect(roll()).rejects.toMatchObject({ code: 'archive-refused' });
  expect(at('coord')).toBe(old);
  refuse(1);
  expect(await roll()).toMatchObject({ ok: true });
  expect(at('refs/heads/coord-archive/1')).toBe(old);
});

it('never takes away what is kept under its number', async () => {
  const other = at('main');
  git(demo.gitDir, ['update-ref', 'refs/coord/archive/1', other]);
  const old = at('coord');
  expect(await roll()).toMatchObject({ ok: true });
  expect(at('refs/coord/archive/1')).toBe(other);
  expect(at('refs/heads/coord-archive/1')).toBe(old);
});

it('a server without the mutation moves nothing, and says who can', async () => {
  const errors = [{ message: "Field 'updateRefs' doesn't exist on type 'Mutation'" }];
  before = { said: 'CoordRefs', act: () => Promise.reject(Object.assign(new Error(), { errors })) };
  const old = at('coord');
  await expect(roll()).rejects.toMatchObject({ code: 'epoch-unsupported' });
  expect(at('coord')).toBe(old);
});
