// Thousands of small worlds with everything going wrong in them, each decided by its seed and judged by its log.
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeBeginning } from './beginning.ts';
import type { Beginning } from './beginning.ts';
import { program } from './program.ts';
import { runSeed } from './run.ts';
import type { Run } from './run.ts';

const seedsUsual = 2000;
const from = Number(process.env['COORD_SIM_FROM'] ?? 1);
const count = Number(process.env['COORD_SIM_SEEDS'] ?? seedsUsual);
/** Every seed that ever failed; a failing run adds its own. */
const keptPath = new URL('seeds.json', import.meta.url);
const kept = JSON.parse(readFileSync(keptPath, 'utf8')) as number[];
const keptMax = 20;

/** What must have happened somewhere in the usual seeds, or they test less than they seem to. */
const expected = [
  ...['append stale', 'push rejected', 'done-unanswered', 'never-done', 'done-later', 'crash'],
  ...['unreachable', 'redelivered', 'known already', 'month leapt', 'told loss', 'provisional'],
  ...['lock taken over', 'claim taken over', 'refused: session-fenced', 'refused: stale-token'],
  ...['refused: task-claimed', 'refused: lock-held', 'refused: clock-ahead'],
  ...['refused: command-expired', 'refused: no-log', 'unknown'],
];

let beginning: Beginning;

beforeAll(async () => {
  beginning = await makeBeginning();
});

async function runAll(seeds: readonly number[]): Promise<Run[]> {
  const runs: Run[] = [];
  for (const seed of seeds) runs.push(await runSeed(seed, beginning, program));
  return runs;
}

/** `seed 12: what is wrong`, of the runs that failed. */
function failures(runs: readonly Run[]): string[] {
  return runs.flatMap((run) => {
    const [first] = run.troubles;
    return first === undefined ? [] : [`seed ${run.seed}: ${first}`];
  });
}

function keep(runs: readonly Run[]): void {
  const failed = runs.filter(({ troubles }) => troubles.length > 0).map(({ seed }) => seed);
  const seeds = [...new Set([...kept, ...failed.slice(0, keptMax)])].sort((a, b) => a - b);
  if (failed.length > 0) writeFileSync(keptPath, `[${seeds.join(', ')}]\n`);
}

describe('the simulation', () => {
  it('passes with every seed that failed once', async () => {
    expect(failures(await runAll(kept))).toEqual([]);
  });

  it(`passes with ${count} seeds from ${from} on, and meets every fault`, async () => {
    const runs = await runAll(Array.from({ length: count }, (_, index) => from + index));
    keep(runs);
    expect(failures(runs)).toEqual([]);
    const met = new Set(runs.flatMap(({ counts }) => [...counts.keys()]));
    const missed = count < seedsUsual ? [] : expected.filter((what) => !met.has(what));
    expect(missed).toEqual([]);
  }, 3_600_000);

  it('does the same again with the same seed', async () => {
    const seeds = Array.from({ length: 25 }, (_, index) => from + index);
    const [first, second] = [await runAll(seeds), await runAll(seeds)];
    expect(second).toEqual(first);
    expect(new Set(first.map(({ trace }) => trace)).size).toBe(seeds.length);
  });
});
