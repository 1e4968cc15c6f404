// A mutex between processes: a file that names its holder, taken over only when the holder is proven dead.
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { present } from '../../../kernel/assert.ts';
import { Fault } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import { errorCode, isAbsent, removeIfPresent, uniquePath, withFaults } from './durable-file.ts';
import type { MutexRecord } from './mutex-record.ts';
import { encodeRecord, readRecord } from './mutex-record.ts';
import type { Liveness } from './process-identity.ts';
import { judgeLiveness, ownIdentity } from './process-identity.ts';
import { SpareFiles } from './spare-files.ts';

export interface MutexOptions {
  /** How long to wait for another holder before Fault `store-busy`. */
  readonly timeoutMilliseconds?: number;
}

/** A held mutex; `release` may be called more than once and never removes another holder's file. */
export interface HeldMutex {
  release(): void;
}

const heartbeatMilliseconds = 2000;
const waitMillisecondsMax = 8;
// Between two looks at whether the holder lives, who waits only looks whether the file is still there.
const looksPerJudgement = 4;
/** Nonces of this process that nobody holds, though their file may still be there: the system refused to remove it. */
const over = new Set<string>();
// A process killed while it takes over leaves a claim that must be taken over in turn, and so on.
const takeoverDepthMax = 4;

/** Runs `work` while holding the mutex file at `path`; see {@link acquireMutex} for faults. */
export async function withMutex<Result>(
  path: string,
  work: () => Result | Promise<Result>,
  options: MutexOptions = {},
): Promise<Result> {
  const held = await acquireMutex(path, options);
  try {
    return await work();
  } finally {
    held.release();
  }
}

/**
 * Takes the mutex, waiting for a living holder with growing, jittered pauses.
 * Throws Fault `store-busy` naming the holder when the time is over.
 */
export async function acquireMutex(path: string, options: MutexOptions = {}): Promise<HeldMutex> {
  return present(await acquireUnless(path, () => false, options), 'nothing else ends the wait');
}

/** As `acquireMutex`; null as soon as `isOver`, which is asked before each try. */
export async function acquireUnless(
  path: string,
  isOver: () => boolean,
  options: MutexOptions = {},
): Promise<HeldMutex | null> {
  const timeout = options.timeoutMilliseconds ?? limits.mutexWaitSecondsMax * 1000;
  const deadline = performance.now() + timeout;
  for (let look = 0, pause = 1; ; look += 1, pause = Math.min(pause * 1.6, waitMillisecondsMax)) {
    if (isOver()) return null;
    const isLast = performance.now() >= deadline;
    const taken = lookOnce(path, isLast || look % looksPerJudgement === 0);
    if (taken !== undefined) return taken;
    if (isLast) throwIfHeld(path);
    await sleep(pause * (0.5 + Math.random()));
  }
}

/** Takes the mutex if it is free, or, where `judges`, if its holder is dead. */
function lookOnce(path: string, judges: boolean): HeldMutex | undefined {
  return judges || !fs.existsSync(path) ? tryOnce(path) : undefined;
}

function throwIfHeld(path: string): void {
  const holder = readRecord(path);
  if (holder !== undefined) throw busy(path, holder);
}

function tryOnce(path: string): HeldMutex | undefined {
  return withFaults(`take the mutex ${path}`, () => attempt(path));
}

function attempt(path: string): HeldMutex | undefined {
  let holder = readRecord(path);
  if (holder !== undefined && livenessOf(holder) === 'dead') {
    takeAway(path, holder, 0);
    holder = readRecord(path);
  }
  return holder === undefined ? publish(path, recordFilesOf(path)) : undefined;
}

/** The files by which this process takes each mutex. */
const recordFiles = new Map<string, SpareFiles>();

function recordFilesOf(path: string): SpareFiles {
  const known = recordFiles.get(path) ?? spareRecords(path);
  recordFiles.set(path, known);
  return known;
}

function spareRecords(path: string): SpareFiles {
  return new SpareFiles(dirname(path), `${basename(path)}.tmp_`);
}

/** Puts our record under `path` in one step, complete; undefined when somebody else was first. */
function publish(path: string, files: SpareFiles): HeldMutex | undefined {
  try {
    return publishOnce(path, files);
  } catch (error) {
    // The spare file was swept under our hands, and is not there any more; or the directory is gone.
    if (!isAbsent(error)) throw error;
    return publishOnce(path, files);
  }
}

function publishOnce(path: string, files: SpareFiles): HeldMutex | undefined {
  const nonce = randomBytes(8).toString('hex');
  const record = encodeRecord({ ...ownIdentity(), nonce, since: new Date().toISOString() });
  const spare = files.write(Buffer.from(record.text), 'unsynced');
  const isTaken = linkedAs(path, { nonce, spare, files });
  files.settle(spare);
  if (!isTaken) return undefined;
  const beat = setInterval(() => {
    // For people who look at the file; same length and place, so that a reader never sees it torn.
    ignoreErrors(() => beatAt(path, nonce, record.heartbeatAt));
  }, heartbeatMilliseconds);
  beat.unref();
  let released = false;
  return {
    release: () => {
      if (released) return;
      released = true;
      clearInterval(beat);
      removeOwn(path, nonce);
    },
  };
}

interface Claim {
  readonly nonce: string;
  readonly spare: string;
  readonly files: SpareFiles;
}

/** Whether the mutex is ours now. A link that failed may be there all the same: then nobody holds it. */
function linkedAs(path: string, { nonce, spare, files }: Claim): boolean {
  try {
    return linkExclusively(spare, path, (from, to) => files.link(String(from), String(to)));
  } catch (error) {
    over.add(nonce);
    files.abandon(spare);
    ignoreErrors(() => removeIfPresent(spare));
    throw error;
  }
}

function beatAt(path: string, nonce: string, at: number): void {
  if (readRecord(path)?.nonce !== nonce) return;
  const file = fs.openSync(path, 'r+');
  try {
    fs.writeSync(file, new Date().toISOString(), at);
  } finally {
    fs.closeSync(file);
  }
}

/**
 * Removes the file of a holding that is over. What was done under it stands whether or not that succeeds, so a system
 * that refuses is asked again later; until then this process knows that nobody holds it.
 */
function removeOwn(path: string, nonce: string): void {
  try {
    if (readRecord(path)?.nonce === nonce) removeIfPresent(path);
    over.delete(nonce);
  } catch {
    over.add(nonce);
    setTimeout(() => removeOwn(path, nonce), heartbeatMilliseconds).unref();
  }
}

/** For what nobody relies on: a heartbeat that cannot be written must not end the program. */
function ignoreErrors(work: () => void): void {
  try {
    work();
  } catch {
    // The next one may succeed.
  }
}

/** A hard link fails where the name exists, and shows the file with its content or not at all. */
function linkExclusively(from: string, to: string, link = fs.linkSync): boolean {
  try {
    link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (!/^(?:EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EMLINK)$/.test(errorCode(error) ?? '')) throw error;
  }
  return copyExclusively(from, to);
}

/** For file systems without hard links, such as FAT. */
function copyExclusively(from: string, to: string): boolean {
  try {
    fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function livenessOf(holder: MutexRecord): Liveness {
  // Without a nonce one incarnation cannot be told from the next, so it is never taken away.
  if (holder.identity !== undefined && holder.nonce === '') return 'unknown';
  if (over.has(holder.nonce)) return 'dead';
  if (holder.identity !== undefined) return judgeLiveness(holder.identity);
  // A record is published whole, so an unreadable one was left by a machine that lost power.
  return holder.ageSeconds > limits.unreadableMutexSeconds ? 'dead' : 'unknown';
}

/**
 * Removes the file of a dead holder. Only whoever holds the claim to this one incarnation may,
 * so that a slow process never removes the file of the next holder.
 */
function takeAway(path: string, dead: MutexRecord, depth: number): void {
  const claimPath = `${path}.${dead.nonce}`;
  const files = spareRecords(claimPath);
  const claim = publish(claimPath, files);
  if (claim === undefined) {
    const rival = readRecord(claimPath);
    const abandoned = rival !== undefined && livenessOf(rival) === 'dead';
    if (abandoned && depth < takeoverDepthMax) takeAway(claimPath, rival, depth + 1);
    return;
  }
  try {
    if (readRecord(path)?.nonce === dead.nonce) removeIncarnation(path, dead);
  } finally {
    claim.release();
  }
}

function removeIncarnation(path: string, dead: MutexRecord): void {
  const aside = uniquePath(dirname(path), `${basename(path)}.tmp_`);
  try {
    fs.renameSync(path, aside);
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  // Cannot differ while we hold the claim; if it does, somebody edited files: give it back.
  if (readRecord(aside)?.nonce !== dead.nonce) linkExclusively(aside, path);
  removeIfPresent(aside);
}

function busy(path: string, holder: MutexRecord): Fault {
  const { pid, host } = holder.identity ?? { pid: 'unknown', host: 'an unknown host' };
  const advice =
    livenessOf(holder) === 'alive'
      ? 'It is still running: wait for it or end it, then try again.'
      : `Whether it still runs cannot be seen from here: if you are sure that it does not, delete ${path}, then try again.`;
  return new Fault(
    'store-busy',
    `The store is in use by process ${pid} on ${host} since ${holder.since}. ${advice}`,
    { pid, host, since: holder.since, heartbeat: holder.heartbeat, path },
  );
}
