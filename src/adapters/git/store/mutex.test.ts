// The mutex is held by one process at a time and taken over from the dead only.
import * as fs from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ended, replaceFs, scratchDirectory, startChild } from './git-store.fixture.ts';
import { acquireMutex, withMutex } from './mutex.ts';
import type { NewMutexRecord } from './mutex-record.ts';
import { encodeRecord, readRecord } from './mutex-record.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { judgeLiveness, ownIdentity } from './process-identity.ts';

let scratch: ReturnType<typeof scratchDirectory>;
let path: string;

beforeEach(() => {
  scratch = scratchDirectory();
  path = join(scratch.path, 'mutex');
});
afterEach(() => scratch.remove());

const soon = { timeoutMilliseconds: 60 };

function leave(change: Partial<NewMutexRecord>): void {
  const since = '2026-01-02T03:04:05.678Z';
  const record = { ...ownIdentity(), nonce: '0123456789abcdef', since, ...change };
  fs.writeFileSync(path, encodeRecord(record).text);
}

describe('a mutex', () => {
  it('names its holder while held and leaves nothing after', async () => {
    const result = await withMutex(path, () => {
      expect(readRecord(path)?.identity).toEqual(ownIdentity());
      expect(fs.readdirSync(scratch.path)).toEqual(['mutex']);
      return 'done';
    });
    expect(result).toBe('done');
    expect(fs.readdirSync(scratch.path)).toEqual([]);
  });

  it('is released when the work fails', async () => {
    await expect(withMutex(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(fs.readdirSync(scratch.path)).toEqual([]);
  });

  it('lets those of one process in one after the other', async () => {
    let inside = 0;
    let most = 0;
    const enter = async (): Promise<void> => {
      most = Math.max(most, (inside += 1));
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => withMutex(path, enter)));
    expect(most).toBe(1);
  });

  it('never removes the file of another holder', async () => {
    const held = await acquireMutex(path);
    fs.unlinkSync(path);
    leave({ nonce: 'fedcba9876543210' });
    held.release();
    held.release();
    expect(readRecord(path)?.nonce).toBe('fedcba9876543210');
  });

  it('shows signs of life without becoming unreadable', async () => {
    const held = await acquireMutex(path);
    const before = readRecord(path)?.heartbeat;
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const after = readRecord(path);
    held.release();
    expect(after?.identity).toEqual(ownIdentity());
    expect(Date.parse(after?.heartbeat ?? '')).toBeGreaterThan(Date.parse(before ?? ''));
  });

  it('shows no life for another holder', async () => {
    vi.useFakeTimers();
    const held = await acquireMutex(path);
    fs.unlinkSync(path);
    leave({ nonce: 'fedcba9876543210' });
    vi.advanceTimersByTime(5000);
    vi.useRealTimers();
    held.release();
    expect(readRecord(path)?.heartbeat).toBe('2026-01-02T03:04:05.678Z');
  });

  it('is taken though another process sweeps its file at the last moment', async () => {
    (await acquireMutex(path)).release();
    (await acquireMutex(path)).release();
    let swept = 0;
    const restore = replaceFs('linkSync', (link) => (from, to) => {
      if (swept === 0) fs.unlinkSync(from);
      swept += 1;
      link(from, to);
    });
    const held = await acquireMutex(path, soon);
    restore();
    expect(readRecord(path)?.identity).toEqual(ownIdentity());
    held.release();
    expect([swept, fs.existsSync(path)]).toEqual([2, false]);
  });

  it('works where there are no hard links', async () => {
    const restore = replaceFs('linkSync', () => () => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'link' });
    });
    try {
      await withMutex(path, async () => {
        await expect(acquireMutex(path, soon)).rejects.toMatchObject({ code: 'store-busy' });
      });
    } finally {
      restore();
    }
    expect(fs.readdirSync(scratch.path)).toEqual([]);
  });
});

describe('a mutex left behind', () => {
  it('by a killed process is taken over', async () => {
    const holder = startChild('hold-mutex.child.ts', path);
    await once(holder.stdout ?? holder, 'data');
    await expect(acquireMutex(path, soon)).rejects.toMatchObject({
      code: 'store-busy',
      data: { pid: holder.pid },
    });
    holder.kill('SIGKILL');
    await ended(holder);
    expect(fs.existsSync(path)).toBe(true);
    const held = await acquireMutex(path, soon);
    expect(readRecord(path)?.identity?.pid).toBe(process.pid);
    held.release();
    expect(fs.readdirSync(scratch.path)).toEqual([]);
  });

  it('is not taken from a stopped, living process', async () => {
    const holder = startChild('hold-mutex.child.ts', path);
    await once(holder.stdout ?? holder, 'data');
    holder.kill('SIGSTOP');
    const fault = await acquireMutex(path, soon).catch((error: unknown) => error);
    holder.kill('SIGKILL');
    await ended(holder);
    expect(fault).toMatchObject({ code: 'store-busy' });
    expect(String(fault)).toContain('It is still running: wait for it or end it');
  });

  it('is taken over by one of many at a time, also when a take-over was cut off', async () => {
    leave({ pid: 2 ** 22 + 1 });
    fs.renameSync(path, `${path}.0123456789abcdef`);
    leave({ pid: 2 ** 22 + 2 });
    const children = Array.from({ length: 4 }, () => startChild('overlap.child.ts', path));
    const codes = await Promise.all(children.map(ended));
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(fs.readFileSync(`${path}.count`, 'utf8')).toBe('100');
    expect(fs.readdirSync(scratch.path)).toEqual(['mutex.count']);
  });

  it('is left to a process that was faster to take it over', async () => {
    leave({ pid: 2 ** 22 + 1 });
    const restore = replaceFs('linkSync', (link) => (from, to) => {
      // While the claim is made, somebody else finishes the take-over and holds the mutex.
      if (String(to).endsWith('.0123456789abcdef')) leave({ nonce: 'fedcba9876543210' });
      link(from, to);
    });
    const moved: unknown[] = [];
    const unwatch = replaceFs('renameSync', () => (from) => void moved.push(from));
    try {
      await expect(acquireMutex(path, soon)).rejects.toMatchObject({ code: 'store-busy' });
    } finally {
      restore();
      unwatch();
    }
    expect(moved).toEqual([]);
    expect(readRecord(path)?.nonce).toBe('fedcba9876543210');
    expect(fs.readdirSync(scratch.path)).toEqual(['mutex']);
  });

  it('of a machine that was started again is taken over', async () => {
    leave({ bootId: 'an earlier boot', pidNamespace: 'pid:[1]' });
    (await acquireMutex(path, soon)).release();
  });

  it('whose pid belongs to a later process is taken over', async () => {
    leave({ processStart: '1' });
    (await acquireMutex(path, soon)).release();
  });

  it.each<[string, Partial<ProcessIdentity>]>([
    ['another host', { host: 'elsewhere', bootId: 'x' }],
    ['another machine of the same name', { machineId: 'x', bootId: 'x' }],
    ['another PID namespace', { pid: 2 ** 22 + 1, pidNamespace: 'pid:[1]' }],
  ])('on %s is waited for, and the fault says what to do', async (_, change) => {
    leave(change);
    const fault = await acquireMutex(path, soon).catch((error: unknown) => error);
    const { pid, host } = { ...ownIdentity(), ...change };
    expect(fault).toMatchObject({ code: 'store-busy', data: { pid, host, path } });
    expect(String(fault)).toContain(
      `process ${pid} on ${host} since 2026-01-02T03:04:05.678Z. Whether it still runs cannot be seen from here: if you are sure that it does not, delete ${path}`,
    );
  });

  it('that is unreadable is waited for until it is old', async () => {
    fs.writeFileSync(path, '');
    await expect(acquireMutex(path, soon)).rejects.toMatchObject({ code: 'store-busy' });
    const past = new Date(Date.now() - 20_000);
    fs.utimesSync(path, past, past);
    (await acquireMutex(path, soon)).release();
    expect(fs.readdirSync(scratch.path)).toEqual([]);
  });

  it('that names no process is waited for', async () => {
    leave({ pid: -(2 ** 22) });
    await expect(acquireMutex(path, soon)).rejects.toMatchObject({ code: 'store-busy' });
  });

  it('in a directory that cannot be written says so', async () => {
    await expect(acquireMutex(join(path, 'none'), soon)).rejects.toMatchObject({
      code: 'store-io',
    });
  });

  it('without a nonce of ours is never taken away', async () => {
    leave({ nonce: '../../../etc', pid: 2 ** 22 + 1 });
    await expect(acquireMutex(path, soon)).rejects.toMatchObject({ code: 'store-busy' });
    expect(fs.existsSync(path)).toBe(true);
  });
});

describe('judgeLiveness', () => {
  const self = ownIdentity();

  it('knows this process and one that ended', () => {
    expect(judgeLiveness(self)).toBe('alive');
    expect(judgeLiveness({ ...self, pid: 2 ** 22 + 1 })).toBe('dead');
  });

  it('proves nothing without knowing its own namespace or boot', () => {
    const blind = { ...self, pidNamespace: '' };
    expect(judgeLiveness({ ...blind, pid: 2 ** 22 + 1 }, blind)).toBe('unknown');
    expect(judgeLiveness({ ...self, bootId: '' }, self)).toBe('unknown');
  });

  it('counts a process that ended but was not yet waited for as dead', async () => {
    // The shell becomes a program that never waits for the child the shell had.
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60']);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const fieldsOf = (): string[] => fs.readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ');
    await expect.poll(() => fieldsOf()[2], { timeout: 10_000 }).toBe('Z');
    expect(judgeLiveness({ ...self, pid, processStart: fieldsOf()[21] ?? '' })).toBe('dead');
    parent.kill('SIGKILL');
    await ended(parent);
  });
});
