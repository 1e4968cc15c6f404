// The real App process, real webhooks, real git: a pull request of an agent gets its check run.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appEvents, appPermissions, startAppProcess } from '../app-process.ts';
import type { AppProcess } from '../app-process.ts';
import type { AppHandle } from '../fakes/github/app-handle.ts';
import { startFakeGitHub } from '../fakes/github/fake-github.ts';
import type { FakeGitHub } from '../fakes/github/fake-github.ts';
import type { RepositoryHandle } from '../fakes/github/repository-handle.ts';
import { resultOf } from '../shell.ts';

const policy = `version: 1
agents:
  codex: { github: "codex-bot[bot]", tier: implementer }
plan:
  phases:
    - id: rpc
      status: active
      scopes: { codex: { write: ["src/network/**"] } }
`;

let fake: FakeGitHub;
let demo: RepositoryHandle;
let app: AppHandle;
let running: AppProcess;
let folder: string;
let clone: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coord app '));
  clone = join(folder, 'clone');
  fake = await startFakeGitHub();
  fake.addUser('codex-bot[bot]', { type: 'Bot' });
  demo = await fake.addRepository('octo/demo', {
    files: { '.github/coord.yml': policy, 'src/network/a.ts': 'export const a = 1;\n' },
    roles: { ada: 'write', bob: 'read' },
  });
  await promisify(execFile)('git', ['clone', '-q', demo.gitDir, clone]);
  await resultOf(['-C', clone, 'init']);
  app = await fake.createApp({
    name: 'coord',
    permissions: appPermissions,
    events: appEvents,
    webhookSecret: 'a real secret',
  });
  running = await startAppProcess(fake, app);
}, 120_000);

afterAll(async () => {
  await running.stop();
  await fake.stop();
  await rm(folder, { recursive: true, force: true });
});

async function openPull(branch: string, files: Record<string, string>): Promise<number> {
  await demo.seed({ branch, files, author: 'codex-bot[bot]' });
  const number = await demo.openPullRequest({ head: branch, author: 'codex-bot[bot]' });
  await fake.settled();
  return number;
}

describe('a pull request of an agent', () => {
  it('inside its scope passes', async () => {
    const number = await openPull('inside', { 'src/network/b.ts': 'export const b = 2;\n' });
    const runs = demo.checkRuns(demo.pull(number).pull.headSha);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ name: 'coord / gate', status: 'completed', conclusion: 'success' });
    expect(fake.violations).toEqual([]);
    expect(running.output()).not.toContain('error');
  });
});
