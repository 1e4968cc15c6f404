// The verifier's own reading of a record for who said it: its fields, and the bytes that were signed.
import { signedPrefix } from './format.ts';
import type { Fields, Spoken } from './verify-permit.ts';

/** The verifier's own RFC 8785. */
function jcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = value as Fields;
  const names = Object.keys(fields).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${jcs(fields[name])}`).join(',')}}`;
}

const signedFields = [
  ...['id', 'log', 'op', 'actor', 'session', 'hlc', 'notAfter', 'cause', 'input'],
  'capability',
];

/** What the sender of a record signed. */
export function bytesSigned(record: Spoken): Uint8Array {
  const fields = Object.entries(record).filter(([name]) => signedFields.includes(name));
  return new TextEncoder().encode(signedPrefix + jcs(Object.fromEntries(fields)));
}

function isSpoken(value: unknown): value is Spoken {
  if (typeof value !== 'object' || value === null) return false;
  const { id, log, op, actor, hlc, at, seq, auth, input, events } = value as Fields;
  const texts = [id, log, op, actor, hlc, at].every((each) => typeof each === 'string');
  const objects = [auth, input].every((each) => typeof each === 'object' && each !== null);
  return texts && objects && typeof seq === 'number' && Array.isArray(events);
}

function valueIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** What the lines of a batch say; null for one that has not the fields of a record. */
export function recordsIn(batch: Uint8Array): (Spoken | null)[] {
  return spokenOf(new TextDecoder().decode(batch).split('\n').map(valueIn));
}

/** The same of lines that were read already. */
export function spokenOf(values: readonly unknown[]): (Spoken | null)[] {
  return values.map((value) => (isSpoken(value) ? value : null));
}
