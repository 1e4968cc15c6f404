// Git's delta: instructions that copy ranges of a base object or insert new bytes.
import { limits } from '../../../kernel/limits.ts';

/** The object a delta makes of its base; throws RangeError when the delta does not fit the base. */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  const from = readSize(delta, 0);
  const to = readSize(delta, from.next);
  if (from.size !== base.length) throw new RangeError('its delta was made for another base');
  if (to.size > limits.storeObjectBytesMax) throw new RangeError('its delta claims too much');
  const result = Buffer.allocUnsafe(to.size);
  let written = 0;
  for (let at = to.next; at < delta.length;) {
    const step = readInstruction(delta, at);
    const source = step.copies ? base : delta;
    const end = step.start + step.length;
    if (end > source.length || written + step.length > to.size) {
      throw new RangeError('its delta reaches outside its base or its result');
    }
    source.copy(result, written, step.start, end);
    written += step.length;
    at = step.next;
  }
  if (written !== to.size) throw new RangeError('its delta makes too few bytes');
  return result;
}

interface Instruction {
  readonly copies: boolean;
  readonly start: number;
  readonly length: number;
  readonly next: number;
}

const copyBytesDefault = 0x1_0000;

function readInstruction(delta: Buffer, at: number): Instruction {
  const code = delta.readUInt8(at);
  if (code === 0) throw new RangeError('its delta has an unknown instruction');
  if ((code & 0x80) === 0) {
    return { copies: false, start: at + 1, length: code, next: at + 1 + code };
  }
  const offset = readSparse(delta, at + 1, code & 0x0f);
  const length = readSparse(delta, offset.next, (code >> 4) & 0x07);
  return {
    copies: true,
    start: offset.value,
    length: length.value === 0 ? copyBytesDefault : length.value,
    next: length.next,
  };
}

/** A little-endian number of which only the bytes named in `present` are stored. */
function readSparse(delta: Buffer, at: number, present: number): { value: number; next: number } {
  let value = 0;
  let next = at;
  for (let bit = 0, factor = 1; present >> bit !== 0; bit += 1, factor *= 256) {
    if ((present >> bit) & 1) {
      value += delta.readUInt8(next) * factor;
      next += 1;
    }
  }
  return { value, next };
}

function readSize(delta: Buffer, start: number): { size: number; next: number } {
  let size = 0;
  let at = start;
  for (let factor = 1, more = true; more; factor *= 128, at += 1) {
    const byte = delta.readUInt8(at);
    size += (byte & 0x7f) * factor;
    more = (byte & 0x80) !== 0;
  }
  if (!Number.isSafeInteger(size)) throw new RangeError('its delta names no sensible size');
  return { size, next: at };
}
