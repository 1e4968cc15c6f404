// Packs are what native git would accept, complete or not there at all, and never trusted for their name.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitObjects, complaints, freshStore, git, packFiles } from './git-store.fixture.ts';
import { replaceFs, scratchDirectory, writeCommit } from './git-store.fixture.ts';
import type { GitStore } from './git-store.ts';
import { openBareStore } from './git-store.ts';
import { hashObject } from './object.ts';
import { encodePackIndex, parsePackIndex } from './pack-index.ts';
import { writePack } from './pack-write.ts';

let scratch: ReturnType<typeof scratchDirectory>;
let store: GitStore;
let packDir: string;

beforeEach(() => {
  scratch = scratchDirectory();
  store = freshStore(scratch.path);
  packDir = join(store.dir, 'objects', 'pack');
});
afterEach(() => scratch.remove());

function onlyPack(extension: string): string {
  const names = packFiles(store).filter((name) => name.endsWith(extension));
  expect(names).toHaveLength(1);
  return join(packDir, names[0] ?? '');
}

describe('writePack', () => {
  it('makes a pack and an index that equal what index-pack makes of them', () => {
    const sizes = [0, 1, 15, 16, 2047, 2048, 40_000, 2_000_000];
    const bodies = sizes.map((size) => Buffer.alloc(size, `${size} bytes `));
    const oids = store.writeObjects(bodies.map((body) => ({ type: 'blob', body })));
    const copy = join(scratch.path, 'copy.pack');
    fs.copyFileSync(onlyPack('.pack'), copy);
    git(store.dir, 'index-pack', '--strict', copy);
    expect(fs.readFileSync(join(scratch.path, 'copy.idx'))).toEqual(
      fs.readFileSync(onlyPack('.idx')),
    );
    expect(oids.map((oid) => git(store.dir, 'cat-file', '-s', oid).trim())).toEqual(
      sizes.map(String),
    );
    expect(complaints(store.dir)).toBe('');
  });

  it('writes each object once, and nothing for no objects', () => {
    expect(store.writeObjects([])).toEqual([]);
    expect(packFiles(store)).toEqual([]);
    const object = { type: 'blob', body: Buffer.from('twice') } as const;
    const oids = store.writeObjects([object, object]);
    expect(oids).toEqual([hashObject(object), hashObject(object)]);
    expect(git(store.dir, 'verify-pack', '-v', onlyPack('.pack'))).toContain('non delta: 1 object');
  });

  it('leaves only the two finished, read-only files', () => {
    writeCommit(store, null, 'one');
    expect(packFiles(store)).toHaveLength(2);
    const modes = packFiles(store).map((name) => fs.statSync(join(packDir, name)).mode & 0o222);
    expect(modes).toEqual([0, 0]);
  });

  it('is on disk with its index before either has its name, and the names before it returns', () => {
    const steps: string[] = [];
    const synced = (file: number): void => {
      steps.push(
        fs.fstatSync(file).isDirectory() ? 'sync names' : `sync ${fs.fstatSync(file).ino}`,
      );
    };
    const restores = [
      replaceFs('fdatasyncSync', () => synced),
      replaceFs('fsyncSync', () => synced),
      replaceFs('renameSync', (rename) => (from, to) => {
        steps.push(`name ${fs.statSync(from).ino}`);
        rename(from, to);
      }),
    ];
    writeCommit(store, null, 'one');
    restores.forEach((restore) => restore());
    const [pack = 0, index = 0] = ['.pack', '.idx'].map((kind) => fs.statSync(onlyPack(kind)).ino);
    const names = [`name ${pack}`, `name ${index}`, 'sync names'];
    expect(steps).toEqual([`sync ${pack}`, `sync ${index}`, ...names]);
  });

  it('replaces a damaged file that already has the name', () => {
    const objects = commitObjects(null, 'the same again');
    const oids = store.writeObjects(objects);
    for (const extension of ['.pack', '.idx']) {
      for (const damage of [Buffer.alloc(0), Buffer.from('garbage')]) {
        fs.chmodSync(onlyPack(extension), 0o644);
        fs.writeFileSync(onlyPack(extension), damage);
        expect(complaints(store.dir)).not.toBe('');
        const again = openBareStore(store.dir);
        expect(again.writeObjects(objects)).toEqual(oids);
        expect(complaints(store.dir)).toBe('');
        expect(again.readObject(oids[2] ?? '')?.type).toBe('commit');
      }
    }
  });

  it('is a fault when what has the name cannot be replaced', () => {
    const objects = commitObjects(null, 'in the way');
    store.writeObjects(objects);
    const path = onlyPack('.idx');
    fs.unlinkSync(path);
    fs.mkdirSync(join(path, 'full'), { recursive: true });
    expect(() => store.writeObjects(objects)).toThrow(/is damaged: it is not what its name says/);
    expect(packFiles(store).filter((name) => name.startsWith('tmp_'))).toEqual([]);
  });

  it('leaves nothing behind when producing the objects fails', () => {
    const [blob] = commitObjects(null, 'x');
    const failing = function* (): Generator<never> {
      yield { ...blob, oid: hashObject(blob) } as never;
      throw new Error('no more');
    };
    expect(() => writePack(packDir, 2, failing())).toThrow('no more');
    expect(() => writePack(packDir, 2, [])).toThrow('announced for 2 objects');
    expect(packFiles(store)).toEqual([]);
  });

  it('says what to do when the system refuses', () => {
    fs.rmSync(packDir, { recursive: true });
    expect(() => writeCommit(store, null, 'x')).toThrow(/Could not write objects .* try again\.$/);
    expect(() => writeCommit(store, null, 'x')).toThrow(
      expect.objectContaining({ code: 'store-io' }),
    );
  });
});

describe('a pack index', () => {
  const oids = ['00'.repeat(20), '00'.repeat(19) + '01', '7f'.repeat(20), 'ff'.repeat(20)];
  const offsets = [12, 2 ** 31 - 1, 2 ** 31, 2 ** 40 + 5];
  const entries = oids.map((oid, place) => ({ oid, offset: offsets[place] ?? 0, crc: place }));
  const bytes = encodePackIndex([...entries].reverse(), Buffer.alloc(20, 7));

  it('knows places beyond two gigabytes', () => {
    const index = parsePackIndex(bytes, 'x.idx');
    expect(oids.map((oid) => index.offsetOf(Buffer.from(oid, 'hex')))).toEqual(offsets);
    expect(oids.map((_, position) => index.entryAt(position))).toEqual(entries);
    expect(index.offsetOf(Buffer.alloc(20, 0x80))).toBeUndefined();
    expect(index.packChecksum).toEqual(Buffer.alloc(20, 7));
  });

  it('is damaged at every length but its own', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => parsePackIndex(bytes.subarray(0, length), 'x.idx')).toThrow('x.idx is damaged');
    }
    expect(() => parsePackIndex(Buffer.concat([bytes, bytes]), 'x.idx')).toThrow('is damaged');
  });

  it('is damaged when any byte changes', () => {
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => parsePackIndex(changed, 'x.idx')).toThrow('x.idx is damaged');
    }
  });
});
