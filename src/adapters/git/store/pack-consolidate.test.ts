// Any history stays in few packs, every object stays readable, also for those who read meanwhile.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../../kernel/assert.ts';
import { limits } from '../../../kernel/limits.ts';
import {
  branch,
  commitObjects,
  complaints,
  ended,
  freshStore,
  git,
  packFiles,
  replaceFs,
  scratchDirectory,
  startChild,
  textsUpTo,
  withoutSync,
  writeCommit,
} from './git-store.fixture.ts';
import type { GitStore } from './git-store.ts';
import { openBareStore } from './git-store.ts';
import type { Oid } from './object.ts';
import type { Consolidation } from './pack-consolidate.ts';

let scratch: ReturnType<typeof scratchDirectory>;
let store: GitStore;
let packDir: string;

beforeEach(() => {
  scratch = scratchDirectory();
  store = freshStore(scratch.path);
  packDir = join(store.dir, 'objects', 'pack');
});
afterEach(() => scratch.remove());

const full = limits.storePacksPerClassMax;

function grow(from: number, to: number, parent: Oid | null): Oid {
  const restore = withoutSync();
  let head = parent;
  for (let place = from; place < to; place += 1) head = writeCommit(store, head, `text ${place}`);
  restore();
  return present(head, 'the history grew');
}

function texts(count: number): string[] {
  return Array.from({ length: count }, (_, place) => `text ${place}`);
}

function consolidate(): Promise<Consolidation> {
  return store.withMutex(() => store.consolidate());
}

function packs(): string[] {
  return packFiles(store).filter((name) => name.endsWith('.pack'));
}

/** Makes packs the oldest, which are merged first; the clock of a file system may not tell. */
function makeOld(names: readonly string[]): void {
  const past = new Date(Date.now() - 60_000);
  for (const name of names) fs.utimesSync(join(packDir, name), past, past);
}

describe('consolidation', () => {
  it('keeps 2,000 commits in few files while another process reads them', async () => {
    let head = grow(0, 1, null);
    await store.swapRef({ name: branch, expected: null, next: head });
    const reader = startChild('read-loop.child.ts', store.dir, head);
    let filesMax = 0;
    const restore = withoutSync();
    await store.withMutex(() => {
      for (let place = 1; place < 2050; place += 1) {
        head = grow(place, place + 1, head);
        expect(store.consolidate().faults).toEqual([]);
        filesMax = Math.max(filesMax, packFiles(store).length);
      }
    });
    await store.swapRef({ name: branch, expected: store.readRef(branch), next: head });
    restore();
    reader.kill('SIGTERM');
    expect(await ended(reader)).toBe(0);

    expect(filesMax).toBeLessThanOrEqual(100);
    expect(complaints(store.dir)).toBe('');
    expect(git(store.dir, 'log', '--format=%s', 'coord').trim().split('\n')).toHaveLength(2050);
    expect(textsUpTo(openBareStore(store.dir), head)).toEqual(texts(2050));
  });

  it('does nothing before a class is full, then merges it', async () => {
    const early = grow(0, full - 1, null);
    expect(await consolidate()).toEqual({ packsMerged: 0, packsWritten: [], faults: [] });
    const head = grow(full - 1, full, early);
    expect(await consolidate()).toMatchObject({ packsMerged: full, faults: [] });
    expect(packs()).toHaveLength(1);
    expect(textsUpTo(store, head)).toEqual(texts(full));
  });

  it('is refused without the mutex', () => {
    expect(() => store.consolidate()).toThrow('by the holder of the mutex');
  });

  it('resolves the deltas of native packs', async () => {
    const lines = Array.from({ length: 200 }, (_, line) => `line ${line} of a long text\n`);
    const long = (place: number): string => lines.with(place, `changed\n`).join('');
    let head: Oid | null = null;
    for (let place = 0; place < 40; place += 1) head = writeCommit(store, head, long(place));
    git(store.dir, 'update-ref', branch, present(head, 'the history grew'));
    git(store.dir, 'repack', '-adfq');
    const native = packs();
    const listing = git(store.dir, 'verify-pack', '-v', join(packDir, native[0] ?? ''));
    expect(listing).toContain('chain length = 2');
    // Older copies of some objects are taken first, so distances between the others change.
    store.writeObjects(
      [10, 20, 30].map((place) => ({ type: 'blob', body: Buffer.from(long(place)) })),
    );
    makeOld(packs().filter((name) => !native.includes(name)));
    const last = grow(0, full - 2, head);
    expect(await consolidate()).toMatchObject({ packsMerged: full, faults: [] });
    expect(packs()).toHaveLength(1);
    const expected = [...Array.from({ length: 40 }, (_, place) => long(place)), ...texts(full - 2)];
    expect(textsUpTo(openBareStore(store.dir), last)).toEqual(expected);
    git(store.dir, 'update-ref', branch, last);
    expect(complaints(store.dir)).toBe('');
  });

  it('keeps a pack that already holds all the others', async () => {
    const objects = Array.from({ length: full }, (_, place) => ({
      type: 'blob' as const,
      body: Buffer.from(`b${place}`),
    }));
    const oids = store.writeObjects(objects);
    makeOld(packs());
    const [whole] = packs();
    for (const object of objects.slice(1)) store.writeObjects([object]);
    await consolidate();
    expect(packs()).toEqual([whole]);
    expect(oids.map((oid) => openBareStore(store.dir).readBlob(oid).toString())).toEqual(
      objects.map(({ body }) => body.toString()),
    );
  });

  it('leaves a damaged pack alone, reports it and merges the others', async () => {
    const head = grow(0, full, null);
    const damaged = present(packs()[3], 'there are packs');
    const path = join(packDir, damaged);
    fs.chmodSync(path, 0o644);
    fs.truncateSync(path, 60);
    const blocked = await consolidate();
    expect(blocked).toMatchObject({ packsMerged: 0, faults: [{ code: 'object-corrupt' }] });
    expect(blocked.faults[0]?.message).toContain(damaged);
    expect(packs()).toHaveLength(full);
    grow(full, full + 1, head);
    expect(await consolidate()).toMatchObject({ packsMerged: full });
    expect(packs()).toHaveLength(2);
    expect(packs()).toContain(damaged);
    expect(packFiles(store).some((name) => name.startsWith('tmp_'))).toBe(false);
  });

  it('takes a whole copy of a damaged entry', async () => {
    const objects = commitObjects(null, 'kept twice');
    const oids = store.writeObjects(objects);
    const path = join(packDir, present(packs()[0], 'a pack was written'));
    const bytes = fs.readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(20) ^ 8, 20);
    fs.chmodSync(path, 0o644);
    fs.writeFileSync(path, bytes);
    makeOld(packs());
    store.writeObjects([...objects, { type: 'blob', body: Buffer.from('and more') }]);
    grow(0, full - 2, null);
    expect(await consolidate()).toMatchObject({ packsMerged: full, faults: [] });
    expect(openBareStore(store.dir).readBlob(present(oids[0], 'written')).toString()).toBe(
      'kept twice',
    );
    expect(packs()).toHaveLength(1);
  });

  it('respects packs that native git marked to be kept', async () => {
    grow(0, full, null);
    const kept = present(packs()[0], 'there are packs').replace(/pack$/, 'keep');
    fs.writeFileSync(join(packDir, kept), '');
    expect((await consolidate()).packsMerged).toBe(0);
    grow(full, full + 1, null);
    expect((await consolidate()).packsMerged).toBe(full);
    expect(packFiles(store)).toContain(kept.replace(/keep$/, 'pack'));
  });

  it('removes what crashes left once it is old, and nothing younger', async () => {
    const leftovers = ['tmp_pack_1_a', 'tmp_idx_1_a', `pack-${'0'.repeat(40)}.pack`];
    const old = new Date(Date.now() - 2 * limits.staleTemporarySeconds * 1000);
    const make = (name: string): void => fs.writeFileSync(join(packDir, name), 'x');
    leftovers.forEach(make);
    const oid = writeCommit(store, null, 'x');
    await consolidate();
    expect(packFiles(store)).toEqual(expect.arrayContaining(leftovers));
    for (const name of packFiles(store)) fs.utimesSync(join(packDir, name), old, old);
    await consolidate();
    expect(packFiles(store).filter((name) => leftovers.includes(name))).toEqual([]);
    expect(store.readObject(oid)?.type).toBe('commit');
  });

  it('removes an index over many packs of native git, which would name packs that are gone', async () => {
    const head = grow(0, full, null);
    git(store.dir, 'update-ref', branch, head);
    git(store.dir, 'multi-pack-index', 'write');
    expect(packFiles(store)).toContain('multi-pack-index');
    await consolidate();
    expect(packFiles(store)).not.toContain('multi-pack-index');
    expect(complaints(store.dir)).toBe('');
  });

  it('is given up without harm when native git removes packs at the same time', async () => {
    const head = grow(0, full - 1, null);
    const early = packs();
    grow(full - 1, full, head);
    // Packs are merged oldest first, so the youngest goes while an older one is read.
    const youngest = packs().find((name) => !early.includes(name));
    const gone = join(packDir, present(youngest, 'one more pack'));
    const restore = replaceFs('openSync', (open) => (path, ...rest) => {
      if (early.some((name) => String(path).endsWith(name))) fs.rmSync(gone, { force: true });
      return open(path, ...rest);
    });
    try {
      expect(await consolidate()).toEqual({ packsMerged: 0, packsWritten: [], faults: [] });
    } finally {
      restore();
    }
    expect(packs()).toHaveLength(full - 1);
    expect(packFiles(store).filter((name) => name.startsWith('tmp_'))).toEqual([]);
  });

  it('leaves everything as it was when the disk is full', async () => {
    const head = grow(0, full, null);
    const before = packFiles(store);
    const restore = replaceFs('fdatasyncSync', () => () => {
      throw Object.assign(new Error('ENOSPC: no space left'), {
        code: 'ENOSPC',
        syscall: 'fdatasync',
      });
    });
    try {
      await expect(consolidate()).rejects.toMatchObject({ code: 'store-io' });
    } finally {
      restore();
    }
    expect(packFiles(store)).toEqual(before);
    expect(textsUpTo(store, head)).toEqual(texts(full));
  });
});
