// The packs of one directory: which there are, and which of them has an object.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, messageOf } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import { isAbsent, isSystemError, namesIn } from './durable-file.ts';
import type { GitObject, Oid } from './object.ts';
import { verifyObject } from './object.ts';
import { corrupt } from './pack-entry.ts';
import type { PackIndex } from './pack-index.ts';
import { parsePackIndex } from './pack-index.ts';
import type { PackResolver } from './pack-resolve.ts';
import { createPackResolver } from './pack-resolve.ts';

/** What a search came to: the object, or the damage met on the way. */
export interface ShelfAnswer {
  readonly object?: GitObject;
  /** A file was deleted while we looked, as consolidation by another process does. */
  readonly vanished: boolean;
  readonly faults: Fault[];
}

/** The packs of one directory. */
export interface PackShelf {
  /** Searches the packs known so far; a damaged copy is passed over for another one. */
  find(oid: Oid): ShelfAnswer;
  /** Looks again which packs there are. */
  list(): void;
  /** Adds a pack without listing. */
  added(name: string): void;
  close(): void;
}

/** Opens a pack directory; `readElsewhere` finds the base of a delta that is not in its own pack. */
export function openPackShelf(
  packDir: string,
  readElsewhere: (oid: Oid) => GitObject | undefined,
): PackShelf {
  return new Shelf(packDir, createPackResolver(packDir, readElsewhere));
}

/** A pack on the shelf; its index is read when a search comes to it. */
interface ShelvedPack {
  readonly name: string;
  index: PackIndex | undefined;
}

interface Place {
  readonly pack: ShelvedPack;
  readonly offset: number;
}

// Packs with fewer objects are searched as one map: asking dozens of indexes in turn for each
// object costs a short-lived process more than reading the objects.
const mappedObjectsMax = 32;

class Shelf implements PackShelf {
  readonly #packDir: string;
  readonly #resolver: PackResolver;
  /** Most recently useful first. */
  #packs: ShelvedPack[] | undefined;
  readonly #mapped = new Map<Oid, Place>();
  #indexBytes = 0;

  constructor(packDir: string, resolver: PackResolver) {
    this.#packDir = packDir;
    this.#resolver = resolver;
  }

  find(oid: Oid): ShelfAnswer {
    const answer = { vanished: false, faults: [] as Fault[] };
    if (this.#packs === undefined) this.list();
    const packs = this.#packs ?? [];
    const mapped = this.#mapped.get(oid);
    const object = mapped && this.#tryPack(mapped.pack, oid, answer, () => mapped.offset);
    if (object !== undefined) return { ...answer, object };

    const oidBytes = Buffer.from(oid, 'hex');
    for (const [place, pack] of packs.entries()) {
      const found = this.#tryPack(pack, oid, answer, (index) => index.offsetOf(oidBytes));
      if (found === undefined) continue;
      this.#prefer(packs, place);
      return { ...answer, object: found };
    }
    return answer;
  }

  list(): void {
    const present = namesIn(this.#packDir)
      .filter((file) => /^pack-.*\.idx$/.test(file))
      .map((file) => file.slice(0, -'.idx'.length));
    const unknown = new Set(present);
    const kept: ShelvedPack[] = [];
    for (const pack of this.#packs ?? []) {
      if (unknown.delete(pack.name)) kept.push(pack);
      else this.#forget(pack);
    }
    this.#packs = [...[...unknown].map((name) => ({ name, index: undefined })), ...kept];
  }

  added(name: string): void {
    const isNew = this.#packs?.every((pack) => pack.name !== name) ?? false;
    if (isNew) this.#packs?.unshift({ name, index: undefined });
  }

  close(): void {
    this.#resolver.close();
    this.#packs = undefined;
    this.#mapped.clear();
    this.#indexBytes = 0;
  }

  /** Objects that are read together were mostly written together. */
  #prefer(packs: ShelvedPack[], place: number): void {
    if (place > 0) packs.unshift(...packs.splice(place, 1));
    for (let last = packs.length - 1; last > 0; last -= 1) {
      if (this.#indexBytes <= limits.storeIndexCacheBytesMax) break;
      const pack = packs[last];
      if (pack !== undefined) this.#dropIndex(pack);
    }
  }

  /** The object if this pack has it; what goes wrong is noted in `answer`, and the pack forgotten. */
  #tryPack(
    pack: ShelvedPack,
    oid: Oid,
    answer: { vanished: boolean; faults: Fault[] },
    offsetIn: (index: PackIndex) => number | undefined,
  ): GitObject | undefined {
    try {
      const index = pack.index ?? this.#readIndex(pack);
      const offset = offsetIn(index);
      if (offset === undefined) return undefined;
      return verifyObject(this.#resolver.objectAt({ name: pack.name, index }, offset), oid);
    } catch (error) {
      this.#forget(pack);
      answer.vanished ||= isAbsent(error);
      answer.faults.push(this.#asFault(error, oid, pack.name));
      return undefined;
    }
  }

  #readIndex(pack: ShelvedPack): PackIndex {
    const path = join(this.#packDir, `${pack.name}.idx`);
    const index = parsePackIndex(readFileSync(path), path);
    pack.index = index;
    this.#indexBytes += index.bytes.length;
    for (
      let position = 0;
      position < index.count && index.count <= mappedObjectsMax;
      position += 1
    ) {
      const { oid, offset } = index.entryAt(position);
      this.#mapped.set(oid, { pack, offset });
    }
    return index;
  }

  #dropIndex(pack: ShelvedPack): void {
    const { index } = pack;
    if (index === undefined) return;
    this.#indexBytes -= index.bytes.length;
    pack.index = undefined;
    for (
      let position = 0;
      position < index.count && index.count <= mappedObjectsMax;
      position += 1
    ) {
      const { oid } = index.entryAt(position);
      if (this.#mapped.get(oid)?.pack === pack) this.#mapped.delete(oid);
    }
  }

  #forget(pack: ShelvedPack): void {
    this.#dropIndex(pack);
    this.#resolver.forget(pack.name);
  }

  #asFault(error: unknown, oid: Oid, name: string): Fault {
    if (error instanceof Fault) return error;
    if (isSystemError(error) && !isAbsent(error)) throw error;
    return corrupt(`Object ${oid}`, join(this.#packDir, `${name}.pack`), messageOf(error), error);
  }
}
