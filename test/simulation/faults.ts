// What may go wrong in a run, and how often: each seed draws its own mixture, so that faults also meet in rare company.
import type { Chance } from './chance.ts';

/** What became of a write whose answer never came. */
export type Fate = 'answered' | 'done-unanswered' | 'never-done' | 'done-later';

/** Probabilities from 0 to 1, and sizes of a world. */
export interface Faults {
  readonly unreachable: number;
  /** The write happened, the answer got lost. */
  readonly lostAnswer: number;
  /** Neither happened. */
  readonly lostWrite: number;
  /** The write happens after everybody gave up on it. */
  readonly lateWrite: number;
  /** That a wait is one at which the process is killed. */
  readonly crash: number;
  readonly redelivery: number;
  readonly offline: number;
  readonly pause: number;
  /** Usual rest between two wishes of a process. */
  readonly restMilliseconds: number;
  readonly skewMillisecondsMax: number;
  readonly clones: number;
  readonly processesPerClone: number;
  readonly servers: number;
  readonly wishesPerProcess: number;
  readonly bigMessages: number;
  /** Time leaps by a month somewhere in the run: keys of commands are forgotten. */
  readonly leapsMonth: boolean;
}

/** A fault that this seed has at all with even odds, and then so often. */
function sometimes(chance: Chance, most: number): number {
  return chance.happens(0.5) ? chance.next() * most : 0;
}

const rests: readonly [number, ...number[]] = [20, 500, 5_000, 60_000];
const skews: readonly [number, ...number[]] = [0, 0, 2_000, 60_000, 1_200_000];

export function drawFaults(chance: Chance): Faults {
  const clones = chance.between(1, 3);
  return {
    unreachable: sometimes(chance, 0.3),
    lostAnswer: sometimes(chance, 0.4),
    lostWrite: sometimes(chance, 0.3),
    lateWrite: sometimes(chance, 0.3),
    crash: sometimes(chance, 0.02),
    redelivery: sometimes(chance, 0.5),
    offline: sometimes(chance, 0.5),
    pause: sometimes(chance, 0.2),
    restMilliseconds: chance.pick(rests),
    skewMillisecondsMax: chance.pick(skews),
    clones,
    processesPerClone: chance.between(1, 2),
    servers: clones === 1 ? chance.between(1, 2) : chance.between(0, 1),
    wishesPerProcess: chance.between(4, 7),
    bigMessages: sometimes(chance, 0.3),
    leapsMonth: chance.happens(0.05),
  };
}

/** The world heals at the end of a run: then everything that can still come together must. */
export function withoutFaults(faults: Faults): Faults {
  const never = { unreachable: 0, lostAnswer: 0, lostWrite: 0, lateWrite: 0, crash: 0, offline: 0 };
  return { ...faults, ...never, redelivery: 0, pause: 0 };
}

/** Draws what becomes of one write. */
export function fateOf(faults: Faults, chance: Chance): Fate {
  if (chance.happens(faults.lostAnswer)) return 'done-unanswered';
  if (chance.happens(faults.lostWrite)) return 'never-done';
  return chance.happens(faults.lateWrite) ? 'done-later' : 'answered';
}
