// Finds for an object one written before it that is much the same, to store only what differs.
import { deflateSync } from 'node:zlib';
import { encodeDelta } from './delta-encode.ts';
import type { NewObject, Oid } from './object.ts';

/** An object told by its difference from another: `size` is the length of the instructions before they were deflated. */
export interface DeltaEntry {
  readonly oid: Oid;
  readonly base: Oid;
  readonly size: number;
  readonly deflated: Uint8Array;
}

interface Base {
  readonly oid: Oid;
  readonly body: Buffer;
}

/** What two versions of a tree or of a checkpoint's file share at least. */
const keyBytes = 24;
const bodyBytesMin = 48;
// What is larger is a batch of many commands, which has no other version; parts of a checkpoint are smaller.
const bodyBytesMax = 40 * 1024;
const heldBytesMax = 8 * 1024 * 1024;
/** A delta that saves less than a quarter is not worth a second object to read. */
const worthOfWhole = 0.75;
/** Small objects that begin otherwise, such as batches of the same commands, are told by one of the last few. */
const smallBytesMax = 4096;
const smallHeldMax = 3;
// The longer header of a delta: the way back to its base.
const headerBytes = 4;

/** Objects as they pass on their way into one pack. Deltas are told from whole objects only, so that none hangs on another. */
export class DeltaWindow {
  /** By how they begin. */
  readonly #versions = new Map<string, Base>();
  /** Those that were stored whole, by type, newest first. */
  readonly #small = new Map<string, readonly Base[]>();
  #heldBytes = 0;

  /** Whether an object of this type and size (bytes) may have a base at all, or be one. */
  static takes(type: string, size: number): boolean {
    const isVersioned = type === 'tree' || type === 'blob';
    return isVersioned && size >= bodyBytesMin && size <= bodyBytesMax;
  }

  /** The entry that stands for an object, where it is much smaller than the `wholeBytes` that it takes as it is. */
  deltaOf(
    { oid, type, body }: NewObject & { readonly oid: Oid; readonly body: Buffer },
    wholeBytes: number,
  ): DeltaEntry | undefined {
    const object = { oid, body };
    const key = `${type} ${body.toString('latin1', 0, keyBytes)}`;
    const version = this.#versions.get(key);
    const bases = version === undefined ? this.#smallLike(type, body) : [version];
    const entry = smallest(bases, object, wholeBytes);
    if (entry === undefined) this.#keep(key, type, object);
    else if (version !== undefined) this.#hold(key, version);
    return entry;
  }

  #smallLike(type: string, body: Buffer): readonly Base[] {
    return body.length > smallBytesMax ? [] : (this.#small.get(type) ?? []);
  }

  #keep(key: string, type: string, object: Base): void {
    this.#hold(key, object);
    if (object.body.length > smallBytesMax) return;
    this.#small.set(type, [object, ...(this.#small.get(type) ?? [])].slice(0, smallHeldMax));
  }

  /** As the last one of its kind; what was not asked for the longest goes first. */
  #hold(key: string, base: Base): void {
    this.#drop(key);
    this.#versions.set(key, base);
    this.#heldBytes += base.body.length;
    for (const oldest of this.#versions.keys()) {
      if (this.#heldBytes <= heldBytesMax) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#heldBytes -= this.#versions.get(key)?.body.length ?? 0;
    this.#versions.delete(key);
  }
}

function smallest(
  bases: readonly Base[],
  object: Base,
  wholeBytes: number,
): DeltaEntry | undefined {
  const entries = bases.flatMap((base) => entryOf(base, object, wholeBytes) ?? []);
  return entries.sort((left, right) => left.deflated.length - right.deflated.length)[0];
}

function entryOf(base: Base, { oid, body }: Base, wholeBytes: number): DeltaEntry | undefined {
  if (base.oid === oid) return undefined;
  const delta = encodeDelta(base.body, body, Math.floor(body.length * worthOfWhole));
  if (delta === undefined) return undefined;
  const deflated = deflateSync(delta);
  const isWorth = deflated.length + headerBytes < wholeBytes * worthOfWhole;
  return isWorth ? { oid, base: base.oid, size: delta.length, deflated } : undefined;
}
