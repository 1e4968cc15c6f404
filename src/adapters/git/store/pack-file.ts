// Reads entries of one pack: small packs from memory, large ones by reading just the range needed.
import * as fs from 'node:fs';
import { limits } from '../../../kernel/limits.ts';
import type { EntryHeader } from './pack-entry.ts';
import {
  deflatedBytesMax,
  inflateExactly,
  packHeaderBytes,
  packTrailerBytes,
  parseEntryHeader,
} from './pack-entry.ts';
import type { PackIndex } from './pack-index.ts';

/** An open pack. `bytesHeld` is what it costs a cache: its memory, or a share for its open file. */
export interface PackFile {
  readonly size: number;
  readonly bytesHeld: number;
  readonly keepsFile: boolean;
  /** Up to `length` bytes from `offset` on, fewer at the end. */
  window(offset: number, length: number): Buffer;
  close(): void;
}

/** An entry with its content inflated: an object's body, or a delta's instructions. */
export interface PackEntry extends EntryHeader {
  readonly content: Buffer;
}

const packMagic = 0x5041434b;
// A guess that holds header and deflated bytes of most entries in one read.
const firstReadBytes = 4096;
// Bounds the open files: a cache of 32 MB keeps 16 of them.
const openFileBytesHeld = 2 * 1024 * 1024;

/**
 * Opens a pack and checks that it is the one its index describes.
 * Throws RangeError with the reason when it is not, or a system error when it cannot be opened.
 */
export function openPackFile(path: string, index: PackIndex): PackFile {
  const file = fs.openSync(path, 'r');
  let keepsFile = false;
  try {
    const small = readSmallFile(file);
    const pack = small === undefined ? largePack(file) : memoryWindow(small);
    checkPack(pack, index);
    keepsFile = pack.keepsFile;
    return pack;
  } finally {
    if (!keepsFile) fs.closeSync(file);
  }
}

/** Reads and inflates the entry at `offset`; throws RangeError or a zlib error when it is damaged. */
export function readEntry(pack: PackFile, offset: number): PackEntry {
  const end = pack.size - packTrailerBytes;
  if (offset < packHeaderBytes || offset >= end)
    throw new RangeError('its place is outside the pack');
  let bytes = pack.window(offset, Math.min(firstReadBytes, end - offset));
  const header = parseEntryHeader(bytes);
  if (header.size > limits.storeObjectBytesMax) {
    throw new RangeError(`it is larger than ${limits.storeObjectBytesMax} bytes`);
  }
  let length = Math.min(header.headerBytes + deflatedBytesMax(header.size), end - offset);
  if (length > bytes.length) bytes = pack.window(offset, length);
  for (;;) {
    try {
      return {
        ...header,
        content: inflateExactly(bytes.subarray(header.headerBytes), header.size),
      };
    } catch (error) {
      // An unusual deflater may write more than the bound; the pack's end is the last word.
      length = Math.min(length * 4, end - offset);
      if (length <= bytes.length) throw error;
      bytes = pack.window(offset, length);
    }
  }
}

function checkPack(pack: PackFile, index: PackIndex): void {
  if (pack.size < packHeaderBytes + packTrailerBytes) throw new RangeError('it is cut off');
  const header = pack.window(0, packHeaderBytes);
  if (header.readUInt32BE(0) !== packMagic) throw new RangeError('it is no pack');
  const trailer = pack.window(pack.size - packTrailerBytes, packTrailerBytes);
  const fits = header.readUInt32BE(8) === index.count && trailer.equals(index.packChecksum);
  if (!fits) throw new RangeError('it is cut off or not the one its index describes');
}

// Most packs are smaller than this; they are read without asking for their size first.
const scratch = Buffer.alloc(32 * 1024);

function readSmallFile(file: number): Buffer | undefined {
  let filled = 0;
  for (let got = -1; got !== 0 && filled < scratch.length; filled += got) {
    got = fs.readSync(file, scratch, filled, scratch.length - filled, filled);
  }
  return filled === scratch.length ? undefined : Buffer.from(scratch.subarray(0, filled));
}

function largePack(file: number): PackFile {
  const { size } = fs.fstatSync(file);
  if (size > limits.storeWholePackBytesMax) return fileWindow(file, size);
  return memoryWindow(readAt(file, 0, size));
}

function memoryWindow(bytes: Buffer): PackFile {
  return {
    size: bytes.length,
    bytesHeld: bytes.length,
    keepsFile: false,
    window: (offset, length) => bytes.subarray(offset, offset + length),
    close: () => undefined,
  };
}

function fileWindow(file: number, size: number): PackFile {
  return {
    size,
    bytesHeld: openFileBytesHeld,
    keepsFile: true,
    window: (offset, length) => readAt(file, offset, Math.min(length, size - offset)),
    close: () => fs.closeSync(file),
  };
}

function readAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const got = fs.readSync(file, bytes, filled, length - filled, offset + filled);
    if (got === 0) break;
    filled += got;
  }
  return bytes.subarray(0, filled);
}
