// Things numbered in the order they were made, by id: kept in parts, so that a long past need not be read or written.
import { assert } from './assert.ts';

/** Things per part: a part that is full and whose things are at rest is never touched again. */
const itemsPerPart = 64;

export interface NumberedItem {
  readonly id: string;
  /** From 1, never given twice. */
  readonly number: number;
}

/** The part, from 0, that holds the thing of a number. */
function partOf(number: number): number {
  return Math.floor((number - 1) / itemsPerPart);
}

/** What a reader may do with them. */
export interface ReadonlyNumbered<Item> extends ReadonlyMap<string, Item> {
  /** The thing of a number, such as the 12 of T-12. */
  numbered(number: number): Item | undefined;
}

/**
 * A map of things by id, in the order of their numbers. Parts that lie in a checkpoint are opened when something in
 * them is first looked for, the newest first: what is asked for is seldom old.
 */
export class Numbered<Item extends NumberedItem>
  extends Map<string, Item>
  implements ReadonlyNumbered<Item>
{
  readonly #closed = new Map<number, () => readonly Item[]>();
  readonly #ids = new Map<number, string>();
  /** How many of `#ids` each part has: a checkpoint asks for the parts, and must not count all things for that. */
  readonly #counts = new Map<number, number>();
  readonly #changed = new Set<number>();
  #last = 0;
  #isOrdered = true;

  /** Puts parts that `open` gives when they are first needed; what it throws, the one who asks gets each time. */
  later(parts: Iterable<number>, open: (part: number) => readonly Item[]): void {
    for (const part of parts) this.#closed.set(part, () => open(part));
  }

  /** The parts that hold something, in order. */
  parts(): number[] {
    const all = new Set([...this.#closed.keys(), ...this.#counts.keys()]);
    return [...all].sort((left, right) => left - right);
  }

  /** The parts in which something changed since the last `rest`, emptied ones included. */
  changedParts(): ReadonlySet<number> {
    return this.#changed;
  }

  /** From here on nothing counts as changed. */
  rest(): void {
    this.#changed.clear();
  }

  /** What a part holds, in order. */
  itemsOf(part: number): Item[] {
    this.#open(part);
    const first = part * itemsPerPart + 1;
    const numbers = Array.from({ length: itemsPerPart }, (_each, index) => first + index);
    return numbers.flatMap((number) => this.numbered(number) ?? []);
  }

  numbered(number: number): Item | undefined {
    this.#open(partOf(number));
    const item = super.get(this.#ids.get(number) ?? '');
    return item?.number === number ? item : undefined;
  }

  override get(id: string): Item | undefined {
    return super.get(id) ?? this.#search(id);
  }

  override has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  override set(id: string, item: Item): this {
    assert(id === item.id, 'a thing is kept under its own id');
    const part = partOf(item.number);
    this.#open(part);
    this.#changed.add(part);
    return this.#put(item);
  }

  override delete(id: string): boolean {
    const item = this.get(id);
    if (item === undefined) return false;
    this.#changed.add(partOf(item.number));
    if (this.#ids.delete(item.number)) this.#count(partOf(item.number), -1);
    return super.delete(id);
  }

  override clear(): void {
    for (const part of this.parts()) this.#changed.add(part);
    this.#closed.clear();
    this.#ids.clear();
    this.#counts.clear();
    super.clear();
  }

  override get size(): number {
    this.#openAll();
    return super.size;
  }

  override keys(): MapIterator<string> {
    this.#openAll();
    return super.keys();
  }

  override values(): MapIterator<Item> {
    this.#openAll();
    return super.values();
  }

  override entries(): MapIterator<[string, Item]> {
    this.#openAll();
    return super.entries();
  }

  override forEach(visit: (item: Item, id: string, all: Map<string, Item>) => void): void {
    this.#openAll();
    super.forEach(visit);
  }

  override [Symbol.iterator](): MapIterator<[string, Item]> {
    return this.entries();
  }

  #put(item: Item): this {
    if (!this.#ids.has(item.number)) {
      if (item.number < this.#last) this.#isOrdered = false;
      this.#last = Math.max(this.#last, item.number);
      this.#ids.set(item.number, item.id);
      this.#count(partOf(item.number), 1);
    }
    return super.set(item.id, item);
  }

  #count(part: number, change: number): void {
    const count = (this.#counts.get(part) ?? 0) + change;
    if (count === 0) this.#counts.delete(part);
    else this.#counts.set(part, count);
  }

  #open(part: number): void {
    const items = this.#closed.get(part)?.();
    if (items === undefined) return;
    this.#closed.delete(part);
    // Of two under one id, which only a forged log has, the newer stays, whichever part is opened first.
    for (const item of items) if (!super.has(item.id)) this.#put(item);
  }

  #search(id: string): Item | undefined {
    const newestFirst = [...this.#closed.keys()].sort((left, right) => right - left);
    for (const part of newestFirst) {
      this.#open(part);
      const item = super.get(id);
      if (item !== undefined) return item;
    }
    return undefined;
  }

  #openAll(): void {
    for (const part of [...this.#closed.keys()]) this.#open(part);
    if (this.#isOrdered) return;
    const items = [...super.values()].sort((left, right) => left.number - right.number);
    super.clear();
    for (const item of items) super.set(item.id, item);
    this.#isOrdered = true;
  }
}
