// A remote behind TLS that is reached through a proxy's tunnel only, by the installed git and without it.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { saidBy } from '../clones.ts';
import type { Said } from '../clones.ts';
import { startFakeGitHub } from '../fakes/github/fake-github.ts';
import type { FakeGitHub } from '../fakes/github/fake-github.ts';
import { gitEnvironment } from '../fakes/github/git/run.ts';
import type { RepositoryHandle } from '../fakes/github/repository-handle.ts';
import { startForwardProxy } from '../forward-proxy.ts';
import type { ForwardProxy } from '../forward-proxy.ts';
import { spawnShell } from '../shell.ts';
import { startTlsFront } from '../tls-front.ts';
import type { TlsFront } from '../tls-front.ts';

let folder = '';
let fake: FakeGitHub;
let front: TlsFront;
let proxy: ForwardProxy;
let demo: RepositoryHandle;
let count = 0;

/** Only the proxy knows where that is: whoever does not ask it finds nobody. */
const hidden = 'git.invalid';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coord tls '));
  fake = await startFakeGitHub();
  front = await startTlsFront(folder, fake.url, [`DNS:${hidden}`, 'IP:127.0.0.1']);
  proxy = await startForwardProxy({ tunnels: front.port });
});
afterAll(async () => {
  await proxy.stop();
  await front.stop();
  await fake.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  demo = await fake.addRepository(`octo/demo${(count += 1)}`, { roles: { ada: 'write' } });
});

async function git(...args: string[]): Promise<void> {
  await promisify(execFile)('git', args, { cwd: folder, env: gitEnvironment() });
}

/** A clone whose remote is behind the proxy under that host; what it says comes from a process of its own. */
async function clone(name: string, host = hidden) {
  const directory = join(folder, `${name} ${count}`);
  await git('clone', '-q', demo.cloneUrl, directory);
  const server = `https://${host}:${front.port}`;
  await git(
    '-C',
    directory,
    'remote',
    'set-url',
    'origin',
    demo.cloneUrl.replace(fake.url, server),
  );
  return async (words: readonly string[], environment: Record<string, string>): Promise<Said> => {
    const quiet = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const token = { GITHUB_SERVER_URL: server, GITHUB_TOKEN: fake.createUserToken('ada') };
    const all = { ...quiet, ...token, ...environment };
    return saidBy(await spawnShell(['-C', directory, ...words, '--json'], all));
  };
}

const tunnelled = (): number => proxy.asked.filter((each) => each.startsWith('CONNECT ')).length;

describe.each([
  ['git', (file: string) => ({ COORD_TRANSPORT: 'git', GIT_SSL_CAINFO: file })],
  ['http', (file: string) => ({ COORD_TRANSPORT: 'http', NODE_EXTRA_CA_CERTS: file })],
])('over %s, TLS through a tunnel', (_transport, trusting) => {
  it('carries a log there and back', async () => {
    const given = { HTTPS_PROXY: proxy.url, ...trusting(front.certificate) };
    const [first, second] = [await clone('first'), await clone('second')];
    const before = tunnelled();
    expect(await first(['init'], given)).toMatchObject({ status: 0, result: { confirmed: true } });
    const joined = ['agent', 'join', 'codex', '--as', 'codex'];
    expect(await second(joined, given)).toMatchObject({ status: 0, result: { confirmed: true } });
    await demo.seed({ files: { 'more.txt': 'more\n' } });
    const synced = await first(['sync'], given);
    expect(synced).toMatchObject({ status: 0, result: { confirmed: true, seq: 2 } });
    // Everything that a sync asks goes that way.
    expect(synced.result['notes']).toEqual([expect.stringContaining('the remote has moved')]);
    expect(synced.result['head']).toBe(await demo.head('coord'));
    const asked = proxy.asked.slice(before);
    expect(asked.length).toBeGreaterThan(3);
    expect(new Set(asked)).toEqual(new Set([`CONNECT ${hidden}:${front.port}`]));
  });

  it('tells the proxy who asks', async () => {
    const strict = await startForwardProxy({ tunnels: front.port, needsLogin: true });
    const named = strict.url.replace('//', '//ann:s%40cret@');
    const first = await clone('first');
    const given = { HTTPS_PROXY: named, ...trusting(front.certificate) };
    expect(await first(['init'], given)).toMatchObject({ result: { confirmed: true } });
    expect(strict.logins.at(-1)).toBe(`Basic ${Buffer.from('ann:s@cret').toString('base64')}`);
    const unnamed = { ...given, HTTPS_PROXY: strict.url };
    expect(await first(['sync'], unnamed)).toMatchObject({
      ...{ status: 3, error: { code: 'remote-unreachable' } },
    });
    await strict.stop();
  });

  it('goes to an address without a name', async () => {
    const given = { HTTPS_PROXY: proxy.url, ...trusting(front.certificate) };
    const first = await clone('first', '127.0.0.1');
    const created = await first(['init'], given);
    expect(created).toMatchObject({ status: 0, err: '', result: { confirmed: true } });
    expect(proxy.asked.at(-1)).toBe(`CONNECT 127.0.0.1:${front.port}`);
  });

  it('is a fault where nobody trusts the certificate, where there is no proxy, and where it lets nobody through', async () => {
    const first = await clone('first');
    const [trusted, other] = [trusting(front.certificate), await startForwardProxy()];
    const ways = [
      { ...trusting(''), HTTPS_PROXY: proxy.url },
      trusted,
      { ...trusted, HTTPS_PROXY: other.url },
    ];
    for (const given of ways) {
      const { status, error } = await first(['init'], given);
      expect([status, error.code]).toEqual([3, 'remote-unreachable']);
    }
    await other.stop();
  });
});
