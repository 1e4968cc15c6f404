// Turns an entry of a pack into the object it stands for: opens packs, follows deltas, keeps both within a budget.
import { join } from 'node:path';
import { limits } from '../../../kernel/limits.ts';
import { createBudgetCache } from './budget-cache.ts';
import { applyDelta } from './delta.ts';
import type { GitObject, Oid } from './object.ts';
import type { PackFile } from './pack-file.ts';
import { openPackFile, readEntry } from './pack-file.ts';
import type { PackIndex } from './pack-index.ts';

/** A pack that can be read: its name without extension, and its index. */
export interface IndexedPack {
  readonly name: string;
  readonly index: PackIndex;
}

/** Reads objects at known places; nothing it returns is verified yet. */
export interface PackResolver {
  /** Throws RangeError or a zlib error for damage, a system error for a pack that cannot be opened. */
  objectAt(pack: IndexedPack, offset: number): GitObject;
  /** Drops what is held of a pack, because it is gone or damaged. */
  forget(name: string): void;
  close(): void;
}

// Bases of deltas in other packs, each of which may again be a delta.
const basesElsewhereMax = 64;

/** `readElsewhere` finds the base of a delta that is not in its own pack. */
export function createPackResolver(
  packDir: string,
  readElsewhere: (oid: Oid) => GitObject | undefined,
): PackResolver {
  return new Resolver(packDir, readElsewhere);
}

interface Delta {
  readonly key: string;
  readonly content: Buffer;
}

type Step = { readonly object: GitObject } | { readonly content: Buffer; readonly base: DeltaBase };
type DeltaBase = { readonly back: number } | { readonly oid: Oid };

class Resolver implements PackResolver {
  readonly #packDir: string;
  readonly #readElsewhere: (oid: Oid) => GitObject | undefined;
  readonly #files = createBudgetCache<PackFile>(limits.storePackCacheBytesMax, (file) =>
    file.close(),
  );
  readonly #bases = createBudgetCache<GitObject>(limits.storeBaseCacheBytesMax);
  #elsewhereDepth = 0;

  constructor(packDir: string, readElsewhere: (oid: Oid) => GitObject | undefined) {
    this.#packDir = packDir;
    this.#readElsewhere = readElsewhere;
  }

  /** Follows deltas down to a whole object, then applies them upwards. */
  objectAt(pack: IndexedPack, offset: number): GitObject {
    const deltas: Delta[] = [];
    for (let at = offset; ;) {
      const step = this.#step(pack, at);
      if ('object' in step) return this.#apply(step.object, `${pack.name}:${at}`, deltas);
      deltas.push({ key: `${pack.name}:${at}`, content: step.content });
      if (deltas.length > limits.storeDeltaChainMax) throw new RangeError('its deltas never end');
      const base = this.#base(pack, at, step.base);
      if (typeof base !== 'number') return this.#apply(base, undefined, deltas);
      at = base;
    }
  }

  forget(name: string): void {
    this.#files.delete(name);
    this.#bases.clear();
  }

  close(): void {
    this.#files.clear();
    this.#bases.clear();
  }

  #step(pack: IndexedPack, at: number): Step {
    const known = this.#bases.get(`${pack.name}:${at}`);
    if (known !== undefined) return { object: known };
    // The file is asked for at each step: reading a base elsewhere may have closed it.
    const { kind, content } = readEntry(this.#file(pack), at);
    if (kind.type === 'delta') return { content, base: kind.base };
    return { object: { type: kind.type, body: content } };
  }

  #file({ name, index }: IndexedPack): PackFile {
    const held = this.#files.get(name);
    if (held !== undefined) return held;
    const file = openPackFile(join(this.#packDir, `${name}.pack`), index);
    this.#files.set(name, file, file.bytesHeld);
    return file;
  }

  #apply(base: GitObject, baseKey: string | undefined, deltas: readonly Delta[]): GitObject {
    // An object that no delta has needed so far is not worth keeping.
    if (deltas.length > 0 && baseKey !== undefined) this.#keep(baseKey, base);
    let object = base;
    for (const { key, content } of deltas.toReversed()) {
      object = { type: base.type, body: applyDelta(object.body, content) };
      this.#keep(key, object);
    }
    return object;
  }

  #keep(key: string, object: GitObject): void {
    this.#bases.set(key, object, object.body.length);
  }

  /** Where the base of a delta is: an offset in the same pack, or the object from elsewhere. */
  #base(pack: IndexedPack, at: number, base: DeltaBase): number | GitObject {
    if ('back' in base) return at - base.back;
    const offset = pack.index.offsetOf(Buffer.from(base.oid, 'hex'));
    if (offset !== undefined) return offset;
    if (this.#elsewhereDepth >= basesElsewhereMax) throw new RangeError('its deltas never end');
    this.#elsewhereDepth += 1;
    try {
      const object = this.#readElsewhere(base.oid);
      if (object !== undefined) return object;
      throw new RangeError(`the base ${base.oid} of its delta is missing`);
    } finally {
      this.#elsewhereDepth -= 1;
    }
  }
}
