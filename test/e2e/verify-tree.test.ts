// `coord verify` on trees with something else in them, objects that cannot be read, and shallow histories.
import { cpSync, chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { blob, git, tree } from '../log-forge.ts';
import { GoodLog, at, storeOf, verify } from '../tampered-log.ts';
import type { Tamper } from '../tampered-log.ts';

const good = new GoodLog();
beforeAll(() => good.make());
afterAll(() => good.remove());

describe('a tree with something else in it', () => {
  it.each<[string, Tamper, string]>([
    [
      'a foreign file',
      ({ 3: commit }, store) =>
        commit?.entries.set('evil.sh', { mode: '100644', oid: blob(store, 'x') }),
      'evil.sh The file does not belong on the log.',
    ],
    [
      'an empty folder',
      ({ 3: commit }, store) =>
        commit?.entries.set('evil', { mode: '040000', oid: tree(store, new Map()) }),
      'evil/ The file does not belong on the log.',
    ],
    [
      'an executable',
      ({ 3: commit }) => (present(commit?.entries.get('README.md'), 'README.md').mode = '100755'),
      'README.md It has mode 100755, not 100644.',
    ],
    [
      'a link',
      ({ 3: commit }, store) =>
        commit?.entries.set('README.md', { mode: '120000', oid: blob(store, '/etc/passwd') }),
      'README.md It has mode 120000, not 100644.',
    ],
    [
      'another format',
      ({ 3: commit }, store) =>
        commit?.entries.set('format', { mode: '100644', oid: blob(store, 'coord-log 2\n') }),
      'format The file does not say `coord-log 1`.',
    ],
    [
      'no batch',
      ({ 3: commit }) => commit?.entries.delete('batch.ndjson'),
      'batch.ndjson The batch is missing.',
    ],
    [
      'no checkpoint',
      ({ 3: commit }) => commit?.entries.delete('checkpoint'),
      'checkpoint/ The checkpoint is missing.',
    ],
    [
      'a checkpoint changed in between',
      ({ 3: commit }, store) => {
        const meta = { mode: '100644', oid: blob(store, '{"reducer":1,"log":"x"}') };
        const oid = tree(store, new Map([['meta.json', meta]]));
        commit?.entries.set('checkpoint', { mode: '040000', oid });
      },
      'checkpoint/meta.json The checkpoint is not one of this log.',
    ],
  ])('names %s', async (_name, tamper, reason) => {
    expect(await good.found(tamper)).toContainEqual([3, reason]);
  });
});

describe('objects that cannot be read', () => {
  /** All objects loose, so that single ones can be damaged. */
  function loosen(repository: string): string {
    const store = storeOf(repository);
    const packs = join(store, 'objects', 'pack');
    const aside = join(repository, 'packs');
    cpSync(packs, aside, { recursive: true });
    rmSync(packs, { recursive: true });
    git(store, ['init', '-q', '--bare', '.']);
    for (const name of readdirSync(aside).filter((each) => each.endsWith('.pack'))) {
      git(repository, [
        '-c',
        'alias.u=!f() { git --git-dir="$1" unpack-objects -q < "$2"; }; f',
        'u',
        store,
        join(aside, name),
      ]);
    }
    return store;
  }

  function cut(store: string, oid: string): void {
    const path = join(store, 'objects', oid.slice(0, 2), oid.slice(2));
    chmodSync(path, 0o644);
    writeFileSync(path, '');
  }

  it('names the batch that is empty after a power loss, and looks at everything else', async () => {
    const repository = good.copy();
    const store = loosen(repository);
    cut(store, git(store, ['rev-parse', `${at(good.commits, 3).oid}:batch.ndjson`]).trim());
    const [status, answer] = await verify(repository);
    expect([status, answer.commits, answer.seq]).toEqual([1, 6, 6]);
    expect(answer.problems).toEqual([
      {
        commit: at(good.commits, 3).oid,
        path: 'batch.ndjson',
        reason: expect.stringContaining('Object') as string,
      },
    ]);
  });

  it('names the commit that is damaged, and verifies what is above it', async () => {
    const repository = good.copy();
    const store = loosen(repository);
    cut(store, at(good.commits, 2).oid);
    const [status, answer] = await verify(repository);
    expect([status, answer.commits, answer.valid]).toEqual([1, 3, false]);
    expect(answer.problems.map(({ commit }) => commit)).toEqual([at(good.commits, 2).oid]);
  });
});

describe('a history whose beginning is not here', () => {
  /** A clone whose store ends at its fourth commit, with a remote that has everything. */
  function shallowClone(): string {
    const repository = good.copy();
    const remote = `${repository}.git`;
    git(good.folder, ['init', '-q', '--bare', remote]);
    git(storeOf(repository), ['push', '-q', remote, 'refs/heads/coord']);
    git(repository, ['remote', 'add', 'origin', remote]);
    writeFileSync(join(storeOf(repository), 'shallow'), `${at(good.commits, 3).oid}\n`);
    return repository;
  }

  it('is verified as far as it goes, and from the genesis when asked', async () => {
    const repository = shallowClone();
    expect(await verify(repository)).toMatchObject([
      0,
      { level: 'window', commits: 3, records: 3, seq: 6, valid: true },
    ]);
    expect(await verify(repository, '--level', 'genesis')).toMatchObject([
      0,
      { level: 'genesis', commits: 6, records: 6, seq: 6, valid: true },
    ]);
  });

  it('is no good answer to who asked for the genesis and cannot have it', async () => {
    const repository = shallowClone();
    const expected = [
      1,
      {
        level: 'genesis',
        problems: [
          {
            commit: at(good.commits, 3).oid,
            reason: expect.stringContaining('`coord verify --level genesis`') as string,
          },
        ],
      },
    ];
    expect(await verify(repository, '--level', 'genesis', '--offline')).toMatchObject(expected);
    git(repository, ['remote', 'set-url', 'origin', join(good.folder, 'nowhere')]);
    expect(await verify(repository, '--level', 'genesis')).toMatchObject(expected);
  });
});
