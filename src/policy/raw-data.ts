// Small readers over data of unknown shape: what is not there or not as expected reads as empty.
import type { Path } from './problem.ts';

export interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly path: Path;
}

export interface TextAt {
  readonly text: string;
  readonly path: Path;
}

/** The value at a path, own keys only; undefined where there is none. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** Whether the root has the key, even with nothing behind it. */
export function hasKey(data: unknown, key: string): boolean {
  return valueAt(data, [key]) !== undefined;
}

/** The entries of a map. */
export function entriesAt(data: unknown, path: Path): Entry[] {
  const value = valueAt(data, path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value as Record<string, unknown>).map(([key, item]) => ({
    key,
    value: item,
    path: [...path, key],
  }));
}

/** The items of a list with their places. */
export function itemsAt(data: unknown, path: Path): { value: unknown; path: Path }[] {
  const value = valueAt(data, path);
  if (!Array.isArray(value)) return [];
  const items: readonly unknown[] = value;
  return items.map((item, index) => ({ value: item, path: [...path, index] }));
}

/** The texts of a list, or the one text that stands for a list of one. */
export function textsAt(data: unknown, path: Path): TextAt[] {
  const value = valueAt(data, path);
  if (typeof value === 'string') return [{ text: value, path }];
  return itemsAt(data, path).flatMap((item) =>
    typeof item.value === 'string' ? [{ text: item.value, path: item.path }] : [],
  );
}
