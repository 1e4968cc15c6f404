// Two PID namespaces on one machine, as containers have them: they share a boot, and neither sees whether the other's process lives.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquireMutex } from '../../src/adapters/git/store/mutex.ts';
import { readRecord } from '../../src/adapters/git/store/mutex-record.ts';
import { judgeLiveness, ownIdentity } from '../../src/adapters/git/store/process-identity.ts';
import { present } from '../../src/kernel/assert.ts';
import { bundleChild } from '../concurrency/bundle.ts';

/** Of util-linux; no other system has PID namespaces. */
const unshare = 'unshare';
/** Flags by which this machine lets us make a namespace; null where none do. */
const flags =
  [
    ['--pid', '--fork', '--kill-child', '--mount-proc'],
    ['--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc'],
  ].find((each) => spawnSync(unshare, [...each, 'true']).status === 0) ?? null;

const folder = mkdtempSync(join(tmpdir(), 'coord namespaces '));
const path = join(folder, 'mutex');
const soon = { timeoutMilliseconds: 300 };
let program = '';

beforeAll(async () => {
  if (flags === null) process.stdout.write('no PID namespaces here: not tried\n');
  const source = new URL('../../src/adapters/git/store/hold-mutex.child.ts', import.meta.url);
  program = await bundleChild(source, join(folder, 'bundle'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function startInside(): ChildProcess {
  const words = [...(flags ?? []), process.execPath, program, path, '300'];
  return spawn(unshare, words, { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  const [line] = (await once(present(stdout, 'its output is a pipe'), 'data')) as [Buffer];
  return line.toString('utf8').trim();
}

describe.skipIf(flags === null)('a process in another PID namespace', () => {
  it('keeps what it holds while it lives, and nobody takes it when that cannot be seen any more', async () => {
    const child = startInside();
    expect(await firstLine(child)).toBe('held');
    const holder = present(readRecord(path)?.identity, 'the holder names itself');
    // The same boot, and a pid that is somebody else's here.
    expect(holder.bootId).toBe(ownIdentity().bootId);
    expect(holder.pidNamespace).not.toBe(ownIdentity().pidNamespace);
    expect(judgeLiveness(holder)).toBe('unknown');
    const text = readFileSync(path, 'utf8');
    await expect(acquireMutex(path, soon)).rejects.toMatchObject({ code: 'store-busy' });
    child.kill('SIGKILL');
    await once(child, 'close');
    await expect(acquireMutex(path, soon)).rejects.toThrow(/cannot be seen from here.*delete/);
    expect(readFileSync(path, 'utf8').slice(0, 100)).toBe(text.slice(0, 100));
    rmSync(path);
  });

  it('waits for one out here, whose pid it does not know', async () => {
    const held = await acquireMutex(path);
    const child = startInside();
    expect(await firstLine(child)).toContain('store-busy');
    await once(child, 'close');
    expect(existsSync(path)).toBe(true);
    held.release();
    expect(existsSync(path)).toBe(false);
  });
});
