// One seed, run and judged.
import { messageOf } from '../../src/kernel/fault.ts';
import type { Beginning } from './beginning.ts';
import { judge } from './oracle.ts';
import type { Program } from './program.ts';
import { World } from './world.ts';

export interface Run {
  readonly seed: number;
  /** Empty for a good run. */
  readonly troubles: readonly string[];
  /** The same for the same schedule. */
  readonly trace: number;
  readonly counts: ReadonlyMap<string, number>;
}

async function judged(world: World): Promise<string[]> {
  try {
    await world.run();
    return judge(world);
  } catch (error) {
    return [...world.history.troubles, messageOf(error)];
  }
}

export async function runSeed(seed: number, beginning: Beginning, program: Program): Promise<Run> {
  const world = new World(seed, beginning, program);
  const troubles = await judged(world);
  return { seed, troubles, trace: world.schedule.trace, counts: world.history.counts };
}
