// Merges packs into one: entries are copied as they are, and what differs little from what went before becomes a delta.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DeltaWindow } from './delta-window.ts';
import type { GitObject, Oid } from './object.ts';
import { verifyObject } from './object.ts';
import type { EntryHeader } from './pack-entry.ts';
import { inflateExactly, packTrailerBytes, parseEntryHeader } from './pack-entry.ts';
import { openPackFile } from './pack-file.ts';
import type { IndexedEntry, PackIndex } from './pack-index.ts';
import { parsePackIndex } from './pack-index.ts';
import type { PackItem, WrittenPack } from './pack-write.ts';
import { writePack } from './pack-write.ts';

/** A merge of more only copies: it would keep the mutex too long. */
const shrunkObjectsMax = 30_000;
/** As many as native git makes. */
const deltaDepthMax = 50;

/** A merge of some packs into a new one; the old ones are not touched. */
export interface Merge {
  /** Writes the merged pack, durable when it returns; throws what reading a damaged pack throws. */
  write(): WrittenPack;
  /** The pack being read, to say which one is damaged. */
  current(): string;
}

interface Part {
  readonly name: string;
  readonly index: PackIndex;
  /** In the order of the pack; an object that an earlier part has as well is not taken again. */
  readonly entries: readonly (IndexedEntry & { readonly isTaken: boolean })[];
}

/** Prepares a merge; `readObject` finds whole objects, for deltas and for damaged entries. */
export function createMerge(
  packDir: string,
  names: readonly string[],
  readObject: (oid: Oid) => GitObject | undefined,
): Merge {
  let current = '';
  const seen = new Set<Oid>();

  const load = (name: string): Part => {
    current = name;
    const path = join(packDir, `${name}.idx`);
    const index = parsePackIndex(fs.readFileSync(path), path);
    const entries = inPackOrder(index).map((entry) => {
      const isTaken = !seen.has(entry.oid);
      seen.add(entry.oid);
      return { ...entry, isTaken };
    });
    return { name, index, entries };
  };
  function* items(parts: readonly Part[]): Generator<PackItem> {
    const passing = new Passing(readObject, seen.size <= shrunkObjectsMax);
    for (const part of parts) {
      current = part.name;
      yield* itemsOf(packDir, part, passing);
    }
  }
  return {
    current: () => current,
    write: () => {
      const parts = names.map(load);
      return writePack(packDir, seen.size, items(parts));
    },
  };
}

function* itemsOf(
  packDir: string,
  { name, index, entries }: Part,
  passing: Passing,
): Generator<PackItem> {
  const pack = openPackFile(join(packDir, `${name}.pack`), index);
  const names = new Map(entries.map(({ offset, oid }) => [offset, oid]));
  try {
    for (const [place, entry] of entries.entries()) {
      const end = entries[place + 1]?.offset ?? pack.size - packTrailerBytes;
      if (!entry.isTaken) continue;
      yield passing.item(entry, pack.window(entry.offset, end - entry.offset), names);
    }
  } finally {
    pack.close();
  }
}

/** Entries on their way into the merged pack, in order. */
class Passing {
  readonly #readObject: (oid: Oid) => GitObject | undefined;
  readonly #window: DeltaWindow | undefined;
  /** How many deltas lie between an object that has passed and a whole one. */
  readonly #depths = new Map<Oid, number>();

  constructor(readObject: (oid: Oid) => GitObject | undefined, shrinks: boolean) {
    this.#readObject = readObject;
    this.#window = shrinks ? new DeltaWindow() : undefined;
  }

  /** `names` are those of the entries of its pack, by offset. One that is damaged is read from wherever else it is. */
  item(entry: IndexedEntry, raw: Buffer, names: ReadonlyMap<number, Oid>): PackItem {
    const isSound = crc32(raw) === entry.crc;
    const item = isSound ? this.#sound(entry, raw, names) : undefined;
    const depth = item !== undefined && 'base' in item ? this.#depthOn(item.base) : 0;
    this.#depths.set(entry.oid, depth);
    return item ?? objectAnew(entry.oid, this.#readObject);
  }

  #depthOn(base: Oid): number {
    return (this.#depths.get(base) ?? Number.POSITIVE_INFINITY) + 1;
  }

  /** A delta whose base does not go before it, or hangs on too many others, is none any more. */
  #sound(
    { oid, offset, crc }: IndexedEntry,
    raw: Buffer,
    names: ReadonlyMap<number, Oid>,
  ): PackItem | undefined {
    const header = parseEntryHeader(raw);
    const { kind, size } = header;
    if (kind.type !== 'delta') return this.#smaller(oid, raw, header) ?? { oid, raw, crc };
    const base = 'oid' in kind.base ? kind.base.oid : names.get(offset - kind.base.back);
    if (base === undefined || this.#depthOn(base) > deltaDepthMax) return undefined;
    return { oid, base, size, deflated: raw.subarray(header.headerBytes) };
  }

  #smaller(oid: Oid, raw: Buffer, { kind, size, headerBytes }: EntryHeader): PackItem | undefined {
    const { type } = kind;
    if (this.#window === undefined || type === 'delta') return undefined;
    if (!DeltaWindow.takes(type, size)) return undefined;
    const body = inflateExactly(raw.subarray(headerBytes), size);
    verifyObject({ type, body }, oid);
    return this.#window.deltaOf({ oid, type, body }, raw.length);
  }
}

function objectAnew(oid: Oid, readObject: (oid: Oid) => GitObject | undefined): PackItem {
  const object = readObject(oid);
  if (object === undefined) throw new RangeError(`object ${oid} cannot be found again`);
  return { oid, ...object };
}

function inPackOrder(index: PackIndex): IndexedEntry[] {
  const entries = Array.from({ length: index.count }, (_, position) => index.entryAt(position));
  return entries.sort((left, right) => left.offset - right.offset);
}
