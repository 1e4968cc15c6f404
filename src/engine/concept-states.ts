// The state of each concept, made when somebody first asks for it: most commands and questions need only a few.

/** A state that is still a text somewhere, and what has happened to it since. */
interface Waiting {
  readonly make: () => object;
  readonly changes: ((state: object) => void)[];
}

/** A process that only follows the log must not gather changes for ever. */
const waitingChangesMax = 1000;

const notMade = {};

/** A map of states by concept; whoever looks at a state, or at all of them, finds it as if it had always been there. */
export class ConceptStates extends Map<string, object> {
  readonly #waiting = new Map<string, Waiting>();
  readonly #touched = new Set<string>();

  /** Puts a state that `make` gives when it is first asked for; what `make` throws, the one who asks gets each time. */
  later(name: string, make: () => object): void {
    super.set(name, notMade);
    this.#waiting.set(name, { make, changes: [] });
  }

  /** Changes a state in place, at once or when it is made; nothing happens where there is none of that name. */
  change(name: string, change: (state: object) => void): void {
    this.#touched.add(name);
    const changes = this.#waiting.get(name)?.changes;
    if (changes !== undefined && changes.length < waitingChangesMax) {
      changes.push(change);
      return;
    }
    const state = this.get(name);
    if (state !== undefined) change(state);
  }

  /** Whether something happened to a state since the last `rest`. */
  isTouched(name: string): boolean {
    return this.#touched.has(name);
  }

  /** From here on nothing counts as touched. */
  rest(): void {
    this.#touched.clear();
  }

  override get(name: string): object | undefined {
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) {
      const state = waiting.make();
      for (const change of waiting.changes) change(state);
      this.set(name, state);
    }
    return super.get(name);
  }

  override set(name: string, state: object): this {
    this.#waiting.delete(name);
    return super.set(name, state);
  }

  override delete(name: string): boolean {
    this.#waiting.delete(name);
    return super.delete(name);
  }

  override clear(): void {
    this.#waiting.clear();
    super.clear();
  }

  override entries(): MapIterator<[string, object]> {
    this.#makeAll();
    return super.entries();
  }

  override values(): MapIterator<object> {
    this.#makeAll();
    return super.values();
  }

  override forEach(visit: (state: object, name: string, all: Map<string, object>) => void): void {
    this.#makeAll();
    super.forEach(visit);
  }

  override [Symbol.iterator](): MapIterator<[string, object]> {
    return this.entries();
  }

  #makeAll(): void {
    for (const name of [...this.#waiting.keys()]) this.get(name);
  }
}
