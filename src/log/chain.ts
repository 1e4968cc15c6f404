// The chain ties every batch to all before it, independent of git's own object ids.
import type { Sha256 } from './canonical.ts';

const HEX = 16;

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(HEX).padStart(2, '0')).join('');
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, HEX));
}

/** chain(0) = sha256(log id), in hex. */
export function chainStart(logId: string, sha256: Sha256): string {
  return toHex(sha256(new TextEncoder().encode(logId)));
}

/** chain(n) = sha256(chain(n-1) bytes ‖ sha256(batch bytes)), in hex. */
export function chainNext(previous: string, batch: string, sha256: Sha256): string {
  const before = fromHex(previous);
  const digest = sha256(new TextEncoder().encode(batch));
  const joined = new Uint8Array(before.length + digest.length);
  joined.set(before);
  joined.set(digest, before.length);
  return toHex(sha256(joined));
}
