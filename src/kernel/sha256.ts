// SHA-256 as FIPS 180-4 describes it, for the pure layers: what a state holds must not depend on where it is folded.

const wordBits = 32;
const blockBytes = 64;
const blockWords = 16;
const rounds = 64;
const fractionScale = 2 ** wordBits;

/** The first primes, as many as there are rounds. */
function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let next = 2; primes.length < count; next += 1) {
    if (primes.every((prime) => next % prime !== 0)) primes.push(next);
  }
  return primes;
}

/** The first 32 bits of the fraction of a number. */
function fractionBits(value: number): number {
  return Math.floor((value - Math.floor(value)) * fractionScale) >>> 0;
}

const primes = firstPrimes(rounds);
const initial = primes.slice(0, 8).map((prime) => fractionBits(Math.sqrt(prime)));
const constants = primes.map((prime) => fractionBits(Math.cbrt(prime)));

function turned(word: number, bits: number): number {
  return (word >>> bits) | (word << (wordBits - bits));
}

/** The bytes with a one, zeros, and their length in bits, in whole blocks. */
function padded(bytes: Uint8Array): DataView {
  const length = Math.ceil((bytes.length + 9) / blockBytes) * blockBytes;
  const whole = new Uint8Array(length);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(length - 8, Math.floor((bytes.length * 8) / fractionScale));
  view.setUint32(length - 4, (bytes.length * 8) >>> 0);
  return view;
}

function scheduleOf(view: DataView, at: number): Uint32Array {
  const words = new Uint32Array(rounds);
  const word = (index: number): number => words[index] ?? 0;
  for (let t = 0; t < blockWords; t += 1) words[t] = view.getUint32(at + 4 * t);
  for (let t = blockWords; t < rounds; t += 1) {
    const [early, late] = [word(t - 15), word(t - 2)];
    const low = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const high = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    words[t] = high + word(t - 7) + low + word(t - 16);
  }
  return words;
}

type State = readonly [number, number, number, number, number, number, number, number];

function stepped([a, b, c, d, e, f, g, h]: State, added: number): State {
  const choice = (e & f) ^ (~e & g);
  const majority = (a & b) ^ (a & c) ^ (b & c);
  const first = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + choice + added) >>> 0;
  const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + majority) >>> 0;
  return [(first + second) >>> 0, a, b, c, (d + first) >>> 0, e, f, g];
}

function afterBlock(before: State, words: Uint32Array): State {
  let state = before;
  for (const [t, word] of words.entries()) state = stepped(state, word + (constants[t] ?? 0));
  return before.map((word, index) => (word + (state[index] ?? 0)) >>> 0) as unknown as State;
}

/** SHA-256 of a text in UTF-8, in hex. */
export function sha256Hex(text: string): string {
  const view = padded(new TextEncoder().encode(text));
  let state = initial as unknown as State;
  for (let at = 0; at < view.byteLength; at += blockBytes) {
    state = afterBlock(state, scheduleOf(view, at));
  }
  return state.map((word) => word.toString(16).padStart(8, '0')).join('');
}
