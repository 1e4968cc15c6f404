// The `shallow` file: commits whose parents a repository deliberately does not have.
import { join } from 'node:path';
import { assert } from '../../../kernel/assert.ts';
import { Fault } from '../../../kernel/fault.ts';
import {
  createSynced,
  errorCode,
  readIfPresent,
  removeIfPresent,
  renameOver,
  syncDirectory,
} from './durable-file.ts';
import type { Oid } from './object.ts';
import { isOid } from './object.ts';

/** The boundary commits, none in a complete repository. Throws Fault `store-format` on other text. */
export function readShallow(gitDir: string): Oid[] {
  const path = join(gitDir, 'shallow');
  const lines = (readIfPresent(path)?.toString('latin1') ?? '').split('\n').filter(Boolean);
  if (lines.every(isOid)) return lines;
  throw new Fault(
    'store-format',
    `The file ${path} must list object names only. Delete it and fetch the log again.`,
    { path },
  );
}

/**
 * Replaces the boundary under git's lock file for it; durable when it returns.
 * Throws Fault `store-busy` when native git holds the lock.
 */
export function writeShallow(gitDir: string, boundary: readonly Oid[]): void {
  assert(boundary.every(isOid), 'a shallow boundary is a list of object names');
  const path = join(gitDir, 'shallow');
  const lock = `${path}.lock`;
  const lines = [...new Set(boundary)].sort().map((oid) => `${oid}\n`);
  takeLock(lock, lines.join(''));
  if (lines.length > 0) {
    renameOver(lock, path);
  } else {
    removeIfPresent(path);
    removeIfPresent(lock);
  }
  syncDirectory(gitDir);
}

function takeLock(lock: string, text: string): void {
  try {
    createSynced(lock, text);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new Fault(
      'store-busy',
      `Another git process is changing the store's depth. Try again in a moment; if none runs, delete ${lock}.`,
      { lock },
    );
  }
}
