// A checkpoint is the fold as files, so that a reader never needs more than the last 97 commits.
import { byteLength } from '../kernel/bytes.ts';
import { Fault } from '../kernel/fault.ts';
import type { NumberedItem } from '../kernel/numbered.ts';
import { checkpointFolder, checkpointMetaPath, reducerVersion } from '../log/format.ts';
import { numberedIn, stateOf, stateText } from './checkpoint-json.ts';
import { emptyFold } from './fold.ts';
import type { Evolutions, Fold } from './fold.ts';
import type { SeenPart } from './seen-keys.ts';
import { Shelf } from './shelf.ts';

interface Meta {
  readonly reducer: number;
  readonly log: string;
  readonly repository: string;
  readonly unknown: readonly (readonly [string, number])[];
  /** What the other files weigh together. */
  readonly bytes: number;
}

/** What a commit changes about the checkpoint of its parent. */
export interface CheckpointChange {
  readonly files: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
  /** `files` is all there is: nothing of the parent's checkpoint stays. */
  readonly isWhole: boolean;
}

const seenConcept = 'seen';
const partsPerFolder = 64;

function conceptPath(name: string): string {
  return `${checkpointFolder}${name}.json`;
}

/** Two levels of folders, so that none gets wide: part 70 of a concept is `checkpoint/<concept>/1/06.json`. */
function partPath(concept: string, part: number): string {
  const folder = Math.floor(part / partsPerFolder);
  const file = String(part % partsPerFolder).padStart(2, '0');
  return `${checkpointFolder}${concept}/${folder}/${file}.json`;
}

/** One thing a line: git then stores a changed part as the lines that changed. */
function itemsText(items: readonly NumberedItem[]): string {
  return `[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]\n`;
}

/** Something in parts: which there are, which changed, and the text of one; null where nothing is left of it. */
interface Parted {
  readonly concept: string;
  readonly parts: () => readonly number[];
  readonly changed: () => Iterable<number>;
  readonly text: (part: number) => string;
}

function touchedConcepts({ states }: Fold, isWhole: boolean): string[] {
  return [...states.keys()].filter((name) => isWhole || states.isTouched(name));
}

function partedStates(fold: Fold, isWhole: boolean): Parted[] {
  return touchedConcepts(fold, isWhole).flatMap((concept): Parted[] => {
    const items = numberedIn(fold.states.get(concept) ?? {});
    if (items === null) return [];
    const text = (part: number): string => itemsText(items.itemsOf(part));
    return [{ concept, parts: () => items.parts(), changed: () => items.changedParts(), text }];
  });
}

function parted(fold: Fold, isWhole: boolean): Parted[] {
  const { seen } = fold;
  const keys: Parted = {
    concept: seenConcept,
    parts: () => seen.parts(),
    changed: () => seen.changedParts(),
    text: (part) => `${JSON.stringify(seen.part(part))}\n`,
  };
  return [keys, ...partedStates(fold, isWhole)];
}

/** The files whose text is another one than in the files that the fold came from, or all; null for one that goes. */
export function changedFiles(fold: Fold, isWhole: boolean): Map<string, string | null> {
  const files = new Map<string, string | null>();
  for (const { concept, parts, changed, text } of parted(fold, isWhole)) {
    const present = new Set(parts());
    for (const part of isWhole ? present : changed()) {
      files.set(partPath(concept, part), present.has(part) ? text(part) : null);
    }
  }
  for (const name of touchedConcepts(fold, isWhole)) {
    files.set(conceptPath(name), stateText(fold.states.get(name) ?? {}));
  }
  return files;
}

/** The file that says what a checkpoint is; `bytes` is what the others weigh together. */
export function metaText(fold: Fold, bytes: number): string {
  const meta: Meta = {
    reducer: reducerVersion,
    log: fold.log ?? '',
    repository: fold.repository ?? '',
    unknown: [...fold.unknown],
    bytes,
  };
  return `${JSON.stringify(meta)}\n`;
}

/** From here on the checkpoint of the head is this fold's, and nothing has changed since. */
function rest(fold: Fold, shelf: Shelf): void {
  for (const { concept } of partedStates(fold, fold.shelf === null)) {
    numberedIn(fold.states.get(concept) ?? {})?.rest();
  }
  fold.seen.rest();
  fold.states.rest();
  fold.shelf = shelf;
  fold.checkpointBytes = shelf.bytes;
}

/**
 * The checkpoint of this fold as a change to the one before, which the fold from then on takes for written: when the
 * append fails, the fold has to be forgotten.
 */
export function takeCheckpoint(fold: Fold): CheckpointChange {
  const isWhole = fold.shelf === null;
  const shelf = fold.shelf ?? new Shelf(new Map(), 0);
  const files = new Map<string, string>();
  const removed: string[] = [];
  for (const [path, text] of changedFiles(fold, isWhole)) {
    if (text !== null) files.set(path, text);
    else if (shelf.has(path)) removed.push(path);
    shelf.put(path, text);
  }
  files.set(checkpointMetaPath, metaText(fold, shelf.bytes));
  rest(fold, shelf);
  return { files, removed, isWhole };
}

function damaged(commit: string, path: string): Fault {
  return new Fault(
    'log-corrupt',
    `Commit ${commit} on the log: ${path} is missing or cut off. Run \`coord verify\` to see how far the log is good.`,
    { commit, path },
  );
}

/** The files of one commit's checkpoint. */
interface Source {
  readonly files: ReadonlyMap<string, string>;
  readonly commit: string;
}

function read<Value>(
  { files, commit }: Source,
  path: string,
  parse: (text: string) => Value | null,
): Value {
  let value: Value | null;
  try {
    value = parse(files.get(path) ?? '');
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw damaged(commit, path);
  }
  if (value === null) throw damaged(commit, path);
  return value;
}

function metaIn(source: Source): Meta {
  const meta = read(source, checkpointMetaPath, (text) => JSON.parse(text) as Meta | null);
  if (meta.reducer === reducerVersion) return meta;
  const { commit } = source;
  const next =
    meta.reducer > reducerVersion
      ? 'Install the newer coord.'
      : 'Fetch the whole log, so that it can be folded from its beginning: coord git fetch --unshallow';
  throw new Fault(
    'reducer-version',
    `The log's checkpoint was written by reducer ${meta.reducer}; this coord has ${reducerVersion}. ${next}`,
    { commit, found: meta.reducer, known: reducerVersion },
  );
}

function itemsIn(text: string): NumberedItem[] | null {
  const items = JSON.parse(text) as NumberedItem[];
  return items.every(({ id, number }) => typeof id === 'string' && Number.isSafeInteger(number))
    ? items
    : null;
}

function partNumbers(files: ReadonlyMap<string, string>, concept: string): number[] {
  const prefix = `${checkpointFolder}${concept}/`;
  return [...files.keys()].flatMap((path) => {
    const found = path.startsWith(prefix)
      ? /^(\d+)\/(\d\d)\.json$/.exec(path.slice(prefix.length))
      : null;
    return found === null ? [] : [Number(found[1]) * partsPerFolder + Number(found[2])];
  });
}

function stateIn(source: Source, name: string): object {
  const openPart = (part: number): NumberedItem[] => read(source, partPath(name, part), itemsIn);
  return read(source, conceptPath(name), (text) => stateOf(text, openPart) as object | null);
}

/** The fold that a checkpoint holds, without a position; concepts the checkpoint does not know start empty. */
export function decodeCheckpoint(
  files: ReadonlyMap<string, string>,
  evolutions: Evolutions,
  commit: string,
): Fold {
  const source: Source = { files, commit };
  const meta = metaIn(source);
  const fold = emptyFold(evolutions);
  fold.log = meta.log;
  fold.repository = meta.repository;
  for (const [type, count] of meta.unknown) fold.unknown.set(type, count);
  fold.seen.later(partNumbers(files, seenConcept), (part) =>
    read(source, partPath(seenConcept, part), (text) => JSON.parse(text) as SeenPart | null),
  );
  for (const { name } of evolutions.list) {
    if (files.has(conceptPath(name))) fold.states.later(name, () => stateIn(source, name));
  }
  fold.shelf = new Shelf(files, meta.bytes);
  fold.checkpointBytes = meta.bytes;
  return fold;
}

/** Bytes that the files of a checkpoint take together, the one that says so left out. */
export function checkpointSize(files: ReadonlyMap<string, string>): number {
  let size = 0;
  for (const [path, text] of files) if (path !== checkpointMetaPath) size += byteLength(text);
  return size;
}
