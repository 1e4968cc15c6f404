// How a remote is reached: through proxies, with a token or what git's credential helpers know, and over something like SSH.
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tokenFor } from '../../src/adapters/git/remote/credential.ts';
import { proxyFor, requestThrough } from '../../src/adapters/git/remote/proxy.ts';
import { Clones, say, saidBy } from '../clones.ts';
import { startFakeGitHub } from '../fakes/github/fake-github.ts';
import type { FakeGitHub } from '../fakes/github/fake-github.ts';
import { gitEnvironment } from '../fakes/github/git/run.ts';
import { startForwardProxy } from '../forward-proxy.ts';
import type { ForwardProxy } from '../forward-proxy.ts';
import { spawnShell } from '../shell.ts';

let fake: FakeGitHub;
let proxy: ForwardProxy;
let folder = '';
let directory = '';
let count = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coord access ö '));
  fake = await startFakeGitHub();
  proxy = await startForwardProxy();
});
afterAll(async () => {
  await fake.stop();
  await proxy.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function git(...args: string[]): Promise<void> {
  await promisify(execFile)('git', args, { cwd: folder, env: gitEnvironment() });
}

beforeEach(async () => {
  const demo = await fake.addRepository(`octo/demo${(count += 1)}`, { roles: { ada: 'write' } });
  directory = join(folder, `clone ${count}`);
  await git('clone', '-q', demo.cloneUrl, directory);
});

/** What `init` comes to in a process of its own, whose git knows nobody's settings. */
async function init(environment: Record<string, string>) {
  const quiet = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const all = { ...quiet, GITHUB_SERVER_URL: fake.url, ...environment };
  return saidBy(await spawnShell(['-C', directory, 'init', '--json'], all));
}

const confirmed = { status: 0, result: { confirmed: true } };

describe.each(['git', 'http'])('over %s', (transport) => {
  const COORD_TRANSPORT = transport;

  it('goes through the proxy of the environment, and not where NO_PROXY says', async () => {
    const GITHUB_TOKEN = fake.createUserToken('ada');
    const given = { COORD_TRANSPORT, GITHUB_TOKEN, http_proxy: proxy.url };
    const host = new URL(fake.url).hostname;
    const before = proxy.asked.length;
    expect(await init({ ...given, no_proxy: `example.org,${host}` })).toMatchObject(confirmed);
    expect(proxy.asked.length).toBe(before);
    directory = join(folder, `proxied ${(count += 1)}`);
    const demo = await fake.addRepository(`octo/demo${count}`, { roles: { ada: 'write' } });
    await git('clone', '-q', demo.cloneUrl, directory);
    expect(await init({ ...given, no_proxy: 'example.org' })).toMatchObject(confirmed);
    const asked = proxy.asked.slice(before);
    expect(asked.some((url) => url.startsWith(fake.url) && url.includes('receive-pack'))).toBe(
      true,
    );
  });

  it.each(['GITHUB_TOKEN', 'GH_TOKEN', 'COORD_REMOTE_TOKEN'])('takes %s', async (name) => {
    const server = name.startsWith('COORD') ? { GITHUB_SERVER_URL: 'https://github.com' } : {};
    const token = fake.createUserToken('ada');
    expect(await init({ COORD_TRANSPORT, ...server, [name]: token })).toMatchObject(confirmed);
    const config = readFileSync(join(directory, '.git/config'), 'utf8');
    expect(config).not.toContain(token);
  });

  it("takes what git's credential helpers know", async () => {
    const told = `username=ada\npassword=${fake.createUserToken('ada')}\n`;
    writeFileSync(join(folder, 'credential'), told);
    const helper = `!f() { test "$1" = get && cat '${join(folder, 'credential')}'; }; f`;
    await git('-C', directory, 'config', 'credential.helper', helper);
    expect(await init({ COORD_TRANSPORT })).toMatchObject(confirmed);
  });

  it('says that it may not write where nobody knows a login', async () => {
    expect(await init({ COORD_TRANSPORT })).not.toMatchObject(confirmed);
  });
});

describe('something like SSH', () => {
  it('is reached by the command that git uses', async () => {
    const clones = new Clones();
    try {
      const first = clones.clone('first');
      const script = join(clones.folder, 'ssh.sh');
      // As ssh does: the last word is a command line for the other side.
      writeFileSync(
        script,
        '#!/bin/sh\nfor last; do :; done\necho "$last" >> "$0.log"\neval "exec $last"\n',
      );
      chmodSync(script, 0o755);
      const url = `ssh://git@example.invalid${encodeURI(clones.remote)}`;
      await git('-C', first, 'remote', 'set-url', 'origin', url);
      await git('-C', first, 'config', 'core.sshCommand', `'${script}'`);
      expect(await say(first, 'init')).toMatchObject(confirmed);
      expect(await say(first, 'agent', 'join', 'ada', '--as', 'ada')).toMatchObject(confirmed);
      expect(clones.records()).toHaveLength(2);
      expect(readFileSync(`${script}.log`, 'utf8')).toMatch(
        /git-upload-pack[\s\S]*git-receive-pack/,
      );
    } finally {
      clones.remove();
    }
  });
});

describe('a proxy', () => {
  it.each<[string, Record<string, string>, string | null]>([
    ['http://a.example/x', { http_proxy: 'http://p:1' }, 'http://p:1/'],
    ['http://a.example/x', { HTTP_PROXY: 'p:1' }, 'http://p:1/'],
    ['https://a.example/x', { http_proxy: 'http://p:1' }, null],
    ['https://a.example/x', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['https://a.example/x', { ALL_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['https://a.example/x', { ALL_PROXY: 'http://p:1', NO_PROXY: 'b.example, .example' }, null],
    ['https://a.example/x', { ALL_PROXY: 'http://p:1', NO_PROXY: 'xa.example' }, 'http://p:1/'],
    ['https://a.example:8/x', { ALL_PROXY: 'http://p:1', NO_PROXY: 'a.example:8' }, null],
    ['https://a.example:9/x', { ALL_PROXY: 'http://p:1', NO_PROXY: 'a.example:8' }, 'http://p:1/'],
    ['https://a.example/x', { ALL_PROXY: 'http://p:1', NO_PROXY: '*' }, null],
    ['https://a.example/x', {}, null],
  ])('for %s under %j is %s', (url, environment, expected) => {
    expect(proxyFor(url, environment)?.href ?? null).toBe(expected);
  });

  it('that is no HTTP proxy is refused with the next step', () => {
    const socks = { https_proxy: 'socks5://p:1' };
    expect(() => proxyFor('https://a.example', socks)).toThrow(/COORD_TRANSPORT/);
  });

  it('is asked for a tunnel to what is encrypted, and told who asks', async () => {
    const named = new URL(proxy.url.replace('//', '//ann:s%40cret@'));
    const { signal } = new AbortController();
    const wanted = { url: 'https://a.example/x' };
    await expect(requestThrough(named, wanted, signal)).rejects.toThrow(/403 to CONNECT/);
    expect(proxy.asked.at(-1)).toBe('CONNECT a.example:443');
    const plain = { url: `${fake.url}/octo/demo1.git/info/refs?service=git-upload-pack` };
    expect((await requestThrough(named, plain, signal)).statusCode).toBe(200);
    expect(proxy.logins.at(-1)).toBe(`Basic ${Buffer.from('ann:s@cret').toString('base64')}`);
  });
});

describe('a token', () => {
  it('goes to nobody it is not for, and nowhere in the clear', () => {
    const github = { GITHUB_TOKEN: 'g' };
    expect(tokenFor('https://github.com/o/r', github)).toBe('g');
    expect(tokenFor('https://github.com.evil.example/o/r', github)).toBeNull();
    expect(tokenFor('http://github.com/o/r', github)).toBeNull();
    const named = { COORD_REMOTE_TOKEN: 'n', ...github };
    expect(tokenFor('https://git.example/o/r', named)).toBe('n');
    expect(tokenFor('http://git.example/o/r', named)).toBeNull();
    expect(tokenFor('git@github.com:o/r', named)).toBeNull();
  });
});
