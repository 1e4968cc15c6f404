// The one byte form of a JSON value (RFC 8785), so that a signature means the same everywhere.
import { signedPrefix } from './format.ts';
import type { Intent } from './record.ts';

/** SHA-256 of bytes; handed in, because the pure layers import nothing of the platform. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

function member([key, value]: readonly [string, unknown]): string {
  return `${JSON.stringify(key)}:${canonical(value)}`;
}

/**
 * RFC 8785: keys sorted by UTF-16 code units, no white space, numbers as ECMAScript writes them.
 * Members that are undefined are left out. Throws RangeError on numbers that JSON cannot hold.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, item]) => item !== undefined);
    members.sort(([left], [right]) => (left < right ? -1 : Number(left > right)));
    return `{${members.map(member).join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError('A number that JSON cannot hold has no canonical form.');
  }
  return JSON.stringify(value);
}

/** What a sender signs: a domain separator and the intent without its signature. */
export function signedBytes(intent: Intent): Uint8Array {
  const { id, log, op, actor, session, hlc, notAfter, cause, input, capability } = intent;
  const signed = { id, log, op, actor, session, hlc, notAfter, cause, input, capability };
  return new TextEncoder().encode(`${signedPrefix}${canonical(signed)}`);
}
