// Objects are read from packs of ours and of native git and from loose files, and damage is never passed on.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../../kernel/assert.ts';
import { Fault } from '../../../kernel/fault.ts';
import {
  branch,
  commitObjects,
  freshStore,
  git,
  nativeHash,
  packFiles,
  scratchDirectory,
  textsUpTo,
  withoutSync,
  writeCommit,
} from './git-store.fixture.ts';
import type { GitStore } from './git-store.ts';
import { openBareStore } from './git-store.ts';
import type { Oid } from './object.ts';
import { hashObject } from './object.ts';

let scratch: ReturnType<typeof scratchDirectory>;
let store: GitStore;

beforeEach(() => {
  scratch = scratchDirectory();
  store = freshStore(scratch.path);
});
afterEach(() => scratch.remove());

/** A history whose files differ little, so that native git makes deltas of them. */
function growHistory(length: number): { head: Oid; texts: string[] } {
  const noise = Array.from({ length: 300 }, (_, line) =>
    hashObject({ type: 'blob', body: Buffer.from(`${line}`) }),
  );
  const texts: string[] = [];
  const restore = withoutSync();
  let head: Oid | null = null;
  for (let place = 0; place < length; place += 1) {
    noise[place % noise.length] = `changed ${place}`;
    texts.push(`${place}\n${noise.join('\n')}\n`);
    head = writeCommit(store, head, present(texts.at(-1), 'a text was added'));
  }
  restore();
  git(store.dir, 'update-ref', branch, present(head, 'the history is not empty'));
  return { head: present(head, 'the history is not empty'), texts };
}

function filesEnding(extension: string): string[] {
  const packDir = join(store.dir, 'objects', 'pack');
  return packFiles(store)
    .filter((name) => name.endsWith(extension))
    .map((name) => join(packDir, name));
}

function rewrite(path: string, change: (bytes: Buffer) => Buffer): void {
  const bytes = change(fs.readFileSync(path));
  fs.chmodSync(path, 0o644);
  fs.writeFileSync(path, bytes);
}

function deltaCount(pack: string): number {
  const lines = git(store.dir, 'verify-pack', '-v', pack).split('\n');
  return lines.filter((line) => / \d+ \d+ \d+ \d+ [0-9a-f]{40}$/.test(line)).length;
}

describe('reading', () => {
  it('follows the deltas of a native repack, by offset and by name', () => {
    const { head, texts } = growHistory(60);
    for (const byOffset of ['true', 'false']) {
      git(
        store.dir,
        '-c',
        `repack.useDeltaBaseOffset=${byOffset}`,
        'repack',
        '-adfq',
        '--depth=50',
      );
      expect(filesEnding('.pack')).toHaveLength(1);
      expect(deltaCount(present(filesEnding('.pack')[0], 'one pack'))).toBeGreaterThan(50);
      expect(textsUpTo(openBareStore(store.dir), head)).toEqual(texts);
    }
  });

  it('notices that its packs were replaced meanwhile', () => {
    const { head, texts } = growHistory(5);
    const [first] = textsUpTo(store, head);
    git(store.dir, 'repack', '-adq');
    store.close();
    const late = openBareStore(store.dir);
    late.readCommit(head);
    git(store.dir, 'repack', '-adfq', '--window=0');
    writeCommit(openBareStore(store.dir), null, 'another');
    expect([first, ...textsUpTo(late, head).slice(1)]).toEqual(texts);
  });

  it('finds loose objects and those another process writes later', () => {
    const missing = hashObject({ type: 'blob', body: Buffer.from('later') });
    expect(store.readObject(missing)).toBeUndefined();
    expect(nativeHash(store.dir, 'blob', Buffer.from('later'))).toBe(missing);
    expect(store.readBlob(missing).toString()).toBe('later');
    const other = writeCommit(openBareStore(store.dir), null, 'by another');
    expect(textsUpTo(store, other)).toEqual(['by another']);
  });

  it('takes ranges of a large pack, also from unusual deflaters', () => {
    const bodies = Array.from({ length: 40 }, (_, place) => incompressible(60_000, place));
    const large = incompressible(3_000_000, 99);
    const oids = store.writeObjects([...bodies, large].map((body) => ({ type: 'blob', body })));
    const stored = { type: 'blob', body: Buffer.alloc(20_000, 'x') } as const;
    // Stored blocks of eight bytes: more than any bound on deflated lengths expects.
    const raw = Buffer.concat([Buffer.from([0xb0, 0x80 | 0x62, 0x09]), chopped(stored.body)]);
    raw[1] = 0x80 | ((20_000 >> 4) & 0x7f);
    raw[2] = 20_000 >> 11;
    store.writePack(2, [
      { oid: hashObject(stored), raw, crc: 0 },
      { oid: hashObject({ type: 'blob', body: large }), type: 'blob', body: large },
    ]);
    const fresh = openBareStore(store.dir);
    expect(oids.map((oid) => fresh.readBlob(oid).length)).toEqual([
      ...bodies.map(() => 60_000),
      3_000_000,
    ]);
    expect(fresh.readBlob(hashObject(stored))).toEqual(stored.body);
    fresh.close();
  });

  it('says that an object is missing or of another type', () => {
    const oid = writeCommit(store, null, 'x');
    expect(() => store.readTree(oid)).toThrow(/is a commit where a tree is expected/);
    expect(() => store.readBlob('0'.repeat(40))).toThrow(
      expect.objectContaining({ code: 'object-missing' }),
    );
    expect(store.readObject('HEAD')).toBeUndefined();
  });
});

describe('damage', () => {
  const faultNaming = (oid: Oid, path: string): unknown =>
    expect.objectContaining({
      name: 'Fault',
      code: 'object-corrupt',
      message: expect.stringMatching(new RegExp(`${oid}.*${path}|${path}.*`)) as string,
    });

  it('of a pack cut off anywhere is a fault naming object and file', () => {
    const oid = writeCommit(store, null, 'whole');
    const [path = ''] = filesEnding('.pack');
    const whole = fs.readFileSync(path);
    for (let length = 0; length < whole.length; length += 7) {
      rewrite(path, () => whole.subarray(0, length));
      expect(() => openBareStore(store.dir).readObject(oid)).toThrow(faultNaming(oid, path));
    }
  });

  it('of any byte of a pack is found, and no wrong bytes are returned', () => {
    const objects = commitObjects(null, 'a text of some length');
    const oids = store.writeObjects(objects);
    const [path = ''] = filesEnding('.pack');
    const whole = fs.readFileSync(path);
    let faults = 0;
    for (let at = 0; at < whole.length; at += 1) {
      rewrite(path, () => flipped(whole, at));
      const fresh = openBareStore(store.dir);
      for (const [place, oid] of oids.entries()) {
        const outcome = outcomeOf(() => fresh.readObject(oid));
        if (outcome instanceof Fault) faults += 1;
        expect(outcome).toEqual(outcome instanceof Fault ? faultNaming(oid, path) : objects[place]);
      }
    }
    expect(faults).toBeGreaterThan(whole.length - 12);
  });

  it('is an object under the name of another', () => {
    const [blob, tree, commit] = commitObjects(null, 'x');
    store.writePack(2, [
      { ...blob, oid: hashObject(tree) },
      { type: 'tag', body: commit.body, oid: hashObject(commit) },
    ]);
    const [path = ''] = filesEnding('.pack');
    for (const oid of [hashObject(tree), hashObject(commit)]) {
      expect(() => store.readObject(oid)).toThrow(faultNaming(oid, path));
    }
  });

  it('of an index is a fault, not an object that is missing', () => {
    const oid = writeCommit(store, null, 'x');
    const [path = ''] = filesEnding('.idx');
    for (const length of [0, 100, 1100]) {
      rewrite(path, (bytes) => bytes.subarray(0, length));
      expect(() => openBareStore(store.dir).readObject(oid)).toThrow(faultNaming(oid, path));
    }
  });

  it('of a loose object is a fault; an empty file too', () => {
    const oid = nativeHash(store.dir, 'blob', Buffer.from('loose'));
    const path = join(store.dir, 'objects', oid.slice(0, 2), oid.slice(2));
    const wrong = deflateSync('blob 5\0Loose');
    for (const bytes of [
      Buffer.alloc(0),
      wrong,
      deflateSync('blob 6\0loose'),
      deflateSync('loose'),
    ]) {
      rewrite(path, () => bytes);
      expect(() => store.readObject(oid)).toThrow(faultNaming(oid, path));
    }
  });

  it('of one copy is passed over when another is whole, and healed by writing again', () => {
    const objects = commitObjects(null, 'two copies');
    const [oid] = store.writeObjects(objects);
    const [path = ''] = filesEnding('.pack');
    rewrite(path, (bytes) => flipped(bytes, 18));
    const reader = openBareStore(store.dir);
    expect(() => reader.readObject(present(oid, 'written'))).toThrow(Fault);
    store.writeObjects([...objects, { type: 'blob', body: Buffer.from('so the name differs') }]);
    expect(filesEnding('.pack')).toHaveLength(2);
    expect(reader.readBlob(present(oid, 'written')).toString()).toBe('two copies');
  });

  it('of a delta that never ends or lies about its base is a fault', () => {
    const base = { type: 'blob', body: Buffer.alloc(64, 'base') } as const;
    const lies = [
      Buffer.from([65, 64, 0x90, 64]),
      Buffer.from([64, 64, 0x90, 65]),
      Buffer.from([64, 1, 0]),
    ];
    const oids = lies.map((_, place) =>
      hashObject({ type: 'blob', body: Buffer.from(`lie ${place}`) }),
    );
    const self = hashObject({ type: 'blob', body: Buffer.from('self') });
    const onBase = lies.map((lie, place) => ({
      oid: present(oids[place], 'named'),
      raw: delta(hashObject(base), lie),
      crc: 0,
    }));
    store.writePack(5, [
      { ...base, oid: hashObject(base) },
      ...onBase,
      { oid: self, raw: delta(self, Buffer.from([64, 64, 0x90, 64])), crc: 0 },
    ]);
    for (const oid of [...oids, self]) {
      expect(() => store.readObject(oid)).toThrow(
        expect.objectContaining({ code: 'object-corrupt' }),
      );
    }
  });
});

function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}

function delta(base: Oid, instructions: Buffer): Buffer {
  const header = Buffer.from([0x70 | instructions.length]);
  return Buffer.concat([header, Buffer.from(base, 'hex'), deflateSync(instructions)]);
}

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 0x10, at);
  return changed;
}

function incompressible(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0, state = seed + 1; at < size; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

function chopped(body: Buffer): Buffer {
  const blocks: Uint8Array[] = [Buffer.from([0x78, 0x01])];
  for (let at = 0; at < body.length; at += 8) {
    const isLast = at + 8 >= body.length;
    blocks.push(Buffer.from([isLast ? 1 : 0, 8, 0, 0xf7, 0xff]), body.subarray(at, at + 8));
  }
  const checksum = Buffer.alloc(4);
  let [low, high] = [1, 0];
  for (const byte of body) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  checksum.writeUInt32BE(high * 65_536 + low);
  return Buffer.concat([...blocks, checksum]);
}
