// Trees are the ones native git makes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshStore, nativeHash, scratchDirectory, tryGit } from './git-store.fixture.ts';
import type { GitStore } from './git-store.ts';
import { hashObject } from './object.ts';
import { encodeTree, parseTree } from './tree.ts';

const oid = 'a'.repeat(40);
const scratch = scratchDirectory();
let store: GitStore;

beforeAll(() => {
  store = freshStore(scratch.path);
});
afterAll(scratch.remove);

describe('trees', () => {
  const names = ['foo', 'foo.txt', 'foo-bar', 'Z', 'a', 'ä', '\u{1f600}', 'foo0'];

  it('are sorted as git sorts them, a directory as if it ended with a slash', () => {
    const empty = nativeHash(store.dir, 'blob', Buffer.alloc(0));
    const emptyTree = nativeHash(store.dir, 'tree', Buffer.alloc(0));
    const files = names.map((name) => ({ mode: '100644', name, oid: empty }));
    const entries = [...files, { mode: '40000', name: 'foo', oid: emptyTree }].slice(1);
    const lines = entries.map(
      (entry) =>
        `${entry.mode.padStart(6, '0')} ${entry.mode === '40000' ? 'tree' : 'blob'} ${entry.oid}\t${entry.name}\0`,
    );
    const body = encodeTree(entries);
    const native = tryGit(store.dir, ['mktree', '-z'], lines.join('')).stdout.trim();
    expect(hashObject({ type: 'tree', body })).toBe(native);
    expect(parseTree(body).map(({ name }) => name)).toEqual([
      'Z',
      'a',
      'foo-bar',
      'foo.txt',
      'foo',
      'foo0',
      'ä',
      '\u{1f600}',
    ]);
  });

  it.each(['', '.', '..', '.git', '.GIT', 'a/b', 'a\0b'])('refuse the name %j', (name) => {
    expect(() => encodeTree([{ mode: '100644', name, oid }])).toThrow('legal name');
  });

  it('refuse a name twice, also as file and directory', () => {
    const file = { mode: '100644', name: 'x', oid };
    expect(() => encodeTree([file, { ...file, mode: '40000' }])).toThrow('one entry named x');
  });

  it('that are cut off or have a strange mode are damaged', () => {
    const body = encodeTree([{ mode: '100644', name: 'x', oid }]);
    expect(() => parseTree(body.subarray(0, -1))).toThrow('cannot be read at byte 0');
    expect(() => parseTree(Buffer.from(`777 x\0${'o'.repeat(20)}`))).toThrow('cannot be read');
    expect(() => parseTree(Buffer.from('100644'))).toThrow('cannot be read');
  });
});
