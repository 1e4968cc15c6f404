// Copies of one small log for tests that break each of them in another place, and what must be true of what is left.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openLocalLog, storeDirectory } from '../../src/adapters/git/local-log.ts';
import type { Answer } from '../../src/engine/answer.ts';
import { present } from '../../src/kernel/assert.ts';
import { decodeBatch } from '../../src/log/record.ts';
import type { LogRecord } from '../../src/log/record.ts';
import { LogWriter } from '../concurrency/log-writer.ts';
import type { Saying } from '../concurrency/log-writer.ts';
import { MemoryEngine } from '../memory-engine.ts';

const commitsMax = 100_000;

/** A task that a person adds. */
export function task(title: string): Saying {
  return { actor: 'git:ada', op: 'task.add', input: { title } };
}

/** Syncs nothing until the returned function is called, for the parts of a test that are not about the disk. */
export function withoutSync(): () => void {
  const { fsyncSync, fdatasyncSync } = fs;
  fs.fsyncSync = fs.fdatasyncSync = () => undefined;
  syncBuiltinESMExports();
  return () => {
    Object.assign(fs, { fsyncSync, fdatasyncSync });
    syncBuiltinESMExports();
  };
}

/** What is on the log of a directory, oldest first, every object on the way verified. */
export async function recordsOn(directory: string): Promise<LogRecord[]> {
  const { commits, isComplete } = await openLocalLog(directory, false).read({ commitsMax });
  expect(isComplete).toBe(true);
  return commits.flatMap(({ batch, oid }) => decodeBatch(batch, oid));
}

/** Ids of the commands on the log. */
export async function idsOn(directory: string): Promise<string[]> {
  return (await recordsOn(directory)).map(({ id }) => id);
}

/** What `git fsck --strict` says of the store: nothing but unreachable objects where a command was cut off. */
export function fsck(directory: string, ...flags: readonly string[]): string {
  const store = storeDirectory(directory);
  const words = [`--git-dir=${store}`, 'fsck', '--strict', '--full', '--no-progress', ...flags];
  const env = { ...process.env, LC_ALL: 'C' };
  return execFileSync('git', words, { stdio: 'pipe', env, encoding: 'utf8' }).trim();
}

// Nobody has this pid: what a process leaves that ended.
const nobodysPid = 2 ** 22 + 1;

/** What a process that died some time ago leaves: it names a pid that is nobody's, or is unreadable and old. */
export function bury(directory: string): void {
  const path = join(storeDirectory(directory), 'coord-mutex');
  if (!fs.existsSync(path)) return;
  const text = fs.readFileSync(path, 'utf8');
  fs.writeFileSync(path, text.replace(/"pid":\d+/, `"pid":${nobodysPid}`));
  const past = new Date(Date.now() - 60_000);
  fs.utimesSync(path, past, past);
}

/** A lock that could not be removed is waited for until it is old; a test does not wait that long. */
export function ageLock(directory: string): void {
  const path = join(storeDirectory(directory), 'refs/heads/coord.lock');
  const past = new Date(Date.now() - 60_000);
  if (fs.existsSync(path)) fs.utimesSync(path, past, past);
}

export class Scene {
  readonly folder = fs.mkdtempSync(join(tmpdir(), 'coord crash ä '));
  readonly #template = join(this.folder, 'template');
  #copies = 0;

  /** A log with so many tasks. */
  async begin(tasks: number): Promise<void> {
    const restore = withoutSync();
    await MemoryEngine.open(openLocalLog(this.#template, false));
    const writer = new LogWriter(this.#template);
    for (let index = 0; index < tasks; index += 1)
      accepted(await writer.say(task(`task ${index}`)));
    restore();
  }

  copy(): string {
    const directory = join(this.folder, `copy ${(this.#copies += 1)}`);
    fs.cpSync(this.#template, directory, { recursive: true, preserveTimestamps: true });
    return directory;
  }

  /** A directory for a log that is still to be made. */
  empty(): string {
    return join(this.folder, `empty ${(this.#copies += 1)}`);
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The id of a command that was accepted. */
export function accepted(answer: Answer): string {
  if (!answer.ok) throw new Error(answer.message);
  return present(answer.id, 'an accepted command has an id');
}
