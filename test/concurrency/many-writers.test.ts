// Sixteen processes with fifty commands each on one store: every command once, no garbage, and nobody is kept waiting.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLocalLog } from '../../src/adapters/git/local-log.ts';
import { present } from '../../src/kernel/assert.ts';
import { fsck, recordsOn } from '../crash/scene.ts';
import { MemoryEngine } from '../memory-engine.ts';
import { bundleChild } from './bundle.ts';

const processes = 16;
const commands = 50;
/** No wait is longer than so many times the median of all waits. */
const patience = 20;

const folder = mkdtempSync(join(tmpdir(), 'coord writers ß '));
const directory = join(folder, 'log');
let program = '';

beforeAll(async () => {
  program = await bundleChild(new URL('worker.child.ts', import.meta.url), join(folder, 'bundle'));
  await MemoryEngine.open(openLocalLog(directory, false));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Done {
  readonly id: string;
  readonly seq: number;
  readonly waitedMs: number;
}

interface Worker {
  readonly isReady: Promise<void>;
  begin(): void;
  readonly done: Promise<readonly Done[]>;
}

function startWorker(name: string): Worker {
  const words = [program, directory, name, String(commands)];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const said: Done[] = [];
  const isReady = new Promise<void>((resolve) => lines.once('line', () => resolve()));
  lines.on('line', (line) => line.startsWith('{') && said.push(JSON.parse(line) as Done));
  const done = new Promise<readonly Done[]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(said) : reject(new Error(`${name} ended with ${code ?? 'a signal'}.`)),
    );
  });
  return { isReady, begin: () => child.stdin.write('go\n'), done };
}

it(`${processes} processes with ${commands} commands each are all served, once and in turn`, async () => {
  const workers = Array.from({ length: processes }, (_, index) => startWorker(`w${index}`));
  await Promise.all(workers.map(({ isReady }) => isReady));
  const begun = performance.now();
  for (const worker of workers) worker.begin();
  const done = (await Promise.all(workers.map((worker) => worker.done))).flat();
  const seconds = (performance.now() - begun) / 1000;

  expect(done).toHaveLength(processes * commands);
  const records = await recordsOn(directory);
  const added = records.filter(({ op }) => op === 'task.add');
  expect(added).toHaveLength(processes * commands);
  expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
  // Everybody was told the truth about where the command stands.
  const seqs = new Map(added.map(({ id, seq }) => [id, seq]));
  expect(done.filter(({ id, seq }) => seqs.get(id) !== seq)).toEqual([]);
  expect(fsck(directory, '--unreachable')).toBe('');

  const waits = done.map(({ waitedMs }) => waitedMs).sort((left, right) => left - right);
  const median = present(waits[Math.floor(waits.length / 2)], 'there are waits');
  const longest = present(waits.at(-1), 'there are waits');
  const perSecond = (done.length / seconds).toFixed(0);
  process.stdout.write(
    `${perSecond} commands/s; waits: median ${median.toFixed(0)} ms, longest ${longest.toFixed(0)} ms (${(longest / median).toFixed(1)} x)\n`,
  );
  expect(longest).toBeLessThan(patience * median);
}, 180_000);
