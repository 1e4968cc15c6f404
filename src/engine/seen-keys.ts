// The keys of commands that the log has: in parts by seq, read when one is first looked for. A question never looks.
import { present } from '../kernel/assert.ts';

/** Where a command stands. */
export interface Seen {
  readonly seq: number;
}

/** The keys of consecutive records, as a checkpoint holds them. */
export interface SeenPart {
  /** Time of the last record in it. */
  readonly at: string;
  /** Short forms of the ids, one for each seq from the first of the part on. */
  readonly ids: readonly string[];
  /** Short forms of causes, each with the seq of its record. */
  readonly causes: readonly (readonly [number, string])[];
}

interface OpenPart {
  at: string;
  readonly ids: string[];
  readonly causes: (readonly [number, string])[];
}

interface Added {
  readonly seq: number;
  readonly at: string;
  readonly id: string;
  readonly cause: string | undefined;
}

const seqsPerPart = 256;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const uuidChars = 36;

/** The random half of an id tells ids apart as well as all of it, in half the bytes; another key stays as it is. */
function shortForm(key: string): string {
  const isId = key.length === uuidChars && uuid.test(key);
  return isId ? key.slice(19, 23) + key.slice(24) : key;
}

function partOf(seq: number): number {
  return Math.floor((seq - 1) / seqsPerPart);
}

/** Ids and causes of commands by where they stand; those of a checkpoint are read before anybody can miss them. */
export class SeenKeys {
  readonly #closed = new Map<number, () => SeenPart>();
  readonly #open = new Map<number, OpenPart>();
  readonly #changed = new Set<number>();
  readonly #index = new Map<string, number>();
  #since: Added[] = [];

  /** Puts parts that `open` gives when they are needed; what it throws, the one who looks gets each time. */
  later(parts: Iterable<number>, open: (part: number) => SeenPart): void {
    for (const part of parts) this.#closed.set(part, () => open(part));
  }

  add(added: Added): void {
    this.#since.push(added);
  }

  /** Where the command of this id or cause stands. */
  get(key: string): Seen | undefined {
    this.#settle();
    this.#openAll();
    const seq = this.#index.get(shortForm(key));
    return seq === undefined ? undefined : { seq };
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Drops every part whose last record is older than `cutOff` (ISO time): keys are forgotten by the part. */
  forgetBefore(cutOff: string): void {
    this.#settle();
    for (const part of this.parts()) {
      const { at, ids, causes } = this.#openPart(part);
      if (at >= cutOff) return;
      for (const key of [...ids, ...causes.map(([, cause]) => cause)]) this.#index.delete(key);
      this.#open.delete(part);
      this.#changed.add(part);
    }
  }

  /** The parts that hold something, in order. */
  parts(): number[] {
    this.#settle();
    return [...this.#closed.keys(), ...this.#open.keys()].sort((left, right) => left - right);
  }

  /** The parts in which something changed since the last `rest`, dropped ones included. */
  changedParts(): ReadonlySet<number> {
    this.#settle();
    return this.#changed;
  }

  /** From here on nothing counts as changed. */
  rest(): void {
    this.#changed.clear();
  }

  part(part: number): SeenPart {
    return this.#openPart(part);
  }

  #openAll(): void {
    if (this.#closed.size === 0) return;
    for (const part of [...this.#closed.keys()]) this.#openPart(part);
  }

  #settle(): void {
    const since = this.#since;
    if (since.length === 0) return;
    this.#since = [];
    for (const added of since) this.#put(added);
  }

  #put({ seq, at, id, cause }: Added): void {
    const part = partOf(seq);
    const into = this.#openPart(part);
    const short = shortForm(id);
    into.at = at;
    into.ids[seq - 1 - part * seqsPerPart] = short;
    this.#note(short, seq);
    if (cause !== undefined) {
      into.causes.push([seq, shortForm(cause)]);
      this.#note(shortForm(cause), seq);
    }
    this.#changed.add(part);
  }

  /** The first record with a key is the command; a copy that somebody pushed by hand does not take its place. */
  #note(key: string, seq: number): void {
    const before = this.#index.get(key);
    if (before === undefined || seq < before) this.#index.set(key, seq);
  }

  #openPart(part: number): OpenPart {
    const known = this.#open.get(part);
    if (known !== undefined) return known;
    const open = this.#closed.get(part);
    if (open !== undefined) {
      const { at, ids, causes } = open();
      this.#closed.delete(part);
      this.#open.set(part, { at, ids: [...ids], causes: [...causes] });
      ids.forEach((id, index) => this.#note(id, part * seqsPerPart + index + 1));
      for (const [seq, cause] of causes) this.#note(cause, seq);
    }
    if (!this.#open.has(part)) this.#open.set(part, { at: '', ids: [], causes: [] });
    return present(this.#open.get(part), 'a part was just opened');
  }
}
