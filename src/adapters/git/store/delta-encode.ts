// Makes git's deltas: what an object shares with its base is copied from it, the rest stands in the delta.

// Ranges shorter than this are cheaper as they are than as an instruction to copy.
const blockBytes = 8;
const insertBytesMax = 127;
const copyBytesMax = 0xffff;

/**
 * Instructions that make `target` of `base`, as `applyDelta` reads them; undefined when they are longer than
 * `bytesMax`. What both begin and end with is found at once, ranges between by blocks of 8 bytes.
 */
export function encodeDelta(base: Buffer, target: Buffer, bytesMax: number): Buffer | undefined {
  const shorter = Math.min(base.length, target.length);
  const head = sharedHead(base, target, shorter);
  const tail = sharedTail(base, target, shorter - head);
  const delta = new Delta(base, target, bytesMax);
  delta.copy(0, head);
  delta.between(head, tail);
  delta.copy(base.length - tail, tail);
  return delta.finish();
}

function sharedHead(base: Buffer, target: Buffer, most: number): number {
  let length = 0;
  while (length < most && base[length] === target[length]) length += 1;
  return length;
}

function sharedTail(base: Buffer, target: Buffer, most: number): number {
  let length = 0;
  const [baseEnd, targetEnd] = [base.length - 1, target.length - 1];
  while (length < most && base[baseEnd - length] === target[targetEnd - length]) length += 1;
  return length;
}

/** A range of the base that is in the target too, and where there. */
interface Match {
  readonly from: number;
  readonly at: number;
  readonly length: number;
}

/** Equal for equal blocks, and hardly for others. */
function blockKey(bytes: Buffer, at: number): number {
  return Math.imul(bytes.readInt32LE(at), 0x9e3779b1) ^ bytes.readInt32LE(at + 4);
}

class Delta {
  readonly #base: Buffer;
  readonly #target: Buffer;
  readonly #bytesMax: number;
  readonly #bytes: number[] = [];

  constructor(base: Buffer, target: Buffer, bytesMax: number) {
    this.#base = base;
    this.#target = target;
    this.#bytesMax = bytesMax;
    this.#size(base.length);
    this.#size(target.length);
  }

  copy(from: number, length: number): void {
    for (let done = 0; done < length; done += copyBytesMax) {
      this.#copyOnce(from + done, Math.min(copyBytesMax, length - done));
    }
  }

  /** What lies between a head and a tail, in bytes, that base and target share. */
  between(head: number, tail: number): void {
    const end = this.#target.length - tail;
    const places = this.#places(head, this.#base.length - tail);
    let written = head;
    for (let at = head; at + blockBytes <= end && !this.#isTooLong(at - written);) {
      const from = places.get(blockKey(this.#target, at));
      const match = from === undefined ? undefined : this.#grown(from, at, written, end);
      if (match !== undefined) {
        this.#insert(written, match.at);
        this.copy(match.from, match.length);
        written = match.at + match.length;
      }
      at = Math.max(at + 1, written);
    }
    if (!this.#isTooLong(end - written)) this.#insert(written, end);
    else this.#bytes.length = this.#bytesMax + 1;
  }

  finish(): Buffer | undefined {
    return this.#isTooLong(0) ? undefined : Buffer.from(this.#bytes);
  }

  #isTooLong(pending: number): boolean {
    return this.#bytes.length + pending > this.#bytesMax;
  }

  /** Where each block of the base starts; of equal ones the first. */
  #places(start: number, end: number): Map<number, number> {
    const places = new Map<number, number>();
    for (let at = start; at + blockBytes <= end; at += blockBytes) {
      const key = blockKey(this.#base, at);
      if (!places.has(key)) places.set(key, at);
    }
    return places;
  }

  /**
   * The longest range around blocks whose keys are equal, back to what is written already; undefined where only the
   * keys are. Outside the base no byte is the same.
   */
  #grown(from: number, at: number, written: number, end: number): Match | undefined {
    const isSame = (step: number): boolean => this.#base[from + step] === this.#target[at + step];
    let after = 0;
    while (at + after < end && isSame(after)) after += 1;
    if (after < blockBytes) return undefined;
    let before = 0;
    while (at - before > written && isSame(-before - 1)) before += 1;
    return { from: from - before, at: at - before, length: before + after };
  }

  #insert(start: number, end: number): void {
    for (let at = start; at < end; at += insertBytesMax) {
      const piece = this.#target.subarray(at, Math.min(at + insertBytesMax, end));
      this.#bytes.push(piece.length, ...piece);
    }
  }

  /** Of offset and length only the bytes that are not zero, each announced by a bit. */
  #copyOnce(from: number, length: number): void {
    const parts = [from, from >>> 8, from >>> 16, from >>> 24, length, length >>> 8];
    const bytes = parts.map((part) => part & 0xff);
    const code = bytes.reduce(
      (bits, byte, place) => (byte === 0 ? bits : bits | (1 << place)),
      0x80,
    );
    this.#bytes.push(code, ...bytes.filter((byte) => byte !== 0));
  }

  #size(size: number): void {
    let rest = size;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#bytes.push((rest & 0x7f) | 0x80);
    this.#bytes.push(rest);
  }
}
