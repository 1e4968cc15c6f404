// A concept's state as JSON: maps and sets are marked, and what is numbered is named by its parts.
import { Numbered } from '../kernel/numbered.ts';
import type { NumberedItem } from '../kernel/numbered.ts';

function toJson(_key: string, value: unknown): unknown {
  if (value instanceof Numbered) return { $parts: value.parts() };
  if (value instanceof Map) return { $map: [...(value as Map<unknown, unknown>)] };
  if (value instanceof Set) return { $set: [...(value as Set<unknown>)] };
  return value;
}

/** One line of JSON; what is numbered lies elsewhere. */
export function stateText(state: object): string {
  return `${JSON.stringify(state, toJson)}\n`;
}

/** Gives the things of a part of the state's numbered collection. */
export type OpenPart = (part: number) => readonly NumberedItem[];

/** Arrays and objects that may still hold a map or a set, and how many of those the text can hold at most. */
interface Search {
  readonly open: object[];
  readonly openPart: OpenPart;
  left: number;
}

interface Marked {
  readonly $map?: [unknown, unknown][];
  readonly $set?: unknown[];
  readonly $parts?: number[];
}

function later({ open }: Search, value: object): object {
  open.push(value);
  return value;
}

/** What a parsed value stands for: itself, or the collection that it was written for. */
function revived(search: Search, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { $map, $set, $parts } = value as Marked;
  const items = $map ?? $set ?? $parts;
  if (items === undefined) return later(search, value);
  search.left -= 1;
  if ($parts !== undefined) return numbered(search, $parts);
  return $map === undefined ? revivedSet(search, items) : revivedMap(search, $map);
}

function revivedMap(search: Search, pairs: [unknown, unknown][]): Map<unknown, unknown> {
  for (const pair of pairs) reviveItems(search, pair);
  return new Map(pairs);
}

function revivedSet(search: Search, items: unknown[]): Set<unknown> {
  reviveItems(search, items);
  return new Set(items);
}

function numbered({ openPart }: Search, parts: readonly number[]): Numbered<NumberedItem> {
  const collection = new Numbered();
  collection.later(parts, openPart);
  return collection;
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

const marks = ['"$map"', '"$set"', '"$parts"'];

/** How many collections a text can hold at most; one pass, for it may be megabytes. */
function collectionsIn(text: string): number {
  let found = 0;
  for (let at = text.indexOf('"$'); at >= 0; at = text.indexOf('"$', at + 1)) {
    if (marks.some((mark) => text.startsWith(mark, at))) found += 1;
  }
  return found;
}

/**
 * Parses what `stateText` wrote. A reviver would be called for every value of a state, and a state may hold thousands
 * of values but a map or two: so the text says how many there are at most, and the search ends with the last one.
 */
export function stateOf(text: string, openPart: OpenPart): unknown {
  const search: Search = { open: [], openPart, left: collectionsIn(text) };
  const whole = revived(search, JSON.parse(text));
  while (search.left > 0) {
    const next = search.open.pop();
    if (next === undefined) break;
    reviveMembers(search, next);
  }
  return whole;
}

/** The numbered collection of a state, if it has one. */
export function numberedIn(state: object): Numbered<NumberedItem> | null {
  const found = Object.values(state).find((value) => value instanceof Numbered);
  return (found as Numbered<NumberedItem> | undefined) ?? null;
}
