// Finds for an object one written before it that begins alike, as versions of a file do, to store only what differs.
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
const bodyBytesMax = 1024 * 1024;
const heldBytesMax = 8 * 1024 * 1024;
/** A delta that saves less than a quarter is not worth a second object to read. */
const worthOfWhole = 0.75;
// The longer header of a delta: the way back to its base.
const headerBytes = 4;

/** Objects as they pass on their way into one pack. Deltas are told from whole objects only, so that none hangs on another. */
export class DeltaWindow {
  readonly #bases = new Map<string, Base>();
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
    const key = `${type} ${body.toString('latin1', 0, keyBytes)}`;
    const base = this.#bases.get(key);
    const entry = base === undefined ? undefined : entryOf(base, { oid, body }, wholeBytes);
    this.#hold(key, entry === undefined || base === undefined ? { oid, body } : base);
    return entry;
  }

  /** As the last one of its kind; what was not asked for the longest goes first. */
  #hold(key: string, base: Base): void {
    this.#drop(key);
    this.#bases.set(key, base);
    this.#heldBytes += base.body.length;
    for (const oldest of this.#bases.keys()) {
      if (this.#heldBytes <= heldBytesMax) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#heldBytes -= this.#bases.get(key)?.body.length ?? 0;
    this.#bases.delete(key);
  }
}

function entryOf(base: Base, { oid, body }: Base, wholeBytes: number): DeltaEntry | undefined {
  if (base.oid === oid) return undefined;
  const delta = encodeDelta(base.body, body, Math.floor(body.length * worthOfWhole));
  if (delta === undefined) return undefined;
  const deflated = deflateSync(delta);
  const isWorth = deflated.length + headerBytes < wholeBytes * worthOfWhole;
  return isWorth ? { oid, base: base.oid, size: delta.length, deflated } : undefined;
}
