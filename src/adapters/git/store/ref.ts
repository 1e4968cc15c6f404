// Reads refs and moves them by compare-and-swap with git's own lock files, so native git respects us and we it.
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { assert } from '../../../kernel/assert.ts';
import { Fault } from '../../../kernel/fault.ts';
import {
  errorCode,
  isAbsent,
  namesIn,
  readIfPresent,
  removeIfPresent,
  renameOver,
  syncDirectory,
  uniquePath,
  writeWhole,
} from './durable-file.ts';
import type { Oid } from './object.ts';
import { isOid } from './object.ts';
import { SpareFiles } from './spare-files.ts';

/** What a swap came to; `actual` is where the ref points now, null when it does not exist. */
export type SwapResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'stale' | 'locked'; readonly actual: Oid | null };

/** A swap: `expected` null means the ref must not exist yet. */
export interface RefSwap {
  readonly name: string;
  readonly expected: Oid | null;
  readonly next: Oid;
}

// Git removes empty directories under refs/ while it packs refs, also the one we are about to use.
const lockAttemptsMax = 5;
// Under a name that is swept, once it is old, with other leftovers.
const markPrefix = 'tmp_ref_';

/** The files for the locks on one ref of who holds the mutex of a store. */
export function refMarks(gitDir: string): SpareFiles {
  return new SpareFiles(gitDir, markPrefix);
}

/**
 * Where a ref points, null when it does not exist; `name` is a full name such as `refs/heads/coord`.
 * Throws Fault `ref-corrupt` when its file holds something else than an object name.
 */
export function readRef(gitDir: string, name: string): Oid | null {
  assertRefName(name);
  const loose = readLooseRef(gitDir, name);
  return loose ?? readPackedRef(gitDir, name);
}

/**
 * Moves a ref if it still points to `expected`; durable when it returns ok.
 * Tries once: a held lock is an answer, not waited for. Who holds the store's mutex gives the files that its locks are
 * linked to: a lock that it leaves when it is killed can be told from one of native git by them.
 */
export function swapRef(gitDir: string, swap: RefSwap, marks?: SpareFiles): SwapResult {
  const { name, expected, next } = swap;
  assertRefName(name);
  assert(isOid(next) && (expected === null || isOid(expected)), 'a ref is swapped between objects');
  const path = join(gitDir, name);
  const held: HeldLock = { ref: path, lock: `${path}.lock`, marks, isTaken: false };
  try {
    held.isTaken = takeLock(held, `${next}\n`);
    const actual = readRef(gitDir, name);
    if (!held.isTaken) return { ok: false, reason: 'locked', actual };
    if (actual !== expected) return { ok: false, reason: 'stale', actual };
    renameOver(held.lock, path);
    held.isTaken = false;
  } finally {
    giveBack(held);
  }
  syncNames(dirname(path), marks);
  return { ok: true };
}

/** Where the disk does not confirm a name, its file before may still be the ref there: it is not written anew. */
function syncNames(directory: string, marks: SpareFiles | undefined): void {
  try {
    syncDirectory(directory);
  } catch (error) {
    marks?.remove();
    throw error;
  }
}

/** Git's lock on a ref while we take, hold and lose it; `mark` is a second name of it, where there is one. */
interface HeldLock {
  readonly ref: string;
  readonly lock: string;
  readonly marks: SpareFiles | undefined;
  mark?: string;
  isTaken: boolean;
}

/** A lock that cannot be removed keeps its mark, by which the next holder of the mutex knows it. */
function giveBack({ lock, marks, mark, isTaken }: HeldLock): void {
  const isGone = !isTaken || removesNow(lock);
  if (mark === undefined) return;
  if (isGone) marks?.settle(mark);
  else marks?.abandon(mark);
}

/**
 * Where somebody else has moved the ref meanwhile, nobody here knows that the disk has its new file: what was the ref
 * before may still be it there, and is not written anew.
 */
function freshMark(held: HeldLock, text: string): string | undefined {
  const { ref, marks } = held;
  if (marks === undefined) return undefined;
  if (!marks.isLinkedTo(ref)) marks.remove();
  return marks.write(Buffer.from(text), 'synced');
}

/** Takes git's lock with the new content already in it. False when it is held. */
function takeLock(held: HeldLock, text: string): boolean {
  for (let attempt = 1; ; attempt += 1) {
    try {
      takeOnce(held, text);
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      if (errorCode(error) !== 'ENOENT' || attempt >= lockAttemptsMax) throw error;
      // The directory is gone, or the mark was swept.
      fs.mkdirSync(dirname(held.lock), { recursive: true });
    }
  }
}

function takeOnce(held: HeldLock, text: string): void {
  const isThere = held.mark !== undefined && fs.existsSync(held.mark);
  const mark = isThere ? held.mark : freshMark(held, text);
  if (mark !== undefined) held.mark = mark;
  if (mark === undefined || !linked(held, mark)) createLock(held.lock, text);
}

/** False where the file system knows no second names, such as FAT. */
function linked({ marks, lock }: HeldLock, mark: string): boolean {
  try {
    marks?.link(mark, lock);
    return true;
  } catch (error) {
    if (/^(?:EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EMLINK)$/.test(errorCode(error) ?? '')) return false;
    throw error;
  }
}

function createLock(lock: string, text: string): void {
  const file = fs.openSync(lock, 'wx');
  let isWhole = false;
  try {
    writeWhole(file, text);
    fs.fsyncSync(file);
    isWhole = true;
  } finally {
    fs.closeSync(file);
    if (!isWhole) removesNow(lock);
  }
}

/** Whether a file is gone; one that the system keeps is no reason to fail. */
function removesNow(path: string): boolean {
  try {
    removeIfPresent(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Removes the lock a killed process left on a ref; returns whether it did.
 * Only for the holder of the store's mutex: a lock with our mark is of one who held the mutex before and is dead, or
 * has given up. One without is native git's, which holds it for milliseconds, so it must be older than `ageSeconds`.
 */
export function removeStaleRefLock(gitDir: string, name: string, ageSeconds: number): boolean {
  assertRefName(name);
  const lock = join(gitDir, `${name}.lock`);
  const judged = fs.statSync(lock, { throwIfNoEntry: false, bigint: true });
  if (judged === undefined) return false;
  const mark = markOf(gitDir, judged.ino);
  const isOld = Date.now() - Number(judged.mtimeMs) >= ageSeconds * 1000;
  if (mark === undefined && !isOld) return false;
  const isRemoved = removeJudged(gitDir, lock, judged.ino);
  if (isRemoved && mark !== undefined) removesNow(mark);
  return isRemoved;
}

/** Moved aside first: what is deleted must be what was judged, not a lock taken just now. */
function removeJudged(gitDir: string, lock: string, ino: bigint): boolean {
  const aside = uniquePath(gitDir, 'tmp_lock_');
  try {
    fs.renameSync(lock, aside);
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
  const same = fs.statSync(aside, { bigint: true }).ino === ino;
  if (!same) fs.linkSync(aside, lock);
  fs.unlinkSync(aside);
  return same;
}

/** The mark that is the same file as a lock. */
function markOf(gitDir: string, ino: bigint): string | undefined {
  const marks = namesIn(gitDir).filter((each) => each.startsWith(markPrefix));
  return marks
    .map((each) => join(gitDir, each))
    .find((each) => fs.statSync(each, { throwIfNoEntry: false, bigint: true })?.ino === ino);
}

function readLooseRef(gitDir: string, name: string): Oid | null {
  const path = join(gitDir, name);
  let bytes: Buffer | undefined;
  try {
    bytes = readIfPresent(path);
  } catch (error) {
    // A directory: the prefix of other refs, so this one has no file.
    if (errorCode(error) === 'EISDIR') return null;
    throw error;
  }
  if (bytes === undefined) return null;
  const oid = bytes.toString('latin1').trimEnd();
  if (!isOid(oid)) throw brokenRef(name, path);
  return oid;
}

function readPackedRef(gitDir: string, name: string): Oid | null {
  const path = join(gitDir, 'packed-refs');
  const text = readIfPresent(path)?.toString('utf8') ?? '';
  const line = text.split('\n').find((candidate) => candidate.trimEnd().endsWith(` ${name}`));
  if (line === undefined) return null;
  const oid = line.slice(0, 40);
  if (!isOid(oid) || line.trimEnd() !== `${oid} ${name}`) throw brokenRef(name, path);
  return oid;
}

function brokenRef(name: string, path: string): Fault {
  return new Fault(
    'ref-corrupt',
    `The ref ${name} in ${path} holds no object name. Find the last commit on the remote or with \`coord git fsck --lost-found\`, then write it with \`coord git update-ref\`.`,
    { name, path },
  );
}

function assertRefName(name: string): void {
  const parts = name.split('/');
  const legal = (part: string): boolean =>
    /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/.test(part) &&
    !part.includes('..') &&
    !/\.(?:lock)?$/.test(part);
  assert(
    parts[0] === 'refs' && parts.length > 2 && parts.every(legal),
    `${name} is a full ref name`,
  );
}
