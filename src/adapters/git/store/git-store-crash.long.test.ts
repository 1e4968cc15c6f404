// A crash after any single change to the disk, with or without loss of what was not synced, harms nothing acknowledged.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../../kernel/limits.ts';
import {
  branch,
  complaints,
  freshStore,
  packFiles,
  scratchDirectory,
  textsUpTo,
  withoutSync,
  writeCommit,
} from './git-store.fixture.ts';
import type { GitStore } from './git-store.ts';
import { openBareStore } from './git-store.ts';
import type { CrashReport, Loss } from './power-loss.fixture.ts';
import { crashAfter } from './power-loss.fixture.ts';

const scratch = scratchDirectory();
const before = Array.from(
  { length: limits.storePacksPerClassMax - 1 },
  (_, place) => `text ${place}`,
);
let template: GitStore;

beforeAll(async () => {
  template = freshStore(scratch.path);
  const restore = withoutSync();
  for (const text of before) await addCommit(template, text);
  restore();
});
afterAll(scratch.remove);

/** The whole of a command's writing; one more pack is due to be consolidated with the others. */
async function addCommit(store: GitStore, text: string): Promise<void> {
  await store.withMutex(async () => {
    const head = store.readRef(branch);
    const next = writeCommit(store, head, text);
    const swapped = await store.swapRef({ name: branch, expected: head, next });
    if (!swapped.ok) throw new Error(`The ref was ${swapped.reason} under the mutex.`);
  });
}

async function consolidate(store: GitStore): Promise<void> {
  await store.withMutex(() => expect(store.consolidate().faults).toEqual([]));
}

function copyOfTemplate(name: string): GitStore {
  const dir = join(scratch.path, name);
  fs.cpSync(template.dir, dir, { recursive: true, preserveTimestamps: true });
  return openBareStore(dir, { staleRefLockSeconds: 1 });
}

/** What a process that was killed some time ago leaves: its pid is nobody's, its files are old. */
function bury(dir: string): void {
  const past = new Date(Date.now() - 60_000);
  for (const path of [join(dir, 'coord-mutex'), join(dir, `${branch}.lock`)]) {
    if (!fs.existsSync(path)) continue;
    const text = fs.readFileSync(path, 'utf8');
    fs.writeFileSync(path, text.replace(/"pid":\d+/, `"pid":${2 ** 22 + 1}`));
    fs.utimesSync(path, past, past);
  }
}

function textsIn(dir: string): string[] {
  const store = openBareStore(dir);
  return textsUpTo(store, store.readRef(branch));
}

/** Crashes at one step after the other until the action comes through; `check` looks at what is left. */
async function crashEverywhere(
  { loss, ...stride }: { loss: Loss; start: number; by: number },
  action: (store: GitStore) => Promise<void>,
  check: (dir: string, report: CrashReport) => void,
): Promise<number> {
  for (let steps = stride.start; ; steps += stride.by) {
    const store = copyOfTemplate(`${loss}-${steps}.git`);
    const report = await crashAfter(steps, loss, () => action(store));
    bury(store.dir);
    check(store.dir, report);
    const restore = withoutSync();
    await addCommit(openBareStore(store.dir, { staleRefLockSeconds: 1 }), 'afterwards');
    await consolidate(openBareStore(store.dir));
    restore();
    expect(textsIn(store.dir).at(-1)).toBe('afterwards');
    if (steps % 8 === 0) expect(complaints(store.dir)).toBe('');
    fs.rmSync(store.dir, { recursive: true });
    if (!report.crashed) return steps;
  }
}

const losses: readonly Loss[] = ['process', 'data', 'torn', 'names'];

describe.each(losses)('a crash that loses the %s', (loss) => {
  it('while a commit is written leaves the old head or the new one', async () => {
    let acknowledged = false;
    const action = async (store: GitStore): Promise<void> => {
      acknowledged = false;
      const head = store.readRef(branch);
      await store.withMutex(async () => {
        const next = writeCommit(store, head, 'new');
        await store.swapRef({ name: branch, expected: head, next });
        acknowledged = true;
      });
    };
    const steps = await crashEverywhere({ loss, start: 0, by: 1 }, action, (dir, { crashed }) => {
      const texts = textsIn(dir);
      const isNew = texts.length > before.length;
      expect(texts).toEqual(isNew ? [...before, 'new'] : before);
      if (acknowledged || !crashed) expect(isNew).toBe(true);
    });
    expect(steps).toBeGreaterThan(15);
  });

  it('while packs are consolidated loses no object', async () => {
    const action = async (store: GitStore): Promise<void> => {
      await store.withMutex(() => {
        writeCommit(store, null, 'one more pack');
        store.consolidate();
      });
    };
    // Most steps delete one more old pack; every kind of loss takes its turn.
    const start = losses.indexOf(loss);
    const steps = await crashEverywhere(
      { loss, start, by: losses.length },
      action,
      (dir, { crashed }) => {
        expect(textsIn(dir)).toEqual(before);
        if (!crashed) expect(packFiles(openBareStore(dir))).toHaveLength(2);
      },
    );
    expect(steps).toBeGreaterThan(40);
  });
});
