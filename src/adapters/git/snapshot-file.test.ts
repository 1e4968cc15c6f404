// The file of a snapshot: read back as it was written, and without effect where anything is wrong with it.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewSnapshot } from '../../log/snapshot.ts';
import { storeHandle } from './local-log.ts';
import { snapshotShelf } from './snapshot-file.ts';

let folder = '';
let directory = '';
const file = (): string => join(directory, 'coord-snapshot');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coord snapshot '));
  directory = storeHandle(folder).directory;
  mkdirSync(directory, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const snapshot: NewSnapshot = {
  position: {
    ...{ oid: 'a'.repeat(40), seq: 12, tail: 3, chain: 'c'.repeat(64) },
    ...{ at: '2026-11-20T12:00:00.000Z', hlc: '2026-11-20T12:00:00.000Z/0000' },
  },
  tailBytes: 4711,
  base: null,
  paths: ['checkpoint/meta.json', 'checkpoint/task.json', 'checkpoint/task/0/00.json'],
  changed: new Map([
    ['checkpoint/meta.json', '{"reducer":2}\n'],
    ['checkpoint/task.json', '{"title":"größer als Ω 🐙"}\n'],
  ]),
  copied: new Map([['checkpoint/task/0/00.json', '[]\n']]),
};

describe('the file of a snapshot', () => {
  it('gives back what was kept, texts of several bytes a character too', () => {
    const shelf = snapshotShelf(storeHandle(folder));
    expect(shelf.read()).toBeNull();
    shelf.keep(snapshot);
    const read = shelf.read();
    expect(read).toMatchObject({ position: snapshot.position, tailBytes: 4711, base: null });
    expect([...(read?.changed ?? [])]).toEqual([...snapshot.changed]);
    expect([...(read?.copied ?? [])]).toEqual([...snapshot.copied]);
    expect([...(read?.files ?? [])]).toEqual([...snapshot.changed, ...snapshot.copied]);
    expect(readdirSync(directory)).toEqual(['coord-snapshot']);
    shelf.remove();
    shelf.remove();
    expect(shelf.read()).toBeNull();
  });

  it('is none where a single byte of it is another one, or the end is missing', () => {
    const shelf = snapshotShelf(storeHandle(folder));
    shelf.keep(snapshot);
    const good = readFileSync(file());
    for (let at = 0; at < good.length; at += 1) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 0x04;
      writeFileSync(file(), bad);
      expect([at, shelf.read()]).toEqual([at, null]);
    }
    for (let length = 0; length < good.length; length += 7) {
      writeFileSync(file(), good.subarray(0, length));
      expect([length, shelf.read()]).toEqual([length, null]);
    }
    writeFileSync(file(), good);
    expect(shelf.read()).not.toBeNull();
  });

  it('is none where another reducer wrote it', () => {
    const shelf = snapshotShelf(storeHandle(folder));
    shelf.keep(snapshot);
    const [, ...lines] = readFileSync(file(), 'utf8').split('\n');
    const body = lines.join('\n').replace('"reducer":2', '"reducer":1');
    writeFileSync(file(), `${crc32(Buffer.from(body))}\n${body}`);
    expect(shelf.read()).toBeNull();
  });

  it('throws nothing where it cannot be written, read or removed, and leaves nothing', () => {
    const shelf = snapshotShelf(storeHandle(folder));
    mkdirSync(join(file(), 'in the way'), { recursive: true });
    shelf.keep(snapshot);
    shelf.remove();
    expect(shelf.read()).toBeNull();
    expect(readdirSync(directory)).toEqual(['coord-snapshot']);
    rmSync(directory, { recursive: true });
    shelf.keep(snapshot);
    expect(shelf.read()).toBeNull();
  });
});
