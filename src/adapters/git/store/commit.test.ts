// Commits keep every header, and native git and we read each other's.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCommit, formatIdentity, parseCommit, parseIdentity } from './commit.ts';
import { freshStore, git, nativeHash, scratchDirectory } from './git-store.fixture.ts';
import type { GitStore } from './git-store.ts';

const oid = 'a'.repeat(40);
const scratch = scratchDirectory();
let store: GitStore;

beforeAll(() => {
  store = freshStore(scratch.path);
});
afterAll(scratch.remove);

describe('commits', () => {
  const commit = {
    tree: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    parents: [oid, 'b'.repeat(40)],
    author: 'Ada Löv <a@b.c> 1800000000 +0200',
    committer: 'B <> 1800000001 -0730',
    headers: [
      { name: 'encoding', value: 'UTF-8' },
      { name: 'gpgsig', value: '-----BEGIN-----\n\nline\n-----END-----\n' },
    ],
    message: 'Subject\n\nBody\n\nwith gaps\n\n',
  };

  it('come back as they went in, other headers with all their lines', () => {
    const body = encodeCommit(commit);
    expect(parseCommit(body)).toEqual(commit);
    expect(encodeCommit(parseCommit(body))).toEqual(body);
  });

  it('are understood by git', () => {
    const tree = nativeHash(store.dir, 'tree', Buffer.alloc(0));
    const plain = { ...commit, tree, parents: [], headers: commit.headers.slice(0, 1) };
    const [name = ''] = store.writeObjects([{ type: 'commit', body: encodeCommit(plain) }]);
    const format = '--format=%T|%an|%ae|%at|%ai|%cn|%ce|%ci|%B';
    expect(git(store.dir, 'show', '-s', format, '--date=raw', name)).toBe(
      Buffer.from(
        `${tree}|Ada Löv|a@b.c|1800000000|2027-01-15 10:00:00 +0200|B||2027-01-15 00:30:01 -0730|Subject\n\nBody\n\nwith gaps\n\n\n`,
      ).toString('latin1'),
    );
  });

  it('made by git are parsed', () => {
    const tree = nativeHash(store.dir, 'tree', Buffer.alloc(0));
    const name = git(
      store.dir,
      '-c',
      'user.name=N',
      '-c',
      'user.email=e@f',
      'commit-tree',
      tree,
      '-m',
      'Hi',
    ).trim();
    expect(store.readCommit(name)).toMatchObject({
      tree,
      parents: [],
      headers: [],
      message: 'Hi\n',
    });
    expect(parseIdentity(store.readCommit(name).author)).toMatchObject({ name: 'N', email: 'e@f' });
  });

  it('may lack a message, as git allows', () => {
    const body = encodeCommit({ ...commit, message: '' });
    expect(parseCommit(body.subarray(0, -1)).message).toBe('');
    expect(parseCommit(body)).toEqual({ ...commit, message: '' });
  });

  it.each(['', 'tree x\n\nm', `tree ${oid}\nauthor a\n\nm`, `tree ${oid}\nnospace\n\nm`])(
    'that are broken (%j) are a fault',
    (text) => expect(() => parseCommit(Buffer.from(text))).toThrow('A commit cannot be read'),
  );
});

describe('identities', () => {
  it('lose what git does not allow in them', () => {
    const identity = { name: ' A <x>\n', email: 'a>b', atSeconds: 5, zone: '+0000' };
    expect(formatIdentity(identity)).toBe('A x <ab> 5 +0000');
    expect(() => formatIdentity({ ...identity, atSeconds: 1.5 })).toThrow('whole seconds');
    expect(() => formatIdentity({ ...identity, zone: 'UTC' })).toThrow('time zone');
  });

  it('are read back, unless git would not have written them', () => {
    const identity = { name: 'A B', email: 'a@b', atSeconds: 5, zone: '-0330' };
    expect(parseIdentity(formatIdentity(identity))).toEqual(identity);
    expect(parseIdentity('A B 5 -0330')).toBeUndefined();
  });
});
