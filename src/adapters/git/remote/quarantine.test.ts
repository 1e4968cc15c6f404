// Quarantines that killed processes left are removed by a later one, and never while their owner lives.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../../kernel/limits.ts';
import { createQuarantine } from './quarantine.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coord-quarantine-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const module = JSON.stringify(new URL('./quarantine.ts', import.meta.url).href);
const loader = import.meta.resolve('tsx');

/** A process of its own that has made a quarantine and now waits; answers the folder and how to kill it. */
async function otherQuarantine(): Promise<{ directory: string; kill: () => Promise<void> }> {
  const script = `const { createQuarantine } = await import(${module});
    console.log(createQuarantine(process.argv[1], null, null).directory);
    setInterval(() => undefined, 1000);`;
  const words = ['--import', loader, '--input-type=module', '-e', script];
  const child = spawn(process.execPath, [...words, join(folder, 'store.git')]);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const directory = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8').trim()));
    child.once('close', () => reject(new Error('it ended before it had a quarantine')));
  });
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return ended;
  };
  return { directory, kill };
}

function makeOld(directory: string): void {
  const past = new Date(Date.now() - (limits.staleTemporarySeconds + 60) * 1000);
  utimesSync(directory, past, past);
}

const openAnother = (): void => createQuarantine(join(folder, 'store.git'), null, null).remove();

describe('a quarantine', () => {
  it('stays while its owner lives, however old it is, and goes once the owner was killed', async () => {
    const { directory, kill } = await otherQuarantine();
    makeOld(directory);
    openAnother();
    expect(existsSync(directory)).toBe(true);
    await kill();
    openAnother();
    expect(existsSync(directory)).toBe(false);
  });

  it('of a process that cannot be looked at from here goes when it is old', () => {
    const { directory } = createQuarantine(join(folder, 'store.git'), null, null);
    const owner = join(directory, 'coord-owner.json');
    const identity = JSON.parse(readFileSync(owner, 'utf8')) as object;
    writeFileSync(owner, JSON.stringify({ ...identity, pid: 1, host: 'elsewhere' }));
    openAnother();
    expect(existsSync(directory)).toBe(true);
    makeOld(directory);
    openAnother();
    expect(existsSync(directory)).toBe(false);
  });

  it('without a word of its owner goes when it is old, and nothing else does', () => {
    const [bare, garbled, other] = ['quarantine-1-aa.git', 'quarantine-2-bb.git', 'store.git'].map(
      (name) => join(folder, name),
    ) as [string, string, string];
    for (const path of [bare, garbled, other]) mkdirSync(path);
    writeFileSync(join(garbled, 'coord-owner.json'), '{"pid":');
    createQuarantine(join(folder, 'elsewhere.git'), null, null).remove();
    expect([bare, garbled].map((path) => existsSync(path))).toEqual([true, true]);
    for (const path of [bare, garbled, other]) makeOld(path);
    createQuarantine(join(folder, 'elsewhere.git'), null, null).remove();
    expect([bare, garbled, other].map((path) => existsSync(path))).toEqual([false, false, true]);
  });
});
