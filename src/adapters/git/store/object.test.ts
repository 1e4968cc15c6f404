// Object names are the ones native git gives.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshStore, nativeHash, scratchDirectory } from './git-store.fixture.ts';
import type { GitStore } from './git-store.ts';
import { hashObject, isOid, verifyObject } from './object.ts';

const scratch = scratchDirectory();
let store: GitStore;

beforeAll(() => {
  store = freshStore(scratch.path);
});
afterAll(scratch.remove);

describe('hashObject', () => {
  it.each([0, 1, 127, 65_535, 65_536, 65_537, 300_000])('equals git for %i bytes', (size) => {
    const body = Buffer.alloc(size, 'some text\n');
    expect(hashObject({ type: 'blob', body })).toBe(nativeHash(store.dir, 'blob', body));
  });

  it('depends on the type', () => {
    const body = Buffer.alloc(0);
    expect(hashObject({ type: 'tree', body })).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
    expect(hashObject({ type: 'blob', body })).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
  });

  it('is what an object is verified by', () => {
    const object = { type: 'blob', body: Buffer.from('x') } as const;
    expect(verifyObject(object, hashObject(object))).toBe(object);
    expect(() => verifyObject(object, 'a'.repeat(40))).toThrow('its content hashes to');
  });
});

describe('isOid', () => {
  it('knows full lower-case names only', () => {
    expect(isOid('0123456789abcdef0123456789abcdef01234567')).toBe(true);
    const others = [
      '',
      'a'.repeat(39),
      'a'.repeat(41),
      'A'.repeat(40),
      'g'.repeat(40),
      `${'a'.repeat(40)}\n`,
    ];
    expect(others.filter(isOid)).toEqual([]);
  });
});
