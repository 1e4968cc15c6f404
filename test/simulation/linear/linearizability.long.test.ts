// Real processes on a real store, killed and paused: what each saw must fit one order of everything that happened.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLocalLog, storeDirectory } from '../../../src/adapters/git/local-log.ts';
import { MemoryEngine } from '../../memory-engine.ts';
import type { Variant } from './broken-log.ts';
import { runCrew } from './crew.ts';
import type { Outcome, Plan } from './crew.ts';
import { firstUnexplained } from './linearizable.ts';
import { lockModel } from './lock-model.ts';

const operationsUsual = 10_000;
const operations = Number(process.env['COORD_LINEAR_OPERATIONS'] ?? operationsUsual);
const seed = Number(process.env['COORD_SEED'] ?? 1);

const scratch = mkdtempSync(join(tmpdir(), 'coord linear '));
const program = join(scratch, 'worker.mjs');

beforeAll(async () => {
  await build({
    entryPoints: { worker: fileURLToPath(new URL('worker.child.ts', import.meta.url)) },
    outdir: scratch,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Loaded only to analyse code, which no worker does.
    external: ['ts-morph'],
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  });
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A directory with a log in it, as a repository's common directory would be. */
async function freshLog(name: string): Promise<string> {
  const directory = join(scratch, name);
  await MemoryEngine.open(openLocalLog(directory, false));
  return directory;
}

async function run(name: Variant, plan: Partial<Plan>): Promise<Outcome & { directory: string }> {
  const directory = await freshLog(name);
  const outcome = await runCrew({
    ...{ program, directory, variant: name, seed, workers: 4, keys: 10, operations },
    ...{ hasTroubles: true, ...plan },
  });
  return { ...outcome, directory };
}

/** The operations that no order explains, one a lock. */
function unexplained({ histories }: Outcome): string[] {
  return [...histories].flatMap(([key, history]) => {
    const index = firstUnexplained(lockModel, history);
    return index === null ? [] : [`${key}: ${JSON.stringify(history[index])}`];
  });
}

describe('processes on one store', () => {
  it(`are linearizable over ${operations} operations, with kills and pauses`, async () => {
    const begun = performance.now();
    const outcome = await run('sound', {});
    const seconds = (performance.now() - begun) / 1000;
    const { operations: done, unknown, kills, pauses } = outcome;
    process.stdout.write(
      `${done} operations in ${seconds.toFixed(1)} s, ${kills} kills, ${pauses} pauses, ${unknown} unknown\n`,
    );
    expect(outcome.complaints).toEqual([]);
    expect(done).toBeGreaterThanOrEqual(operations);
    expect(kills).toBeGreaterThan(0);
    expect(pauses).toBeGreaterThan(0);
    expect(unexplained(outcome)).toEqual([]);
    const store = storeDirectory(outcome.directory);
    const flags = ['fsck', '--strict', '--full', '--no-dangling', '--no-progress'];
    execFileSync('git', [`--git-dir=${store}`, ...flags], { stdio: 'pipe' });
  }, 3_600_000);

  it.each<Variant>(['no compare-and-swap', 'reads its own past'])(
    'are caught when the store has %s',
    async (variant) => {
      const outcome = await run(variant, { operations: 400, hasTroubles: false });
      process.stdout.write(`"${variant}" caught within ${outcome.operations} operations\n`);
      expect(unexplained(outcome)).not.toEqual([]);
    },
    120_000,
  );
});
