// Reads objects of a store by name from its packs and loose files, verifying each by its hash.
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import type { Fault } from '../../../kernel/fault.ts';
import { messageOf } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import { isAbsent, readIfPresent } from './durable-file.ts';
import type { GitObject, ObjectSource, Oid } from './object.ts';
import { isOid, objectTypes, verifyObject } from './object.ts';
import { corrupt } from './pack-entry.ts';
import type { PackShelf } from './pack-shelf.ts';
import { openPackShelf } from './pack-shelf.ts';

/** Reads a store's objects; keeps indexes and packs open within a budget until closed. */
export interface ObjectReader extends ObjectSource {
  /** Tells of a pack that was just written, which saves listing the directory again. */
  added(packName: string): void;
  /** Forgets everything held; later reads open what they need again. */
  close(): void;
}

// Another process may consolidate packs while we look; each time we look again, at most this often.
const lookupsMax = 8;

/**
 * Opens `objects/` of a repository. A read answers undefined for an object that is nowhere,
 * and throws Fault `object-corrupt` when every copy is damaged or an unreadable index may hide one.
 */
export function openObjectReader(objectsDir: string): ObjectReader {
  const shelf = openPackShelf(join(objectsDir, 'pack'), (oid) => readObject(oid));
  const readObject = (oid: Oid): GitObject | undefined => {
    if (!isOid(oid)) return undefined;
    return lookUp(objectsDir, shelf, oid);
  };
  return { readObject, added: (name) => shelf.added(name), close: () => shelf.close() };
}

function lookUp(objectsDir: string, shelf: PackShelf, oid: Oid): GitObject | undefined {
  for (let lookup = 1; ; lookup += 1) {
    const found = shelf.find(oid);
    const object = found.object ?? readLoose(objectsDir, oid, found.faults);
    if (object !== undefined) return object;
    // The list may be old the first time; after that only a vanished file makes it so.
    const isSettled = lookup > 1 && !found.vanished;
    if (isSettled || lookup === lookupsMax) {
      if (found.faults[0] !== undefined) throw found.faults[0];
      return undefined;
    }
    shelf.list();
  }
}

function readLoose(objectsDir: string, oid: Oid, faults: Fault[]): GitObject | undefined {
  const path = join(objectsDir, oid.slice(0, 2), oid.slice(2));
  const deflated = readIfPresent(path);
  if (deflated === undefined) return undefined;
  try {
    return verifyObject(parseLoose(deflated), oid);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    faults.push(corrupt(`Object ${oid}`, path, messageOf(error), error));
    return undefined;
  }
}

function parseLoose(deflated: Buffer): GitObject {
  const bytes = zlib.inflateSync(deflated, { maxOutputLength: limits.storeObjectBytesMax });
  const nul = bytes.indexOf(0);
  const [name, size] = bytes.toString('latin1', 0, Math.max(nul, 0)).split(' ');
  const type = objectTypes.find((known) => known === name);
  if (type === undefined) throw new RangeError('its header is unreadable');
  const body = bytes.subarray(nul + 1);
  if (String(body.length) !== size) throw new RangeError('its length is not what its header says');
  return { type, body };
}
