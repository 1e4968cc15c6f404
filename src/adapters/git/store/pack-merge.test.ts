// Merged packs hold versions of a file as what differs, and nothing that their index does not promise.
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../../kernel/assert.ts';
import { limits } from '../../../kernel/limits.ts';
import { encodeDelta } from './delta-encode.ts';
import {
  branch,
  complaints,
  freshStore,
  git,
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
import type { Consolidation } from './pack-consolidate.ts';
import { encodeEntry } from './pack-entry.ts';
import { createMerge } from './pack-merge.ts';

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

function grow(count: number): void {
  const restore = withoutSync();
  for (let place = 0; place < count; place += 1) writeCommit(store, null, `text ${place}`);
  restore();
}

function consolidate(): Promise<Consolidation> {
  return store.withMutex(() => store.consolidate());
}

function packs(): string[] {
  return packFiles(store).filter((name) => name.endsWith('.pack'));
}

function blobItem(body: Buffer): { oid: Oid; type: 'blob'; body: Buffer } {
  return { oid: hashObject({ type: 'blob', body }), type: 'blob', body };
}

describe('a merged pack', () => {
  it('tells versions of a file and of its folder by what differs, for native git too', async () => {
    const lines: string[] = randomBytes(1500).toString('hex').match(/.{60}/g) ?? [];
    const version = (place: number): string =>
      `the same first line of every version\n${lines.with(place % 50, 'x').join('\n')}`;
    let head: Oid | null = null;
    for (let place = 0; place < full; place += 1) head = writeCommit(store, head, version(place));
    expect(await consolidate()).toMatchObject({ packsMerged: full, faults: [] });
    const [merged = ''] = packs();
    expect(git(store.dir, 'verify-pack', '-v', join(packDir, merged))).toContain(
      `chain length = 1: ${full - 1} objects`,
    );
    expect(fs.statSync(join(packDir, merged)).size).toBeLessThan(full * 400);

    // Merged again, they stay what they are, in packs that grow as large as they were together.
    const expected = Array.from({ length: full }, (_, place) => version(place));
    for (let round = 1; round < full; round += 1) {
      for (let place = 0; place < full; place += 1) {
        expected.push(version(round * full + place));
        head = writeCommit(store, head, expected.at(-1) ?? '');
      }
      await consolidate();
    }
    const bytes = packs().map((name) => fs.statSync(join(packDir, name)).size);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(full * full * 400);
    const last = present(head, 'the history grew');
    expect(textsUpTo(openBareStore(store.dir), last)).toEqual(expected);
    git(store.dir, 'update-ref', branch, last);
    expect(complaints(store.dir)).toBe('');
  });

  it('makes a whole object of a delta whose base comes after it', async () => {
    const version = (each: string): Buffer => Buffer.from(`${'long '.repeat(40)}${each}`);
    const [before, after] = [blobItem(version('1')), blobItem(version('2'))];
    const delta = present(encodeDelta(before.body, after.body, 1000), 'little differs');
    const raw = Buffer.concat([
      // A delta that names its base, shorter than 16 bytes.
      Buffer.from([0x70 | delta.length]),
      Buffer.from(before.oid, 'hex'),
      deflateSync(delta),
    ]);
    store.writePack(2, [{ oid: after.oid, raw, crc: crc32(raw) }, before]);
    grow(full - 1);
    expect(await consolidate()).toMatchObject({ packsMerged: full, faults: [] });
    expect(openBareStore(store.dir).readBlob(after.oid)).toEqual(after.body);
    expect(complaints(store.dir)).toBe('');
  });

  it('does not pass on as a version what is not the object that its index says', async () => {
    const right = blobItem(Buffer.from('x'.repeat(100)));
    const raw = encodeEntry('blob', Buffer.from('y'.repeat(100)));
    store.writePack(1, [{ oid: right.oid, raw, crc: crc32(raw) }]);
    grow(full);
    const { faults } = await consolidate();
    expect(faults.map(({ message }) => message)).toEqual([
      expect.stringContaining('its content hashes to') as string,
    ]);
  });

  it('breaks chains of deltas that have become too long', () => {
    const long = randomBytes(2000).toString('hex');
    let text = long;
    let head: Oid | null = null;
    for (let place = 0; place < 90; place += 1) {
      text = `${text.slice(0, place * 20)}${place}${text.slice(place * 20)}`;
      head = writeCommit(store, head, text);
    }
    git(store.dir, 'update-ref', branch, present(head, 'the history grew'));
    git(store.dir, 'repack', '-adfq', '--depth=200', '--window=100');
    const chains = (): number[] =>
      packs().flatMap((name) => {
        const listing = git(store.dir, 'verify-pack', '-v', join(packDir, name));
        return [...listing.matchAll(/chain length = (\d+)/g)].map(([, length]) => Number(length));
      });
    expect(Math.max(...chains())).toBeGreaterThan(60);
    const names = packs().map((name) => name.replace(/\.pack$/, ''));
    const { name } = createMerge(packDir, names, (oid) => store.readObject(oid)).write();
    for (const each of names) fs.rmSync(join(packDir, `${each}.idx`));
    for (const each of names) fs.rmSync(join(packDir, `${each}.pack`));
    expect(packs()).toEqual([`${name}.pack`]);
    expect(Math.max(...chains())).toBe(50);
    expect(complaints(store.dir)).toBe('');
  });
});
