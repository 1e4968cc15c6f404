// A log over the real store with a seeded fault: what the second harness must notice.
import { buildCommit } from '../../../src/adapters/git/log-commit.ts';
import { logRef, openLocalLog, storeHandle } from '../../../src/adapters/git/local-log.ts';
import { present } from '../../../src/kernel/assert.ts';
import type { LogStore } from '../../../src/log/store.ts';

/** `sound` is the real log; without the swap a writer puts its commit in the place of whatever is there. */
export type Variant = 'sound' | 'no compare-and-swap' | 'reads its own past';

/** Writes without the mutex, and without asking whether the branch is still where it was read. */
function withoutSwap(directory: string, log: LogStore): LogStore {
  const handle = storeHandle(directory);
  return {
    ...log,
    exclusively: (work) => work(),
    append: async (draft, expected) => {
      const store = present(handle.open(), 'the log is created');
      const { objects, oid } = buildCommit(store, draft, expected);
      store.writePack(objects.size, objects.values());
      for (;;) {
        const swap = { name: logRef, expected: store.readRef(logRef), next: oid };
        const swapped = await store.swapRef(swap);
        if (swapped.ok) return { ok: true, oid };
      }
    },
  };
}

/** Reads what was there a few reads ago: every commit is sound, only the answers to questions are old. */
function withOldReads(log: LogStore): LogStore {
  const heads: (string | null)[] = [];
  return {
    ...log,
    head: async () => {
      heads.push(await log.head());
      return heads.at(-4) ?? heads[0] ?? null;
    },
    read: async (range) => {
      heads.push(await log.head());
      const from = range.from ?? heads.at(-4) ?? heads[0];
      return log.read(from === undefined || from === null ? range : { ...range, from });
    },
  };
}

/** The log that commands go through, and the one that questions are answered from. */
export function openVariant(
  directory: string,
  variant: Variant,
): { readonly log: LogStore; readonly asked: LogStore } {
  const log = openLocalLog(directory, false);
  if (variant === 'no compare-and-swap') {
    const broken = withoutSwap(directory, log);
    return { log: broken, asked: broken };
  }
  return { log, asked: variant === 'sound' ? log : withOldReads(log) };
}
