// The files of the checkpoint that the head carries, as far as a fold knows them: what it need not write again.
import { byteLength } from '../kernel/bytes.ts';

/** Reads a file of the checkpoint when its size is asked for; remembers sizes, never texts. */
export class Shelf {
  readonly #files: ReadonlyMap<string, string>;
  readonly #sizes = new Map<string, number>();
  #bytes: number;

  /** `bytes` is what the files weigh together, the one that says so left out. */
  constructor(files: ReadonlyMap<string, string>, bytes: number) {
    this.#files = files;
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(path: string): boolean {
    return this.#sizeOf(path) > 0;
  }

  /** From here on the file holds this text; null takes it away. */
  put(path: string, text: string | null): void {
    const bytes = text === null ? 0 : byteLength(text);
    this.#bytes += bytes - this.#sizeOf(path);
    this.#sizes.set(path, bytes);
  }

  #sizeOf(path: string): number {
    return this.#sizes.get(path) ?? byteLength(this.#files.get(path) ?? '');
  }
}
