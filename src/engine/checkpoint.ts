// A checkpoint is the fold as files, so that a reader never needs more than the last 97 commits.
import { byteLength } from '../kernel/bytes.ts';
import { Fault } from '../kernel/fault.ts';
import { checkpointFolder, checkpointMetaPath, reducerVersion } from '../log/format.ts';
import { emptyFold } from './fold.ts';
import type { Evolutions, Fold } from './fold.ts';
import type { Seen } from './seen-keys.ts';

const seenPath = `${checkpointFolder}seen.json`;

interface Meta {
  readonly reducer: number;
  readonly log: string;
  readonly repository: string;
  readonly unknown: readonly (readonly [string, number])[];
}

function toJson(_key: string, value: unknown): unknown {
  if (value instanceof Map) return { $map: [...(value as Map<unknown, unknown>)] };
  if (value instanceof Set) return { $set: [...(value as Set<unknown>)] };
  return value;
}

/** Arrays and objects that may still hold a map or a set, and how many of those the text can hold at most. */
interface Search {
  readonly open: object[];
  left: number;
}

/** What a parsed value stands for: itself, or the map or set that it was written for. */
function revived(search: Search, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { $map, $set } = value as { $map?: [unknown, unknown][]; $set?: unknown[] };
  const items = $map ?? $set;
  if (items === undefined) {
    search.open.push(value);
    return value;
  }
  search.left -= 1;
  if ($map === undefined) {
    reviveItems(search, items);
    return new Set(items);
  }
  for (const pair of $map) reviveItems(search, pair);
  return new Map($map);
}

function reviveItems(search: Search, items: unknown[]): void {
  for (let index = 0; index < items.length && search.left > 0; index += 1) {
    items[index] = revived(search, items[index]);
  }
}

function reviveMembers(search: Search, parent: object): void {
  if (Array.isArray(parent)) {
    reviveItems(search, parent as unknown[]);
    return;
  }
  for (const [name, value] of Object.entries(parent)) {
    const meant = revived(search, value);
    if (meant !== value) (parent as Record<string, unknown>)[name] = meant;
  }
}

/** How many maps and sets a text can hold at most; one pass, for it may be megabytes. */
function mapsIn(text: string): number {
  let maps = 0;
  for (let at = text.indexOf('"$'); at >= 0; at = text.indexOf('"$', at + 1)) {
    if (text.startsWith('"$map"', at) || text.startsWith('"$set"', at)) maps += 1;
  }
  return maps;
}

/**
 * Parses what `toJson` wrote. A reviver would be called for every value of a state, and a state holds thousands of
 * messages but a map or two: so the text says how many there are at most, and the search ends with the last one.
 */
function fromJson(text: string): unknown {
  const search: Search = { open: [], left: mapsIn(text) };
  const whole = revived(search, JSON.parse(text));
  while (search.left > 0) {
    const next = search.open.pop();
    if (next === undefined) break;
    reviveMembers(search, next);
  }
  return whole;
}

function conceptPath(name: string): string {
  return `${checkpointFolder}${name}.json`;
}

/** Bytes that the files of a checkpoint take together. */
export function checkpointSize(files: ReadonlyMap<string, string>): number {
  let size = 0;
  for (const text of files.values()) size += byteLength(text);
  return size;
}

/** The files of a checkpoint of this fold, by path. */
export function encodeCheckpoint(fold: Fold): Map<string, string> {
  const meta: Meta = {
    reducer: reducerVersion,
    log: fold.log ?? '',
    repository: fold.repository ?? '',
    unknown: [...fold.unknown],
  };
  const seen = [...fold.seen].map(([key, { seq, at }]) => [key, seq, at]);
  const files = new Map<string, string>([
    [checkpointMetaPath, `${JSON.stringify(meta)}\n`],
    [seenPath, `${JSON.stringify(seen)}\n`],
  ]);
  for (const [name, state] of fold.states) {
    files.set(conceptPath(name), `${JSON.stringify(state, toJson)}\n`);
  }
  return files;
}

function parse(files: ReadonlyMap<string, string>, path: string, commit: string): unknown {
  try {
    return fromJson(files.get(path) ?? '');
  } catch {
    throw new Fault(
      'log-corrupt',
      `Commit ${commit} on the log: ${path} is missing or cut off. Run \`coord verify\` to see how far the log is good.`,
      { commit, path },
    );
  }
}

/** The fold that a checkpoint holds, without a position; concepts the checkpoint does not know start empty. */
export function decodeCheckpoint(
  files: ReadonlyMap<string, string>,
  evolutions: Evolutions,
  commit: string,
): Fold {
  const meta = parse(files, checkpointMetaPath, commit) as Meta;
  if (meta.reducer !== reducerVersion) {
    throw new Fault(
      'reducer-version',
      `The log's checkpoint was written by reducer ${meta.reducer}; this coord has ${reducerVersion}. Install the newer coord.`,
      { commit, found: meta.reducer, known: reducerVersion },
    );
  }
  const fold = emptyFold(evolutions);
  fold.log = meta.log;
  fold.repository = meta.repository;
  for (const [type, count] of meta.unknown) fold.unknown.set(type, count);
  fold.seen.later(() => {
    const seen = parse(files, seenPath, commit) as [string, number, string][];
    return seen.map(([key, seq, at]): [string, Seen] => [key, { seq, at }]);
  });
  for (const { name } of evolutions.list) {
    const path = conceptPath(name);
    if (files.has(path)) fold.states.later(name, () => parse(files, path, commit) as object);
  }
  let size: number | null = null;
  fold.checkpointBytes = () => (size ??= checkpointSize(files));
  return fold;
}
