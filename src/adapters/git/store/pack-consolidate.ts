// Keeps the number of packs small: many packs of one size are merged into one of the next size.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { Fault, messageOf } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import {
  errorCode,
  isAbsent,
  isSystemError,
  namesIn,
  removeIfPresent,
  removeOldFiles,
} from './durable-file.ts';
import type { GitObject, Oid } from './object.ts';
import { corrupt } from './pack-entry.ts';
import { createMerge } from './pack-merge.ts';

/** What a consolidation did; a damaged pack is left where it is and reported in `faults`. */
export interface Consolidation {
  readonly packsMerged: number;
  readonly packsWritten: readonly string[];
  readonly faults: readonly Fault[];
}

// Packs up to 16 KB are of class 0, each further class is 16 times larger.
const firstClassBytes = 16 * 1024;
const classFactor = 16;
// Native git marks packs it wants kept as they are with these files.
const keepMarks = ['.keep', '.promisor', '.mtimes'];

/**
 * Merges each size class that has too many packs, smallest first, and removes what crashes left.
 * Only for the holder of the store's mutex. Readers in other processes keep working: the merged
 * pack is durable before the packs it replaces go.
 */
export function consolidatePacks(
  packDir: string,
  readObject: (oid: Oid) => GitObject | undefined,
): Consolidation {
  const files = new Set(namesIn(packDir));
  if ([...files].some((file) => file.startsWith('tmp_'))) removeLeftovers(packDir);
  removeOrphans(packDir, files);
  const run = new Run({ packDir, files, readObject });
  return run.all();
}

interface SizedPack {
  readonly name: string;
  readonly bytes: number;
  readonly writtenAt: number;
}

interface RunOptions {
  readonly packDir: string;
  readonly files: ReadonlySet<string>;
  readonly readObject: (oid: Oid) => GitObject | undefined;
}

class Run {
  readonly #packDir: string;
  readonly #files: ReadonlySet<string>;
  readonly #readObject: (oid: Oid) => GitObject | undefined;
  #packs: SizedPack[];
  #packsMerged = 0;
  readonly #packsWritten: string[] = [];
  readonly #faults: Fault[] = [];

  constructor({ packDir, files, readObject }: RunOptions) {
    this.#packDir = packDir;
    this.#files = files;
    this.#readObject = readObject;
    this.#packs = sizedPacks(packDir, files);
  }

  all(): Consolidation {
    for (let group = fullClass(this.#packs); group.length > 0; group = fullClass(this.#packs)) {
      if (!this.#mergeGroup(group)) break;
    }
    const [packsMerged, packsWritten] = [this.#packsMerged, this.#packsWritten];
    return { packsMerged, packsWritten, faults: this.#faults };
  }

  /** Returns false when another program changes the packs too, so that it is better to stop. */
  #mergeGroup(group: readonly SizedPack[]): boolean {
    const names = group.map(({ name }) => name);
    const merge = createMerge(this.#packDir, names, this.#readObject);
    try {
      const written = merge.write();
      this.#packsMerged += group.length;
      this.#packsWritten.push(written.name);
      const merged = new Set(names);
      this.#packs = this.#packs.filter(({ name }) => !merged.has(name));
      this.#packs.push({ ...written, writtenAt: Date.now() });
      // One of the group may have held everything already; then it is the merged pack.
      merged.delete(written.name);
      removePacks(this.#packDir, merged, this.#files);
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      if (isSystemError(error)) throw error;
      const path = join(this.#packDir, `${merge.current()}.pack`);
      this.#faults.push(
        error instanceof Fault ? error : corrupt('An object', path, messageOf(error), error),
      );
      this.#packs = this.#packs.filter(({ name }) => name !== merge.current());
      return true;
    }
  }
}

function sizedPacks(packDir: string, files: ReadonlySet<string>): SizedPack[] {
  const names = [...files]
    .filter((file) => /^pack-.*\.idx$/.test(file))
    .map((file) => file.slice(0, -'.idx'.length))
    .filter((name) => !keepMarks.some((mark) => files.has(name + mark)));
  // Below this count no class can be full, and the sizes need not be asked for.
  if (names.length < limits.storePacksPerClassMax) return [];
  return names.flatMap((name) => {
    const stat = fs.statSync(join(packDir, `${name}.pack`), { throwIfNoEntry: false });
    return stat === undefined ? [] : [{ name, bytes: stat.size, writtenAt: stat.mtimeMs }];
  });
}

/** The packs of the smallest class that is full, oldest first, so that neighbours stay neighbours. */
function fullClass(packs: readonly SizedPack[]): SizedPack[] {
  const classes = new Map<number, SizedPack[]>();
  for (const pack of packs) {
    if (pack.bytes >= limits.storeSettledPackBytesMin) continue;
    const sizeClass = classOf(pack.bytes);
    classes.set(sizeClass, [...(classes.get(sizeClass) ?? []), pack]);
  }
  const full = [...classes]
    .filter(([, group]) => group.length >= limits.storePacksPerClassMax)
    .sort(([left], [right]) => left - right);
  const [, group] = full[0] ?? [0, []];
  return group.sort((left, right) => left.writtenAt - right.writtenAt);
}

function classOf(bytes: number): number {
  let sizeClass = 0;
  for (let bound = firstClassBytes; bytes > bound; bound *= classFactor) sizeClass += 1;
  return sizeClass;
}

/** The index goes first: without it a pack is invisible, and a crash in between leaves no half pack. */
function removePacks(
  packDir: string,
  names: ReadonlySet<string>,
  files: ReadonlySet<string>,
): void {
  // It names packs that are about to go; native git makes a new one when it wants one.
  if (files.has('multi-pack-index')) removeUnlessBusy(join(packDir, 'multi-pack-index'));
  for (const name of names) {
    const rest = [`${name}.rev`, `${name}.bitmap`].filter((file) => files.has(file));
    for (const file of [`${name}.idx`, ...rest, `${name}.pack`]) {
      removeUnlessBusy(join(packDir, file));
    }
  }
}

/** Windows does not delete a file that another process reads; the next consolidation will. */
function removeUnlessBusy(path: string): void {
  try {
    removeIfPresent(path);
  } catch (error) {
    if (!/^(?:EPERM|EBUSY|EACCES)$/.test(errorCode(error) ?? '')) throw error;
  }
}

function removeLeftovers(packDir: string): void {
  removeOldFiles(packDir, /^tmp_/, limits.staleTemporarySeconds);
}

/** Packs whose writer or remover was killed between pack and index. */
function removeOrphans(packDir: string, files: ReadonlySet<string>): void {
  for (const file of files) {
    const name = file.slice(0, -'.pack'.length);
    const isOrphan = /^pack-.*\.pack$/.test(file) && !files.has(`${name}.idx`);
    if (!isOrphan || keepMarks.some((mark) => files.has(name + mark))) continue;
    removeOldFiles(packDir, new RegExp(`^${name}\\.(?:pack|rev)$`), limits.staleTemporarySeconds);
  }
}
