// The index beside a pack (idx version 2): which objects it has, where each starts and its checksum.
import { hash } from 'node:crypto';
import { limits } from '../../../kernel/limits.ts';
import type { Oid } from './object.ts';
import { corrupt } from './pack-entry.ts';

/** Where an object starts in a pack, and the CRC-32 of its entry's bytes there. */
export interface IndexedEntry {
  readonly oid: Oid;
  readonly offset: number;
  readonly crc: number;
}

/** An index in memory; positions count the objects in the order of their names. */
export interface PackIndex {
  readonly count: number;
  readonly bytes: Buffer;
  /** The SHA-1 that ends the pack this index belongs to. */
  readonly packChecksum: Buffer;
  /** The offset of an object given by the 20 bytes of its name, undefined when it is not here. */
  offsetOf(name: Buffer): number | undefined;
  entryAt(position: number): IndexedEntry;
}

const magic = 0xff744f63;
const version = 2;
const tablesStart = 8 + 256 * 4;
const oidBytes = 20;
const farOffset = 0x8000_0000;

/** The bytes of an index; entries may come in any order, each object once. */
export function encodePackIndex(entries: readonly IndexedEntry[], packChecksum: Buffer): Buffer {
  const sorted = [...entries].sort((left, right) => (left.oid < right.oid ? -1 : 1));
  const far = sorted.filter(({ offset }) => offset >= farOffset);
  const layout = layoutOf(sorted.length);
  const end = layout.farOffsets + far.length * 8;
  const bytes = Buffer.alloc(end + 2 * oidBytes);
  bytes.writeUInt32BE(magic, 0);
  bytes.writeUInt32BE(version, 4);
  let farCount = 0;
  sorted.forEach(({ oid, offset, crc }, position) => {
    bytes.write(oid, layout.names + position * oidBytes, 'hex');
    bytes.writeUInt32BE(crc, layout.checksums + position * 4);
    const place = layout.offsets + position * 4;
    if (offset < farOffset) {
      bytes.writeUInt32BE(offset, place);
    } else {
      bytes.writeUInt32BE(farOffset + farCount, place);
      bytes.writeBigUInt64BE(BigInt(offset), layout.farOffsets + farCount * 8);
      farCount += 1;
    }
  });
  writeFanout(bytes, sorted);
  packChecksum.copy(bytes, end);
  bytes.write(hash('sha1', bytes.subarray(0, end + oidBytes), 'hex'), end + oidBytes, 'hex');
  return bytes;
}

/** Reads an index; throws Fault `object-corrupt` naming `path` when it is cut off or altered. */
export function parsePackIndex(bytes: Buffer, path: string): PackIndex {
  const broken = (why: string): Error => corrupt('The pack index', path, why);
  if (bytes.length < tablesStart + 2 * oidBytes) throw broken('it is cut off');
  if (bytes.readUInt32BE(0) !== magic || bytes.readUInt32BE(4) !== version) {
    throw broken('it is no version 2 index');
  }
  const count = bytes.readUInt32BE(tablesStart - 4);
  const layout = layoutOf(count);
  const farBytes = bytes.length - layout.farOffsets - 2 * oidBytes;
  if (farBytes < 0 || farBytes % 8 !== 0) throw broken('its length does not fit its content');
  if (!checksumHolds(bytes)) throw broken('its checksum does not match');
  return indexOver(bytes, count, layout);
}

function indexOver(bytes: Buffer, count: number, layout: Layout): PackIndex {
  const fanout = (first: number): number => (first < 0 ? 0 : bytes.readUInt32BE(8 + first * 4));
  const offsetAt = (position: number): number => {
    const near = bytes.readUInt32BE(layout.offsets + position * 4);
    if (near < farOffset) return near;
    return Number(bytes.readBigUInt64BE(layout.farOffsets + (near - farOffset) * 8));
  };
  return {
    count,
    bytes,
    packChecksum: bytes.subarray(bytes.length - 2 * oidBytes, bytes.length - oidBytes),
    offsetOf(name) {
      const first = name.readUInt8(0);
      let low = fanout(first - 1);
      let high = fanout(first);
      while (low < high) {
        const middle = (low + high) >>> 1;
        const at = layout.names + middle * oidBytes;
        const order = name.compare(bytes, at, at + oidBytes);
        if (order === 0) return offsetAt(middle);
        if (order < 0) high = middle;
        else low = middle + 1;
      }
      return undefined;
    },
    entryAt: (position) => ({
      oid: bytes.toString(
        'hex',
        layout.names + position * oidBytes,
        layout.names + (position + 1) * oidBytes,
      ),
      offset: offsetAt(position),
      crc: bytes.readUInt32BE(layout.checksums + position * 4),
    }),
  };
}

interface Layout {
  readonly names: number;
  readonly checksums: number;
  readonly offsets: number;
  readonly farOffsets: number;
}

function layoutOf(count: number): Layout {
  const checksums = tablesStart + count * oidBytes;
  return {
    names: tablesStart,
    checksums,
    offsets: checksums + count * 4,
    farOffsets: checksums + count * 8,
  };
}

function writeFanout(bytes: Buffer, sorted: readonly IndexedEntry[]): void {
  let position = 0;
  for (let first = 0; first < 256; first += 1) {
    while (
      position < sorted.length &&
      bytes.readUInt8(tablesStart + position * oidBytes) <= first
    ) {
      position += 1;
    }
    bytes.writeUInt32BE(position, 8 + first * 4);
  }
}

// Every object is verified by its own hash; a large index is not hashed for each short-lived process.
function checksumHolds(bytes: Buffer): boolean {
  if (bytes.length > limits.storeVerifiedIndexBytesMax) return true;
  const end = bytes.length - oidBytes;
  return hash('sha1', bytes.subarray(0, end), 'hex') === bytes.toString('hex', end);
}
