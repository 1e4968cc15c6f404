// Merges packs into one: bytes of whole objects are copied as they are, deltas are resolved.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { GitObject, Oid } from './object.ts';
import { packTrailerBytes, parseEntryHeader } from './pack-entry.ts';
import { openPackFile } from './pack-file.ts';
import type { IndexedEntry, PackIndex } from './pack-index.ts';
import { parsePackIndex } from './pack-index.ts';
import type { PackItem, WrittenPack } from './pack-write.ts';
import { writePack } from './pack-write.ts';

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
    for (const part of parts) {
      current = part.name;
      yield* itemsOf(packDir, part, readObject);
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
  readObject: (oid: Oid) => GitObject | undefined,
): Generator<PackItem> {
  const pack = openPackFile(join(packDir, `${name}.pack`), index);
  try {
    for (const [place, entry] of entries.entries()) {
      const end = entries[place + 1]?.offset ?? pack.size - packTrailerBytes;
      if (!entry.isTaken) continue;
      const raw = pack.window(entry.offset, end - entry.offset);
      yield wholeEntry(entry, raw) ?? objectAnew(entry.oid, readObject);
    }
  } finally {
    pack.close();
  }
}

/** The entry as it is stored, unless it is damaged or a delta, whose base may not come along. */
function wholeEntry({ oid, crc }: IndexedEntry, raw: Buffer): PackItem | undefined {
  const isWhole = crc32(raw) === crc && parseEntryHeader(raw).kind.type !== 'delta';
  return isWhole ? { oid, raw, crc } : undefined;
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
