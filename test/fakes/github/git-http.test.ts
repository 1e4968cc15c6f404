// Git over HTTP: clone, fetch and push with native git and isomorphic-git, who may, and what a push sets off.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import isogit from 'isomorphic-git';
import http from 'isomorphic-git/http/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppHandle } from './app-handle.ts';
import { parsePushCommands } from './http/git-backend.ts';
import { at } from './client.ts';
import type { FakeGitHub } from './fake-github.ts';
import { startFakeGitHub } from './fake-github.ts';
import { gitEnvironment } from './git/run.ts';
import type { Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';
import type { RepositoryHandle } from './repository-handle.ts';

const run = promisify(execFile);
let fake: FakeGitHub;
let receiver: Receiver;
let app: AppHandle;
let demo: RepositoryHandle;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fake-github-test-'));
  fake = await startFakeGitHub();
  receiver = await startReceiver();
  demo = await fake.addRepository('octo/demo', { roles: { ada: 'write' } });
  app = await fake.createApp({
    name: 'coord',
    permissions: { contents: 'write', pull_requests: 'write' },
    events: ['push', 'pull_request'],
    webhookUrl: receiver.url,
  });
});
afterAll(async () => {
  expect(fake.violations).toEqual([]);
  await fake.stop();
  await receiver.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs native git in a clone; answers what it printed on both streams. */
async function git(cwd: string, ...args: string[]): Promise<string> {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  const { stdout, stderr } = await run('git', [...who, ...args], { cwd, env: gitEnvironment() });
  return stdout + stderr;
}

function withToken(url: string, token: string): string {
  return url.replace('http://', `http://x-access-token:${token}@`);
}

async function commitAndPush(clone: string, name: string, ...args: string[]): Promise<string> {
  await writeFile(join(clone, name), `${name}\n`);
  await git(clone, 'add', '.');
  await git(clone, 'commit', '-m', `Add ${name}`);
  return await git(clone, 'push', ...args);
}

describe('native git', () => {
  it('clones a public repository without a password and may not push to it', async () => {
    const clone = join(folder, 'anonymous');
    await git(folder, 'clone', '--quiet', demo.cloneUrl, clone);
    expect(await git(clone, 'rev-parse', 'HEAD')).toContain(await demo.head());
    await expect(commitAndPush(clone, 'no.txt', 'origin', 'HEAD:no')).rejects.toThrow(
      /terminal prompts disabled|Authentication/,
    );
    expect(await demo.head('no')).toBeNull();
  });

  it('pushes with a token, which moves pull requests and sends webhooks', async () => {
    const clone = join(folder, 'pusher');
    await demo.seed({ branch: 'topic', files: { 'one.txt': '1' } });
    const number = await demo.openPullRequest({ head: 'topic', author: 'ada' });
    await fake.settled();
    receiver.received.length = 0;
    const url = withToken(demo.cloneUrl, fake.createUserToken('ada'));
    await git(folder, 'clone', '--quiet', '--branch', 'topic', url, clone);
    await writeFile(join(clone, 'big.bin'), randomBytes(2_000_000));
    await commitAndPush(clone, 'two.txt', 'origin', 'topic');
    const head = (await git(clone, 'rev-parse', 'HEAD')).trim();
    await fake.settled();
    expect(demo.pull(number).pull.headSha).toBe(head);
    const names = receiver.received.map((each) => each.name).sort();
    expect(names).toEqual(['pull_request.synchronize', 'push']);
    const push = receiver.received.find((each) => each.name === 'push');
    expect(push?.payload).toMatchObject({
      ref: 'refs/heads/topic',
      after: head,
      sender: { login: 'ada' },
      commits: [{ added: ['big.bin', 'two.txt'] }],
    });
    const log = fake.requests.filter((each) => each.kind === 'git' && each.isWrite);
    expect(log.at(-1)).toMatchObject({
      operation: 'git-receive-pack',
      authenticatedAs: 'ada',
      status: 200,
    });
    expect(demo.isSigned(head)).toBe(false);
    expect(await demo.read('topic', 'big.bin')).not.toBeNull();
  });

  it('is rejected when somebody was faster, and nothing is announced', async () => {
    const clone = join(folder, 'slow');
    const url = withToken(demo.cloneUrl, app.createToken());
    await git(folder, 'clone', '--quiet', url, clone);
    const faster = await demo.push({ files: { 'faster.txt': 'f' } });
    await fake.settled();
    const before = receiver.received.length;
    await expect(commitAndPush(clone, 'slow.txt', 'origin', 'HEAD:main')).rejects.toThrow(
      /rejected|fetch first/,
    );
    await fake.settled();
    expect(await demo.head()).toBe(faster);
    expect(receiver.received.length).toBe(before);
  });

  it('cannot touch the refs of pull requests, but fetches them, also by bare object id', async () => {
    const clone = join(folder, 'refs');
    await git(folder, 'clone', '--quiet', withToken(demo.cloneUrl, app.createToken()), clone);
    const push = git(clone, 'push', 'origin', 'HEAD:refs/pull/99/head');
    await expect(push).rejects.toThrow(/hidden ref/);
    await git(clone, 'fetch', '--quiet', 'origin', 'refs/pull/1/head');
    const sha = demo.pull(1).pull.headSha;
    expect(await git(clone, 'rev-parse', 'FETCH_HEAD')).toContain(sha);
    await git(clone, 'fetch', '--quiet', '--depth', '1', 'origin', sha);
  });

  it('needs write access to push and sees private repositories only with a reading token', async () => {
    const secret = await fake.addRepository('octo/secret', { isPrivate: true });
    const reader = fake.createActionsToken({
      repository: 'octo/secret',
      permissions: { contents: 'read' },
    });
    const clone = join(folder, 'secret');
    await expect(git(folder, 'ls-remote', secret.cloneUrl)).rejects.toThrow();
    await expect(
      git(folder, 'ls-remote', withToken(secret.cloneUrl, fake.createUserToken('eve'))),
    ).rejects.toThrow(/not found/);
    await git(folder, 'clone', '--quiet', withToken(secret.cloneUrl, reader), clone);
    await expect(commitAndPush(clone, 'x.txt', 'origin', 'HEAD:main')).rejects.toThrow(/403/);
    await expect(git(folder, 'ls-remote', `${fake.url}/octo/none.git`)).rejects.toThrow(
      /not found/,
    );
  });

  it('may lose the connection after the push took effect', async () => {
    const clone = join(folder, 'lost');
    await git(folder, 'clone', '--quiet', withToken(demo.cloneUrl, app.createToken()), clone);
    fake.faults.next({
      kind: 'timeout-after-commit',
      match: { method: 'POST', operation: 'git-receive-pack' },
    });
    await expect(commitAndPush(clone, 'lost.txt', 'origin', 'HEAD:lost')).rejects.toThrow();
    expect(fake.faults.pending).toBe(0);
    expect(await demo.head('lost')).toBe((await git(clone, 'rev-parse', 'HEAD')).trim());
  });
});

describe('isomorphic-git', () => {
  it('clones shallowly, commits and pushes', async () => {
    const dir = join(folder, 'iso');
    const onAuth = (): { username: string; password: string } => {
      return { username: 'x-access-token', password: app.createToken() };
    };
    await isogit.clone({ fs, http, dir, url: demo.cloneUrl, depth: 1, singleBranch: true, onAuth });
    await writeFile(join(dir, 'iso.txt'), 'iso\n');
    await isogit.add({ fs, dir, filepath: 'iso.txt' });
    const author = { name: 'Iso', email: 'iso@example.com' };
    const oid = await isogit.commit({ fs, dir, message: 'Iso', author });
    const pushed = await isogit.push({
      fs,
      http,
      dir,
      remote: 'origin',
      remoteRef: 'refs/heads/iso',
      onAuth,
    });
    expect(at(pushed, 'ok')).toBe(true);
    expect(await demo.head('iso')).toBe(oid);
    expect(await demo.read('iso', 'iso.txt')).toBe('iso\n');
  });
});

describe('reading the commands of a push', () => {
  it('stops at the flush packet, at the end, and at what is no packet', () => {
    const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
    const first = `${a} ${b} refs/heads/x\0 report-status`;
    const second = `${b} ${a} refs/heads/y`;
    const packet = (text: string): string => (text.length + 4).toString(16).padStart(4, '0') + text;
    const whole = Buffer.from(`${packet(first)}${packet(second)}0000PACK`);
    expect(parsePushCommands(whole).map((each) => each.ref)).toEqual([
      'refs/heads/x',
      'refs/heads/y',
    ]);
    expect(parsePushCommands(whole.subarray(0, 130))).toHaveLength(1);
    expect(parsePushCommands(Buffer.from('PACK'))).toEqual([]);
    expect(parsePushCommands(Buffer.alloc(0))).toEqual([]);
  });
});
