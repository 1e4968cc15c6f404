// Keeps the most recently used values up to a number of bytes; forgotten values are closed.

/** A least-recently-used cache; the newest value stays even when it alone exceeds the budget. */
export interface BudgetCache<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value, bytes: number): void;
  delete(key: string): void;
  clear(): void;
}

/** A cache of at most `bytesMax`; `close` is called once for each value that leaves it. */
export function createBudgetCache<Value>(
  bytesMax: number,
  close: (value: Value) => void = () => undefined,
): BudgetCache<Value> {
  // A Map iterates in insertion order, so the first key is the one unused for longest.
  const held = new Map<string, { value: Value; bytes: number }>();
  let total = 0;

  const remove = (key: string): void => {
    const entry = held.get(key);
    if (entry === undefined) return;
    held.delete(key);
    total -= entry.bytes;
    close(entry.value);
  };
  return {
    get(key) {
      const entry = held.get(key);
      if (entry === undefined) return undefined;
      held.delete(key);
      held.set(key, entry);
      return entry.value;
    },
    set(key, value, bytes) {
      remove(key);
      held.set(key, { value, bytes });
      total += bytes;
      for (const oldest of held.keys()) {
        if (total <= bytesMax || oldest === key) break;
        remove(oldest);
      }
    },
    delete: remove,
    clear: () => [...held.keys()].forEach(remove),
  };
}
