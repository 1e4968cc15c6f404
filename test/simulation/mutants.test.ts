// The simulation finds seeded faults: an oracle that lets them pass would let real ones pass.
import { beforeAll, describe, expect, it } from 'vitest';
import { makeBeginning } from './beginning.ts';
import type { Beginning } from './beginning.ts';
import { mutants } from './mutants.ts';
import { program } from './program.ts';
import { runSeed } from './run.ts';
import type { Run } from './run.ts';

const seedsMax = 600;

let beginning: Beginning;

beforeAll(async () => {
  beginning = await makeBeginning();
});

async function firstFailure(name: string): Promise<Run | undefined> {
  const mutant = mutants[name];
  for (let seed = 1; mutant !== undefined && seed <= seedsMax; seed += 1) {
    const run = await runSeed(seed, beginning, mutant);
    if (run.troubles.length > 0) return run;
  }
  return undefined;
}

describe('the simulation catches', () => {
  it.each(Object.keys(mutants))('%s', async (name) => {
    const caught = await firstFailure(name);
    process.stdout.write(`caught "${name}" at seed ${caught?.seed ?? 'none'}\n`);
    expect(caught?.troubles ?? []).not.toEqual([]);
    // It is the mutant that is caught: the real program passes there.
    const real = await runSeed(caught?.seed ?? 0, beginning, program);
    expect(real.troubles).toEqual([]);
  });
});
