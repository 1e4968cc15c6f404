// The log over smart HTTP without native git: clones that race, a push whose answer is lost, and who may not.
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRemoteLog } from '../../src/adapters/git/remote/remote-log.ts';
import { findRepository } from '../../src/adapters/git/repository.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { execute } from '../../src/engine/execute.ts';
import { nextHybridTime } from '../../src/log/clock.ts';
import { idRandomBytes, uuidv7 } from '../../src/log/id.ts';
import { registry } from '../../src/registry.ts';
import { readGlobals } from '../../src/surfaces/cli/globals.ts';
import { openWorkspace } from '../../src/surfaces/cli/workspace.ts';
import { startFakeGitHub } from '../fakes/github/fake-github.ts';
import type { FakeGitHub } from '../fakes/github/fake-github.ts';
import { gitEnvironment } from '../fakes/github/git/run.ts';
import type { RepositoryHandle } from '../fakes/github/repository-handle.ts';
import { runShell } from '../shell.ts';
import type { ShellRun } from '../shell.ts';

const run = promisify(execFile);
const quiet = {
  out: () => undefined,
  isInteractive: false,
  showsProgress: false,
  readStdin: () => Promise.resolve(''),
};
let fake: FakeGitHub;
let demo: RepositoryHandle;
let folder: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coord http '));
  fake = await startFakeGitHub();
});
afterAll(async () => {
  await fake.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  demo = await fake.addRepository(`octo/demo${(count += 1)}`, { roles: { ada: 'write' } });
});

async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd, env: gitEnvironment() });
  return stdout;
}

interface Clone {
  readonly directory: string;
  /** Runs a command as that agent and answers what its JSON document says. */
  coord(...words: string[]): Promise<ShellRun & { answer: Answer }>;
  readonly store: (...args: string[]) => Promise<string>;
}

interface Answer {
  readonly ok: boolean;
  readonly result: Record<string, unknown>;
  readonly error: { kind: string; code: string; message: string };
}

async function clone(agent: string, environment: Record<string, string> = {}): Promise<Clone> {
  const directory = join(folder, `${agent}-${count}`);
  await git(folder, 'clone', '-q', demo.cloneUrl, directory);
  const given = {
    COORD_TRANSPORT: 'http',
    GITHUB_TOKEN: fake.createUserToken('ada'),
    GITHUB_SERVER_URL: fake.url,
    COORD_AGENT: agent,
    ...environment,
  };
  return {
    directory,
    async coord(...words) {
      const run = await runShell(['-C', directory, '--json', ...words], given);
      return { ...run, answer: JSON.parse(run.out) as Answer };
    },
    store: (...args) =>
      git(directory, `--git-dir=${join(directory, '.git/coord/store.git')}`, ...args),
  };
}

/** The commands that stand on the remote's log, oldest first, without those whose record only tells a loss. */
async function operationsOnRemote(): Promise<string[]> {
  const patches = await git(folder, `--git-dir=${demo.gitDir}`, 'log', '-p', '--reverse', 'coord');
  const records = patches.split('\n').filter((line) => line.startsWith('+{"id"'));
  return records
    .map((line) => JSON.parse(line.slice(1)) as { op: string; events: { type: string }[] })
    .filter(({ events }) => events[0]?.type !== 'command.lost')
    .map(({ op }) => op);
}

/** So many commits of one command each, without the cost of a shell for each. */
async function joinMany(directory: string, commits: number): Promise<void> {
  const { globals } = readGlobals(['-C', directory], new Set());
  const clock = systemClock();
  const terminal = { ...quiet, err: () => undefined };
  const { engine } = openWorkspace(findRepository(directory), {
    ...{ globals, clock, registry, terminal, environment: {} },
  });
  for (let index = 0; index < commits; index += 1) {
    const fold = await engine.projection.load();
    const [actor, now] = [`agent-${index}`, clock.now()];
    const intent = {
      ...{ log: fold.log ?? '', op: 'agent.join', actor, hlc: nextHybridTime(null, now) },
      ...{ id: uuidv7(Date.parse(now), clock.randomBytes(idRandomBytes)), input: { name: actor } },
    };
    const auth = { by: 'shell', subject: 'test' } as const;
    await execute(engine, [{ intent, auth, isPersonPresent: false }]);
  }
}

async function expectClean({ store, directory }: Clone): Promise<void> {
  expect(await store('fsck', '--strict')).not.toMatch(/error|missing|broken/);
  expect(await store('for-each-ref', '--format=%(refname)')).toBe(
    'refs/heads/coord\nrefs/remotes/origin/coord\n',
  );
  expect(await readdir(join(directory, '.git/coord'))).toEqual(['store.git']);
  expect(await git(directory, 'status', '--porcelain')).toBe('');
}

describe('coord over HTTP without native git', () => {
  it('creates the log, and two clones that race for a task have one winner', async () => {
    const [codex, opus] = [await clone('codex'), await clone('opus')];
    expect((await codex.coord('init')).answer.result).toMatchObject({ confirmed: true });
    await codex.coord('agent', 'join', 'codex');
    await opus.coord('agent', 'join', 'opus');
    expect((await codex.coord('task', 'add', 'Race')).answer.ok).toBe(true);
    const runs = await Promise.all([
      ...[codex.coord('claim', 'T-1'), opus.coord('claim', 'T-1')],
      ...[codex.coord('send', 'all', 'one'), opus.coord('send', 'all', 'two')],
    ]);
    const claims = runs.slice(0, 2).map(({ status }) => status);
    expect(claims.sort()).toEqual([0, 1]);
    expect(runs.slice(2).map(({ status }) => status)).toEqual([0, 0]);
    for (const { answer } of runs) {
      if (answer.ok) expect(answer.result['confirmed']).toBe(true);
    }
    for (const each of [codex, opus]) {
      expect((await each.coord('sync')).answer.result['confirmed']).toBe(true);
      expect((await each.coord('verify')).answer.result).toMatchObject({ valid: true });
      await expectClean(each);
    }
    expect(await codex.store('rev-parse', 'coord')).toBe(await opus.store('rev-parse', 'coord'));
    expect(await demo.head('coord')).toBe((await codex.store('rev-parse', 'coord')).trim());
    expect((await operationsOnRemote()).sort()).toEqual([
      ...['agent.join', 'agent.join', 'log.init', 'message.send', 'message.send'],
      ...['task.add', 'task.claim'],
    ]);
  });

  it('looks for its command after a push whose answer was lost, and does not write it twice', async () => {
    const codex = await clone('codex');
    await codex.coord('init');
    await codex.coord('agent', 'join', 'codex');
    fake.faults.next({
      kind: 'timeout-after-commit',
      match: { method: 'POST', operation: 'git-receive-pack' },
    });
    const { answer } = await codex.coord('task', 'add', 'Once');
    expect(answer.result).toMatchObject({ confirmed: true, task: { number: 1 } });
    expect(await operationsOnRemote()).toEqual(['log.init', 'agent.join', 'task.add']);
    await expectClean(codex);
  });

  it('rolls the epoch, and follows one that others rolled', async () => {
    const [ada, opus] = [await clone('ada', { COORD_AGENT: '' }), await clone('opus')];
    await ada.coord('init');
    await opus.coord('agent', 'join', 'opus');
    await ada.coord('task', 'add', 'Unseen');
    const before = await demo.head('coord');
    const { answer } = await ada.coord('epoch', 'roll', '--yes');
    expect(answer.ok, JSON.stringify(answer)).toBe(true);
    expect(await operationsOnRemote()).toEqual(['epoch.roll']);
    expect((await git(demo.gitDir, 'rev-parse', 'refs/coord/archive/1')).trim()).toBe(before);
    expect((await opus.coord('sync')).answer.result['confirmed']).toBe(true);
    expect((await opus.store('rev-parse', 'refs/coord/archive/1')).trim()).toBe(before);
    expect((await opus.coord('verify')).answer.result).toMatchObject({ valid: true, records: 4 });
  });

  it('takes over a long log with the last window of commits, and verifies all of it when asked', async () => {
    const codex = await clone('codex');
    await codex.coord('init');
    await joinMany(codex.directory, 110);
    expect((await codex.coord('sync')).answer.result['confirmed']).toBe(true);
    const late = await clone('late');
    expect((await late.coord('status')).answer.ok).toBe(true);
    expect(await late.store('rev-list', '--count', 'coord')).toBe('97\n');
    expect((await late.coord('agent', 'join', 'late')).answer.result['confirmed']).toBe(true);
    await codex.coord('sync');
    expect((await late.coord('verify', '--level', 'window')).answer.result['valid']).toBe(true);
    await expectClean(late);
  });

  it('says that a reader may not write, and keeps what was done', async () => {
    const codex = await clone('codex');
    await codex.coord('init');
    fake.addUser('eve');
    const eve = await clone('eve', { GITHUB_TOKEN: fake.createUserToken('eve') });
    const join = await eve.coord('agent', 'join', 'eve');
    expect([join.status, join.answer.result['confirmed']]).toEqual([0, false]);
    expect(join.err).toMatch(/does not let you write.*kept here.*coord sync/);
    const synced = await eve.coord('sync');
    expect([synced.status, synced.answer.error.code]).toEqual([3, 'remote-denied']);
    expect((await eve.coord('--offline', 'agent', 'list')).out).toContain('eve');
    const anonymous = await clone('nobody', { GITHUB_SERVER_URL: 'https://github.com' });
    const sent = await anonymous.coord('agent', 'join', 'nobody');
    expect([sent.status, sent.answer.result['confirmed']]).toEqual([0, false]);
    expect(sent.err).toContain('does not let you write');
  });

  it('works on when the server is away', async () => {
    const codex = await clone('codex');
    await codex.coord('init');
    await codex.coord('agent', 'join', 'codex');
    fake.faults.next({ kind: 'status', match: { operation: /^git-/ }, times: 20 });
    const added = await codex.coord('task', 'add', 'Later');
    expect([added.status, added.answer.result['confirmed']]).toEqual([0, false]);
    expect(added.err).toContain('origin cannot be reached');
    const synced = await codex.coord('sync');
    expect([synced.status, synced.answer.error.code]).toEqual([3, 'remote-unreachable']);
    while (fake.faults.pending > 0) await codex.coord('status');
    expect((await codex.coord('sync')).answer.result['confirmed']).toBe(true);
  });

  it('is what a machine without git uses', async () => {
    const codex = await clone('codex');
    await codex.coord('init');
    const empty = join(folder, `no-git-${count}`);
    await mkdir(empty);
    const child = fileURLToPath(new URL('http-transport.child.ts', import.meta.url));
    const late = await clone('late');
    const done = await new Promise<string>((resolve, reject) => {
      const words = ['--import', import.meta.resolve('tsx'), child, late.directory];
      const env = {
        PATH: empty,
        GITHUB_TOKEN: fake.createUserToken('ada'),
        GITHUB_SERVER_URL: fake.url,
      };
      const running = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      let out = '';
      running.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      running.on('error', reject);
      running.on('close', () => resolve(out));
    });
    expect(JSON.parse(done)).toEqual({ head: await demo.head('coord'), pushed: { ok: true } });
    expect(await readFile(join(late.directory, '.git/config'), 'utf8')).toContain(demo.cloneUrl);
  });

  it('knows a lost race from an answer that never came', async () => {
    const [codex, late] = [await clone('codex'), await clone('late')];
    await codex.coord('init');
    const environment = {
      ...{ COORD_TRANSPORT: 'http', GITHUB_TOKEN: fake.createUserToken('ada') },
      GITHUB_SERVER_URL: fake.url,
    };
    const repository = findRepository(late.directory);
    const remote = openRemoteLog(repository, 'origin', {
      ...{ clock: systemClock(), inspect: () => undefined, environment },
    });
    const head = (await remote.fetch()) ?? '';
    const match = { method: 'POST', operation: 'git-receive-pack' };
    fake.faults.next({ kind: 'status', match });
    expect(await remote.push(head)).toMatchObject({ ok: false, reason: 'unknown' });
    await codex.coord('agent', 'join', 'codex');
    expect(await remote.push(head)).toEqual({ ok: false, reason: 'rejected' });
  });

  it('wants git or http to be said', async () => {
    const codex = await clone('codex', { COORD_TRANSPORT: 'carrier-pigeon' });
    const { status, answer } = await codex.coord('status');
    expect([status, answer.error.code]).toEqual([2, 'bad-transport']);
  });
});
