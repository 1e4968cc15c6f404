// The shallow file is the one native git reads and writes.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  branch,
  complaints,
  freshStore,
  git,
  scratchDirectory,
  writeCommit,
} from './git-store.fixture.ts';
import type { GitStore } from './git-store.ts';
import { openBareStore } from './git-store.ts';

let scratch: ReturnType<typeof scratchDirectory>;
let store: GitStore;

beforeEach(() => {
  scratch = scratchDirectory();
  store = freshStore(scratch.path);
});
afterEach(() => scratch.remove());

describe('the shallow boundary', () => {
  it('is empty in a complete repository', () => {
    expect(store.shallow()).toEqual([]);
    store.writeShallow([]);
    expect(fs.existsSync(join(store.dir, 'shallow'))).toBe(false);
  });

  it('lets native git accept a history that is cut off', async () => {
    const head = writeCommit(store, 'f'.repeat(40), 'its parent is elsewhere');
    await store.swapRef({ name: branch, expected: null, next: head });
    expect(complaints(store.dir)).toContain('broken link');
    store.writeShallow([head, head]);
    expect(store.shallow()).toEqual([head]);
    expect(complaints(store.dir)).toBe('');
    expect(git(store.dir, 'rev-list', '--count', branch).trim()).toBe('1');
  });

  it('is read from a native shallow clone', async () => {
    const first = writeCommit(store, null, 'first');
    const head = writeCommit(store, first, 'head');
    await store.swapRef({ name: branch, expected: null, next: head });
    const clone = join(scratch.path, 'clone.git');
    git(scratch.path, 'clone', '-q', '--bare', '--depth=1', `file://${store.dir}`, clone);
    expect(openBareStore(clone).shallow()).toEqual([head]);
    openBareStore(clone).writeShallow([]);
    expect(fs.existsSync(join(clone, 'shallow'))).toBe(false);
  });

  it('is not written while native git changes it', () => {
    fs.writeFileSync(join(store.dir, 'shallow.lock'), '');
    const busy = expect.objectContaining({ code: 'store-busy' }) as unknown;
    expect(() => store.writeShallow(['a'.repeat(40)])).toThrow(busy);
    expect(store.shallow()).toEqual([]);
  });

  it('with other text in it is a fault', () => {
    fs.writeFileSync(join(store.dir, 'shallow'), 'nonsense\n');
    expect(() => store.shallow()).toThrow(expect.objectContaining({ code: 'store-format' }));
  });
});
