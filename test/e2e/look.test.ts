// Looking through the shell: the past with `status --at`, causes and effects with `trace`, and how things stand with `doctor`.
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git } from '../log-forge.ts';
import { resultOf, runShell } from '../shell.ts';
import { LongLog, places } from '../tampered-long-log.ts';
import { storeOf } from '../tampered-log.ts';

const long = new LongLog();
beforeAll(() => long.make(), 60_000);
afterAll(() => long.remove());

interface Finding {
  readonly check: string;
  readonly status: string;
  readonly message: string;
}

async function examine(repository: string, environment = {}, ...words: string[]) {
  const run = await runShell(['-C', repository, 'doctor', '--json', ...words], environment);
  const { result } = JSON.parse(run.out) as {
    result: { checks: readonly Finding[]; fixed: string[] };
  };
  const found = new Map(result.checks.map(({ check, status }) => [check, status]));
  return { status: run.status, found, ...result };
}

describe('status --at', () => {
  it('shows the state as it was, and says of which seq and time', async () => {
    const whole = await resultOf(['-C', long.base, 'status']);
    expect(whole).not.toHaveProperty('asOf');
    const then = await resultOf(['-C', long.base, 'status', '--at', '6']);
    expect(then).toMatchObject({ asOf: { seq: 6 }, tasks: { counts: { pending: 1 } } });
    const oid = git(storeOf(long.base), ['rev-parse', 'coord~200']).trim();
    expect(await resultOf(['-C', long.base, 'status', '--at', oid])).toEqual(then);
    const run = await runShell(['-C', long.base, 'status', '--at', oid.slice(0, 39)]);
    expect(run.out.split('\n')[0]).toMatch(/^As of seq 6, 20/);
  });

  it.each(['yesterday', '0', '2026-99-99'])('%s is a usage error with examples', async (at) => {
    const run = await runShell(['-C', long.base, 'status', '--at', at]);
    expect(run.status).toBe(2);
    expect(run.err).toContain('--at 2026-11-20T12:00:00Z');
  });

  it('refuses what the log has not reached', async () => {
    const run = await runShell(['-C', long.base, 'status', '--at', '9999']);
    expect([run.status, run.err]).toEqual([1, expect.stringContaining('from seq 1 to 206')]);
  });

  it('fetches for the look what a shallow store lacks, and says so where it cannot', async () => {
    const repository = long.copy();
    const remote = `${repository}.git`;
    git(long.folder, ['init', '-q', '--bare', remote]);
    git(storeOf(repository), ['push', '-q', remote, 'refs/heads/coord']);
    git(repository, ['remote', 'add', 'origin', remote]);
    const boundary = git(storeOf(repository), ['rev-parse', 'coord~20']);
    writeFileSync(join(storeOf(repository), 'shallow'), boundary);
    const words = ['-C', repository, 'status', '--at', '120'];
    expect(await resultOf(words)).toMatchObject({ asOf: { seq: 120 } });
    const run = await runShell([...words, '--offline']);
    expect([run.status, run.err]).toEqual([3, expect.stringContaining('Leave --offline out')]);
    const traced = await resultOf(['-C', repository, 'trace', 'T-1']);
    expect(traced).toMatchObject({ record: { op: 'task.add', seq: 4 } });
  });
});

describe('trace', () => {
  it('shows the record, who sent it, and what came of it', async () => {
    const run = await runShell(['-C', long.base, 'trace', 'M-1']);
    expect(run.status).toBe(0);
    expect(run.out).toMatch(/^seq 5 {2}message.send {2}ada {2}/);
    expect(run.out).toContain('sent by shell test; not signed; decided under policy none');
    const none = await runShell(['-C', long.base, 'trace', 'T-999']);
    expect([none.status, none.err]).toEqual([1, expect.stringContaining('no command T-999')]);
  });
});

describe('doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    const { status, found, checks } = await examine(long.base);
    expect([status, [...new Set(found.values())]]).toEqual([0, ['ok']]);
    expect(checks.map(({ check }) => check)).toEqual([
      ...['store', 'mutex', 'files', 'weight', 'pin', 'protection', 'policy', 'clock', 'state'],
    ]);
  });

  it('finds what killed processes left, and removes that and nothing else', async () => {
    const repository = long.copy();
    const store = storeOf(repository);
    const left = join(store, 'tmp_1_abc');
    const fresh = join(store, 'tmp_2_abc');
    const mutex = join(store, 'coord-mutex');
    const lock = join(store, 'refs', 'heads', 'coord.lock');
    const quarantine = join(dirname(store), 'quarantine-1-abc.git', 'objects');
    mkdirSync(quarantine, { recursive: true });
    // An unreadable record of long ago was left by a machine that lost power.
    for (const path of [left, fresh, mutex, lock]) writeFileSync(path, '');
    const longAgo = new Date('2020-01-01');
    for (const path of [left, mutex, lock, dirname(quarantine)]) utimesSync(path, longAgo, longAgo);
    const before = await examine(repository);
    expect([before.found.get('files'), before.found.get('mutex')]).toEqual(['warn', 'warn']);
    const { fixed, found, status } = await examine(repository, {}, '--fix');
    expect([status, fixed]).toEqual([0, [left, dirname(quarantine)]]);
    expect([found.get('files'), found.get('mutex')]).toEqual(['ok', 'ok']);
    expect(git(dirname(fresh), ['rev-list', '--count', 'coord']).trim()).toBe('206');
    expect(() => writeFileSync(fresh, '', { flag: 'wx' })).toThrow('EEXIST');
  });

  it('fails where objects cannot be read', async () => {
    const repository = long.copy();
    const store = storeOf(repository);
    git(store, ['update-ref', 'refs/heads/coord', 'coord']);
    const tree = git(store, ['rev-parse', `coord~${places.head - places.newest}^{tree}`]).trim();
    const broken = git(store, ['ls-tree', tree]).replace(
      /blob \S+\tbatch/,
      `blob ${'1'.repeat(40)}\tbatch`,
    );
    const made = git(store, ['mktree', '--missing'], broken).trim();
    const commit = git(store, ['commit-tree', made, '-p', 'coord'], 'x\n').trim();
    git(store, ['update-ref', 'refs/heads/coord', commit]);
    const { status, found } = await examine(repository);
    expect([status, found.get('store'), found.get('state')]).toEqual([1, 'fail', 'fail']);
  });

  it('warns of a clock that is behind the log', async () => {
    const { found, status } = await examine(long.base, { COORD_NOW: '2020-01-01T00:00:00.000Z' });
    expect([status, found.get('clock')]).toEqual([0, 'warn']);
  });

  it.each([
    ['ok', [{ type: 'deletion' }, { type: 'non_fast_forward' }]],
    ['warn', [{ type: 'deletion' }]],
  ])('says %s of what GitHub enforces', async (expected, rules) => {
    const server = createServer((request, response) => {
      const isRight = request.url === '/repos/o/r/rules/branches/coord';
      response.writeHead(isRight && request.headers.authorization === 'Bearer t' ? 200 : 404);
      response.end(JSON.stringify(rules));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const repository = long.copy();
    git(repository, ['remote', 'add', 'origin', `http://127.0.0.1:${port}/o/r.git`]);
    const environment = {
      GITHUB_TOKEN: 't',
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_SERVER_URL: `http://127.0.0.1:${port}`,
    };
    const { found } = await examine(repository, environment);
    expect([found.get('protection'), found.get('pin')]).toEqual([expected, 'warn']);
    server.close();
  });
});
