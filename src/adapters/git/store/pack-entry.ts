// One entry of a pack: a header with type and size, for a delta the name of its base, then deflated bytes.
import * as zlib from 'node:zlib';
import { Fault } from '../../../kernel/fault.ts';
import type { ObjectType, Oid } from './object.ts';

/** Bytes of the pack's own header (`PACK`, version, count) and of the SHA-1 that ends it. */
export const packHeaderBytes = 12;
export const packTrailerBytes = 20;

/** What a pack entry says before its deflated bytes; `size` is the length they inflate to. */
export interface EntryHeader {
  readonly kind: EntryKind;
  readonly size: number;
  readonly headerBytes: number;
}

export type EntryKind =
  | { readonly type: ObjectType }
  | { readonly type: 'delta'; readonly base: { readonly back: number } | { readonly oid: Oid } };

const typeCodes: Record<ObjectType, number> = { commit: 1, tree: 2, blob: 3, tag: 4 };
const typesByCode: readonly (ObjectType | undefined)[] = [, 'commit', 'tree', 'blob', 'tag'];
const offsetDelta = 6;
const referenceDelta = 7;
const oidBytes = 20;
// One deflate call's buffer: enough for most objects, without 16 KB for each small one.
const chunkBytesMin = 512;
const chunkBytesMax = 64 * 1024;

/** The bytes of an entry that is no delta. */
export function encodeEntry(type: ObjectType, body: Uint8Array): Buffer {
  const deflated = zlib.deflateSync(body, { level: 1, chunkSize: chunkBytes(body.length) });
  return Buffer.concat([entryHeader(typeCodes[type], body.length), deflated]);
}

/** The bytes of a delta whose base starts `back` bytes before it; `size` is the length of what was deflated. */
export function encodeDeltaEntry(size: number, back: number, deflated: Uint8Array): Buffer {
  const distance: number[] = [back & 0x7f];
  for (let rest = Math.floor(back / 128) - 1; rest >= 0; rest = Math.floor(rest / 128) - 1) {
    distance.unshift(0x80 | (rest & 0x7f));
  }
  return Buffer.concat([entryHeader(offsetDelta, size), Buffer.from(distance), deflated]);
}

/** The entry header at the start of `bytes`; throws RangeError when it is cut off or unknown. */
export function parseEntryHeader(bytes: Buffer): EntryHeader {
  const first = bytes.readUInt8(0);
  const code = (first >> 4) & 7;
  let size = first & 15;
  let at = 1;
  for (let byte = first, factor = 16; byte & 0x80; factor *= 128) {
    byte = bytes.readUInt8(at);
    size += (byte & 0x7f) * factor;
    at += 1;
  }
  if (!Number.isSafeInteger(size)) throw new RangeError('its size is no sensible number');
  const type = typesByCode[code];
  if (type !== undefined) return { kind: { type }, size, headerBytes: at };
  if (code === referenceDelta) return referenceHeader(bytes, size, at);
  if (code === offsetDelta) return offsetHeader(bytes, size, at);
  throw new RangeError(`its type ${code} is unknown`);
}

/** An upper bound of what ordinary deflaters write for `size` bytes. */
export function deflatedBytesMax(size: number): number {
  return size + Math.ceil(size / 1024) + 64;
}

/** Inflates exactly `size` bytes from the start of `bytes`; throws what zlib throws, or RangeError. */
export function inflateExactly(bytes: Buffer, size: number): Buffer {
  const room = { chunkSize: chunkBytes(size), maxOutputLength: size + 1 };
  const inflated = zlib.inflateSync(bytes, room);
  if (inflated.length !== size) {
    throw new RangeError(`it inflates to ${inflated.length} bytes instead of ${size}`);
  }
  return inflated;
}

/** A damaged object or file: names both and says what to do. */
export function corrupt(what: string, path: string, why: string, cause?: unknown): Fault {
  return new Fault(
    'object-corrupt',
    `${what} in ${path} is damaged: ${why}. Run \`coord git fsck --full\` to see what else is, then fetch the log again from its remote or restore the store from a backup.`,
    { what, path, why },
    cause === undefined ? {} : { cause },
  );
}

function entryHeader(code: number, size: number): Buffer {
  const bytes: number[] = [];
  let byte = (code << 4) | (size & 15);
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(byte | 0x80);
    byte = rest & 0x7f;
  }
  bytes.push(byte);
  return Buffer.from(bytes);
}

function referenceHeader(bytes: Buffer, size: number, at: number): EntryHeader {
  const headerBytes = at + oidBytes;
  if (bytes.length < headerBytes) throw new RangeError('the name of its base is cut off');
  const oid = bytes.toString('hex', at, headerBytes);
  return { kind: { type: 'delta', base: { oid } }, size, headerBytes };
}

/** The distance back to the base: 7 bits a byte, high ones first, each further byte adding one. */
function offsetHeader(bytes: Buffer, size: number, start: number): EntryHeader {
  let at = start;
  let byte = bytes.readUInt8(at);
  let back = byte & 0x7f;
  while (byte & 0x80) {
    at += 1;
    byte = bytes.readUInt8(at);
    back = (back + 1) * 128 + (byte & 0x7f);
  }
  return { kind: { type: 'delta', base: { back } }, size, headerBytes: at + 1 };
}

function chunkBytes(size: number): number {
  return Math.min(Math.max(size + 64, chunkBytesMin), chunkBytesMax);
}
