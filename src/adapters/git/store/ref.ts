// Reads refs and moves them by compare-and-swap with git's own lock files, so native git respects us and we it.
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { assert } from '../../../kernel/assert.ts';
import { Fault } from '../../../kernel/fault.ts';
import {
  errorCode,
  isAbsent,
  readIfPresent,
  removeIfPresent,
  renameOver,
  syncDirectory,
  uniquePath,
  writeWhole,
} from './durable-file.ts';
import type { Oid } from './object.ts';
import { isOid } from './object.ts';

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
 * Tries once: a held lock is an answer, not waited for.
 */
export function swapRef(gitDir: string, { name, expected, next }: RefSwap): SwapResult {
  assertRefName(name);
  assert(isOid(next) && (expected === null || isOid(expected)), 'a ref is swapped between objects');
  const path = join(gitDir, name);
  const lock = `${path}.lock`;
  const file = openLock(lock);
  if (file === undefined) return { ok: false, reason: 'locked', actual: readRef(gitDir, name) };
  let renamed = false;
  try {
    try {
      const actual = readRef(gitDir, name);
      if (actual !== expected) return { ok: false, reason: 'stale', actual };
      writeWhole(file, `${next}\n`);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    renameOver(lock, path);
    renamed = true;
  } finally {
    if (!renamed) removeIfPresent(lock);
  }
  syncDirectory(dirname(path));
  return { ok: true };
}

/**
 * Removes the lock a killed process left on a ref; returns whether it did.
 * Only for the holder of the store's mutex, and only a lock older than `ageSeconds`:
 * native git holds one for milliseconds.
 */
export function removeStaleRefLock(gitDir: string, name: string, ageSeconds: number): boolean {
  assertRefName(name);
  const lock = join(gitDir, `${name}.lock`);
  const judged = fs.statSync(lock, { throwIfNoEntry: false });
  if (judged === undefined || Date.now() - judged.mtimeMs < ageSeconds * 1000) return false;
  // Moved aside first: what is deleted must be what was judged, not a lock taken just now.
  const aside = uniquePath(gitDir, 'tmp_lock_');
  try {
    fs.renameSync(lock, aside);
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
  const same = fs.statSync(aside).ino === judged.ino;
  if (!same) fs.linkSync(aside, lock);
  fs.unlinkSync(aside);
  return same;
}

function openLock(lock: string): number | undefined {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return fs.openSync(lock, 'wx');
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return undefined;
      if (errorCode(error) !== 'ENOENT' || attempt >= lockAttemptsMax) throw error;
      fs.mkdirSync(dirname(lock), { recursive: true });
    }
  }
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
