// What a git object is: its type, its bytes and the SHA-1 name that follows from both.
import { createHash, hash } from 'node:crypto';

export const objectTypes = ['commit', 'tree', 'blob', 'tag'] as const;
export type ObjectType = (typeof objectTypes)[number];

/** The lower-case hexadecimal SHA-1 name of an object, 40 characters. */
export type Oid = string;

/** An object to be written. */
export interface NewObject {
  readonly type: ObjectType;
  readonly body: Uint8Array;
}

/** An object as it was read; its bytes were verified against its name. */
export interface GitObject {
  readonly type: ObjectType;
  readonly body: Buffer;
}

/** Anything objects can be read from; answers undefined for an object it does not have. */
export interface ObjectSource {
  readObject(oid: Oid): GitObject | undefined;
}

// Below this size one copy and one native call are faster than three native calls.
const joinedBytesMax = 64 * 1024;

/** The name git gives to an object. */
export function hashObject({ type, body }: NewObject): Oid {
  const header = `${type} ${body.length}\0`;
  if (body.length > joinedBytesMax) {
    return createHash('sha1').update(header, 'latin1').update(body).digest('hex');
  }
  const bytes = Buffer.allocUnsafe(header.length + body.length);
  bytes.write(header, 'latin1');
  bytes.set(body, header.length);
  return hash('sha1', bytes, 'hex');
}

/** Whether a text is the full name of an object. */
export function isOid(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** The object itself, if its bytes hash to its name; throws RangeError otherwise. */
export function verifyObject(object: GitObject, oid: Oid): GitObject {
  const actual = hashObject(object);
  if (actual !== oid) throw new RangeError(`its content hashes to ${actual}`);
  return object;
}
