// The keys of commands that the log has, read when one is first looked for: a question never looks.

/** Where a command stands. */
export interface Seen {
  readonly seq: number;
  readonly at: string;
}

type Known = Iterable<readonly [string, Seen]>;

/** A map of keys; those of a checkpoint come from a text, which is read before anybody can miss them. */
export class SeenKeys extends Map<string, Seen> {
  #known: (() => Known) | null = null;

  /** Puts what `known` gives before all keys that are here; what it throws, the one who looks gets each time. */
  later(known: () => Known): void {
    this.#known = known;
  }

  override get(key: string): Seen | undefined {
    this.#read();
    return super.get(key);
  }

  override has(key: string): boolean {
    this.#read();
    return super.has(key);
  }

  override delete(key: string): boolean {
    this.#read();
    return super.delete(key);
  }

  override clear(): void {
    this.#known = null;
    super.clear();
  }

  override get size(): number {
    this.#read();
    return super.size;
  }

  override keys(): MapIterator<string> {
    this.#read();
    return super.keys();
  }

  override values(): MapIterator<Seen> {
    this.#read();
    return super.values();
  }

  override entries(): MapIterator<[string, Seen]> {
    this.#read();
    return super.entries();
  }

  override forEach(visit: (seen: Seen, key: string, all: Map<string, Seen>) => void): void {
    this.#read();
    super.forEach(visit);
  }

  override [Symbol.iterator](): MapIterator<[string, Seen]> {
    return this.entries();
  }

  #read(): void {
    if (this.#known === null) return;
    const known = this.#known();
    const since = [...super.entries()];
    this.clear();
    for (const [key, seen] of known) this.set(key, seen);
    for (const [key, seen] of since) this.set(key, seen);
  }
}
