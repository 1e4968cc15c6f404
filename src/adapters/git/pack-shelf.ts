// The packs of one directory: finds objects in them, follows deltas, and keeps what was read within a budget.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, messageOf } from '../../kernel/fault.ts';
import { limits } from '../../kernel/limits.ts';
import { createBudgetCache } from './budget-cache.ts';
import { applyDelta } from './delta.ts';
import { isAbsent, isSystemError, namesIn } from './durable-file.ts';
import type { GitObject, ObjectType, Oid } from './object.ts';
import { verifyObject } from './object.ts';
import { corrupt } from './pack-entry.ts';
import type { PackEntry, PackFile } from './pack-file.ts';
import { openPackFile, readEntry } from './pack-file.ts';
import type { PackIndex } from './pack-index.ts';
import { parsePackIndex } from './pack-index.ts';

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

// Bases of deltas in other packs, each of which may again be a delta.
const basesElsewhereMax = 64;

/** Opens a pack directory; `readElsewhere` finds the base of a delta that is not in its own pack. */
export function openPackShelf(
  packDir: string,
  readElsewhere: (oid: Oid) => GitObject | undefined,
): PackShelf {
  return new Shelf(packDir, readElsewhere);
}

class Shelf implements PackShelf {
  readonly #packDir: string;
  readonly #readElsewhere: (oid: Oid) => GitObject | undefined;
  readonly #indexes = createBudgetCache<PackIndex>(limits.storeIndexCacheBytesMax);
  readonly #packs = createBudgetCache<PackFile>(limits.storePackCacheBytesMax, (pack) =>
    pack.close(),
  );
  readonly #bases = createBudgetCache<GitObject>(limits.storeBaseCacheBytesMax);
  #names: string[] | undefined;
  #elsewhereDepth = 0;

  constructor(packDir: string, readElsewhere: (oid: Oid) => GitObject | undefined) {
    this.#packDir = packDir;
    this.#readElsewhere = readElsewhere;
  }

  find(oid: Oid): ShelfAnswer {
    if (this.#names === undefined) this.list();
    const names = this.#names ?? [];
    const oidBytes = Buffer.from(oid, 'hex');
    const faults: Fault[] = [];
    let vanished = false;
    for (const [place, name] of names.entries()) {
      try {
        const offset = this.#index(name).offsetOf(oidBytes);
        if (offset === undefined) continue;
        const object = verifyObject(this.#resolve(name, offset), oid);
        this.#prefer(place);
        return { object, vanished, faults };
      } catch (error) {
        this.#forget(name);
        vanished ||= isAbsent(error);
        faults.push(this.#asFault(error, oid, name));
      }
    }
    return { vanished, faults };
  }

  list(): void {
    const present = namesIn(this.#packDir)
      .filter((file) => /^pack-.*\.idx$/.test(file))
      .map((file) => file.slice(0, -'.idx'.length));
    const known = this.#names ?? [];
    const stay = new Set(present);
    known.filter((name) => !stay.has(name)).forEach((name) => this.#forget(name));
    const kept = known.filter((name) => stay.has(name));
    const held = new Set(kept);
    this.#names = [...present.filter((name) => !held.has(name)), ...kept];
  }

  added(name: string): void {
    if (this.#names?.includes(name) === false) this.#names.unshift(name);
  }

  close(): void {
    this.#indexes.clear();
    this.#packs.clear();
    this.#bases.clear();
    this.#names = undefined;
  }

  /** Objects that are read together were mostly written together. */
  #prefer(place: number): void {
    if (place === 0 || this.#names === undefined) return;
    this.#names.unshift(...this.#names.splice(place, 1));
  }

  #forget(name: string): void {
    this.#indexes.delete(name);
    this.#packs.delete(name);
    this.#bases.clear();
  }

  #asFault(error: unknown, oid: Oid, name: string): Fault {
    if (error instanceof Fault) return error;
    if (isSystemError(error) && !isAbsent(error)) throw error;
    return corrupt(`Object ${oid}`, join(this.#packDir, `${name}.pack`), messageOf(error), error);
  }

  #index(name: string): PackIndex {
    const held = this.#indexes.get(name);
    if (held !== undefined) return held;
    const path = join(this.#packDir, `${name}.idx`);
    const index = parsePackIndex(readFileSync(path), path);
    this.#indexes.set(name, index, index.bytes.length);
    return index;
  }

  #pack(name: string): PackFile {
    const held = this.#packs.get(name);
    if (held !== undefined) return held;
    const pack = openPackFile(join(this.#packDir, `${name}.pack`), this.#index(name));
    this.#packs.set(name, pack, pack.bytesHeld);
    return pack;
  }

  /** Follows deltas down to a whole object, then applies them upwards. */
  #resolve(name: string, offset: number): GitObject {
    const deltas: { key: string; content: Buffer }[] = [];
    let at: number | undefined = offset;
    let object: GitObject | undefined;
    let key = '';
    while (object === undefined) {
      key = `${name}:${at}`;
      object = this.#bases.get(key);
      if (object !== undefined) break;
      // The pack is asked for anew each time: reading a base elsewhere may have closed it.
      const entry: PackEntry = readEntry(this.#pack(name), at);
      if (entry.kind.type === 'delta') {
        deltas.push({ key, content: entry.content });
        if (deltas.length > limits.storeDeltaChainMax) throw new RangeError('its deltas never end');
        const base = this.#base(name, at, entry.kind.base);
        if (typeof base === 'number') at = base;
        else object = base;
      } else {
        object = { type: entry.kind.type, body: entry.content };
      }
    }
    return deltas.length === 0 ? object : this.#apply(object, key, deltas);
  }

  #apply(base: GitObject, baseKey: string, deltas: { key: string; content: Buffer }[]): GitObject {
    this.#bases.set(baseKey, base, base.body.length);
    const type: ObjectType = base.type;
    let object = base;
    for (const { key, content } of deltas.reverse()) {
      object = { type, body: applyDelta(object.body, content) };
      this.#bases.set(key, object, object.body.length);
    }
    return object;
  }

  /** Where the base of a delta is: an offset in the same pack, or the object from elsewhere. */
  #base(name: string, at: number, base: DeltaBase): number | GitObject {
    if ('back' in base) return at - base.back;
    const offset = this.#index(name).offsetOf(Buffer.from(base.oid, 'hex'));
    if (offset !== undefined) return offset;
    if (this.#elsewhereDepth >= basesElsewhereMax) throw new RangeError('its deltas never end');
    this.#elsewhereDepth += 1;
    try {
      const object = this.#readElsewhere(base.oid);
      if (object === undefined)
        throw new RangeError(`the base ${base.oid} of its delta is missing`);
      return object;
    } finally {
      this.#elsewhereDepth -= 1;
    }
  }
}

type DeltaBase = { readonly back: number } | { readonly oid: Oid };
