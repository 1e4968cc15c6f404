// Writes a pack and its index so that a crash leaves both or neither under their names.
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { assert, present } from '../../../kernel/assert.ts';
import {
  readOnlyMode,
  removeIfPresent,
  renameOver,
  syncDirectory,
  uniquePath,
  writeWhole,
} from './durable-file.ts';
import type { DeltaEntry } from './delta-window.ts';
import type { ObjectType, Oid } from './object.ts';
import { corrupt, encodeDeltaEntry, encodeEntry, packHeaderBytes } from './pack-entry.ts';
import type { IndexedEntry } from './pack-index.ts';
import { encodePackIndex } from './pack-index.ts';

/** What goes into a pack: an object, the bytes of an entry that is no delta from another pack, or a delta whose base went before. */
export type PackItem =
  | { readonly oid: Oid; readonly type: ObjectType; readonly body: Uint8Array }
  | { readonly oid: Oid; readonly raw: Uint8Array; readonly crc: number }
  | DeltaEntry;

/** A written pack: `name` without directory and extension, size in bytes without the index. */
export interface WrittenPack {
  readonly name: string;
  readonly bytes: number;
}

// Written in pieces of this size, so that a pack larger than memory can pass.
const pieceBytes = 1024 * 1024;

/**
 * Writes `count` distinct objects as one pack named after its content; durable when it returns.
 * A file already under that name is replaced, never trusted: the content is the same or was damaged.
 * Nothing is left behind when it throws.
 */
export function writePack(packDir: string, count: number, items: Iterable<PackItem>): WrittenPack {
  const packTemporary = uniquePath(packDir, 'tmp_pack_');
  const indexTemporary = uniquePath(packDir, 'tmp_idx_');
  try {
    const { checksum, bytes } = writeFiles(packTemporary, indexTemporary, count, items);
    const name = `pack-${checksum.toString('hex')}`;
    // A pack without an index is invisible, an index without a pack is an error: so the pack goes first.
    settle(packTemporary, join(packDir, `${name}.pack`));
    settle(indexTemporary, join(packDir, `${name}.idx`));
    syncDirectory(packDir);
    return { name, bytes };
  } catch (error) {
    removeIfPresent(packTemporary);
    removeIfPresent(indexTemporary);
    throw error;
  }
}

/** Writes pack and index, and only then asks for both to be on disk: they share a turn of its journal. */
function writeFiles(
  packPath: string,
  indexPath: string,
  count: number,
  items: Iterable<PackItem>,
): Pick<WrittenEntries, 'checksum' | 'bytes'> {
  return withFile(packPath, (pack) => {
    const { entries, checksum, bytes } = writeEntries(pack, count, items);
    withFile(indexPath, (index) => {
      writeWhole(index, encodePackIndex(entries, checksum));
      fs.fdatasyncSync(pack);
      fs.fdatasyncSync(index);
    });
    return { checksum, bytes };
  });
}

function withFile<Result>(path: string, work: (file: number) => Result): Result {
  const file = fs.openSync(path, 'wx', readOnlyMode);
  try {
    return work(file);
  } finally {
    fs.closeSync(file);
  }
}

interface WrittenEntries {
  readonly entries: readonly IndexedEntry[];
  readonly checksum: Buffer;
  readonly bytes: number;
}

function writeEntries(file: number, count: number, items: Iterable<PackItem>): WrittenEntries {
  const output = new Output(file);
  output.write(packHeader(count));
  const entries: IndexedEntry[] = [];
  const places = new Map<Oid, number>();
  for (const item of items) {
    const raw = entryBytes(item, output.length, places);
    const crc = 'raw' in item ? item.crc : crc32(raw);
    entries.push({ oid: item.oid, offset: output.length, crc });
    places.set(item.oid, output.length);
    output.write(raw);
  }
  assert(entries.length === count, `a pack announced for ${count} objects got as many`);
  const checksum = output.finish();
  return { entries, checksum, bytes: output.length };
}

function entryBytes(item: PackItem, offset: number, places: ReadonlyMap<Oid, number>): Uint8Array {
  if ('raw' in item) return item.raw;
  if ('body' in item) return encodeEntry(item.type, item.body);
  const base = present(places.get(item.base), 'the base of a delta was written before it');
  return encodeDeltaEntry(item.size, offset - base, item.deflated);
}

function packHeader(count: number): Buffer {
  const header = Buffer.alloc(packHeaderBytes);
  header.write('PACK', 'latin1');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(count, 8);
  return header;
}

/** Collects small writes and hashes what passes. */
class Output {
  length = 0;
  readonly #file: number;
  readonly #hash: Hash = createHash('sha1');
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  constructor(file: number) {
    this.#file = file;
  }

  write(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.length += bytes.length;
    if (this.#pendingBytes >= pieceBytes) writeWhole(this.#file, this.#take());
  }

  /** Ends the pack with the hash of everything before, which it returns. */
  finish(): Buffer {
    const last = this.#take();
    const checksum = this.#hash.digest();
    writeWhole(this.#file, Buffer.concat([last, checksum]));
    this.length += checksum.length;
    return checksum;
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#pending);
    this.#hash.update(bytes);
    this.#pending = [];
    this.#pendingBytes = 0;
    return bytes;
  }
}

/** Gives a finished file its name; where that cannot be replaced, what is there must be the same. */
function settle(temporary: string, path: string): void {
  try {
    renameOver(temporary, path);
  } catch (error) {
    if (!fs.existsSync(path)) throw error;
    if (!sameContent(temporary, path)) {
      throw corrupt('The file', path, 'it is not what its name says and cannot be replaced', error);
    }
    removeIfPresent(temporary);
  }
}

function sameContent(left: string, right: string): boolean {
  try {
    return hashFile(left).equals(hashFile(right));
  } catch {
    return false;
  }
}

function hashFile(path: string): Buffer {
  const file = fs.openSync(path, 'r');
  try {
    const digest = createHash('sha1');
    const piece = Buffer.allocUnsafe(pieceBytes);
    for (let got = -1; got !== 0;) {
      got = fs.readSync(file, piece, 0, piece.length, null);
      digest.update(piece.subarray(0, got));
    }
    return digest.digest();
  } finally {
    fs.closeSync(file);
  }
}
