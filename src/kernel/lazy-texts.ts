// Files of a tree by path, each read from the store when it is asked for: a question seldom needs all of them.

/** A map whose texts `read` gives, each time they are asked for. */
export class LazyTexts extends Map<string, string> {
  readonly #read: (path: string) => string;

  constructor(paths: Iterable<string>, read: (path: string) => string) {
    super();
    this.#read = read;
    for (const path of paths) this.set(path, '');
  }

  override get(path: string): string | undefined {
    return this.has(path) ? this.#read(path) : undefined;
  }

  override *entries(): MapIterator<[string, string]> {
    for (const path of this.keys()) yield [path, this.#read(path)];
  }

  override *values(): MapIterator<string> {
    for (const path of this.keys()) yield this.#read(path);
  }

  override forEach(visit: (text: string, path: string, all: Map<string, string>) => void): void {
    for (const [path, text] of this.entries()) visit(text, path, this);
  }

  override [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}
