// Copies objects from one store to another, as one pack.
import { Fault } from '../../../kernel/fault.ts';
import type { ObjectSource, Oid } from './object.ts';
import type { PackItem } from './pack-write.ts';

/** Where objects are copied to, such as a {@link GitStore}. */
export interface PackTarget {
  writePack(count: number, items: Iterable<PackItem>): void;
}

/**
 * Copies the objects named by `oids` as one durable pack, reading one at a time; each was verified
 * by its hash as it was read. Returns how many distinct objects were copied.
 * Throws Fault `object-missing` when the source lacks one, and then leaves nothing behind.
 */
export function importObjects(from: ObjectSource, to: PackTarget, oids: Iterable<Oid>): number {
  const distinct = new Set(oids);
  to.writePack(distinct.size, readEach(from, distinct));
  return distinct.size;
}

function* readEach(from: ObjectSource, oids: Iterable<Oid>): Generator<PackItem> {
  for (const oid of oids) {
    const object = from.readObject(oid);
    if (object === undefined) {
      throw new Fault(
        'object-missing',
        `Object ${oid} did not come with the others. Fetch again; if it stays away, run \`coord git fsck\` on the remote's side.`,
        { oid },
      );
    }
    yield { oid, ...object };
  }
}
