// File system steps that survive a crash: write a temporary file, sync it, rename it, sync the directory.
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { Fault, messageOf } from '../../../kernel/fault.ts';

const onWindows = process.platform === 'win32';
// Virus scanners and indexers hold a file open for a moment; only Windows refuses to rename it then.
const renameAttemptsMax = onWindows ? 12 : 1;
// Git objects never change, so their files are read-only, where that does not forbid to delete them.
export const readOnlyMode = onWindows ? 0o666 : 0o444;

/** The `code` of a system error such as `ENOENT`, or undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether an error comes from the operating system, unlike one of zlib or of a wrong range. */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** Whether an error says that a file is not there. */
export function isAbsent(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The bytes of a file, or undefined when it does not exist. */
export function readIfPresent(path: string): Buffer | undefined {
  try {
    return fs.readFileSync(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** The names in a directory, none when it does not exist. */
export function namesIn(directory: string): string[] {
  try {
    return fs.readdirSync(directory);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Removes a file; returns whether it was there. */
export function removeIfPresent(path: string): boolean {
  try {
    fs.unlinkSync(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** A path in `directory` that no other process uses; `prefix` says what for. */
export function uniquePath(directory: string, prefix: string): string {
  return join(directory, `${prefix}${process.pid}_${randomBytes(6).toString('hex')}`);
}

/** Creates a file that must not exist yet, with its bytes on disk before it returns. */
export function createSynced(path: string, bytes: Uint8Array | string, mode = 0o666): void {
  const file = fs.openSync(path, 'wx', mode);
  try {
    writeWhole(file, bytes);
    fs.fdatasyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

/** Writes all bytes at the end of an open file; a short write goes on where it stopped. */
export function writeWhole(file: number, bytes: Uint8Array | string): void {
  const left = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  for (let at = 0; at < left.length;) at += fs.writeSync(file, left, at);
}

/** Makes the names in a directory durable: created, renamed and deleted files. */
export function syncDirectory(directory: string): void {
  let file: number;
  try {
    file = fs.openSync(directory, 'r');
  } catch (error) {
    if (onWindows) return;
    throw error;
  }
  try {
    fs.fsyncSync(file);
  } catch (error) {
    // Windows has no sync of a directory; its file systems journal names by themselves.
    if (!onWindows) throw error;
  } finally {
    fs.closeSync(file);
  }
}

/** Renames over whatever is there, trying again where another program holds the file for a moment. */
export function renameOver(from: string, to: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      fs.renameSync(from, to);
      return;
    } catch (error) {
      const passing = /^(?:EPERM|EBUSY|EACCES)$/.test(errorCode(error) ?? '');
      if (!passing || attempt >= renameAttemptsMax) throw error;
      pause(2 ** Math.min(attempt, 7));
    }
  }
}

/** Whether the process that `uniquePath` named a file after still runs here; one of another machine does not. */
function isOfLivingProcess(name: string): boolean {
  const pid = /(\d+)_[0-9a-f]{12}$/.exec(name)?.[1];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Paths of files in `directory` whose name has this form, that are older than `ageSeconds`, and that no process here keeps. */
export function oldFilesIn(directory: string, form: RegExp, ageSeconds: number): string[] {
  const before = Date.now() - ageSeconds * 1000;
  return namesIn(directory)
    .filter((name) => form.test(name) && !isOfLivingProcess(name))
    .map((name) => join(directory, name))
    .filter((path) => (fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < before);
}

/** Deletes what `oldFilesIn` finds; answers how many. */
export function removeOldFiles(directory: string, form: RegExp, ageSeconds: number): number {
  return oldFilesIn(directory, form, ageSeconds).filter(removeIfPresent).length;
}

/**
 * Runs file system work and turns a system error into Fault `store-io`;
 * `what` completes the sentence "Could not ...".
 */
export function withFaults<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new Fault(
      'store-io',
      `Could not ${what}: ${messageOf(error)}. Check free space and permissions, then try again.`,
      { code: errorCode(error) },
      { cause: error },
    );
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
