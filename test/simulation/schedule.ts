// Time that only moves when everybody waits: one event after the other, in an order that the seed decides.
import type { Chance } from './chance.ts';

/** One incarnation of a process. When it is over, nothing that it awaits ever comes. */
export class Life {
  isOver = false;
  readonly #isDoomed: () => boolean;
  readonly #died: () => void;

  /** `isDoomed` is asked at every wait whether the process is killed there; then `died` is called. */
  constructor(isDoomed: () => boolean = () => false, died: () => void = () => undefined) {
    this.#isDoomed = isDoomed;
    this.#died = died;
  }

  /** Whether it goes on after a wait. */
  survives(): boolean {
    if (this.isOver || !this.#isDoomed()) return !this.isOver;
    this.isOver = true;
    this.#died();
    return false;
  }
}

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly life: Life;
  readonly resume: () => void;
}

/** Lets everything run that can run without waiting. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export class Schedule {
  /** Simulated milliseconds since 1970. */
  nowMs: number;
  /** How many events have happened; also the stamp of what happens now. */
  steps = 0;
  /** Differs as soon as one event differs. */
  trace = 0;
  readonly #chance: Chance;
  #waiting: Waiting[] = [];

  constructor(chance: Chance, startMs: number) {
    this.#chance = chance;
    this.nowMs = startMs;
  }

  /** A stamp later than all before. */
  stamp(): number {
    this.steps += 1;
    return this.steps;
  }

  /** Resolves after so many milliseconds, unless the life is over by then. */
  wait(life: Life, milliseconds: number): Promise<void> {
    return new Promise((resume) => this.#add(life, milliseconds, resume));
  }

  /** A point at which others may come in between, and at which a process may be killed. */
  point(life: Life, millisecondsMax: number): Promise<void> {
    return this.wait(life, this.#chance.next() * millisecondsMax);
  }

  /** Does something later that belongs to no process, such as a packet that is still on its way. */
  later(milliseconds: number, work: () => void): void {
    this.#add(new Life(), milliseconds, work);
  }

  #add(life: Life, milliseconds: number, resume: () => void): void {
    const order = this.stamp();
    this.#waiting.push({ at: this.nowMs + milliseconds, order, life, resume });
  }

  #takeNext(): Waiting | undefined {
    let first = 0;
    this.#waiting.forEach((each, index) => {
      const best = this.#waiting[first];
      if (best === undefined || each.at < best.at) first = index;
    });
    return this.#waiting.splice(first, 1)[0];
  }

  /** Runs until nobody waits for anything, or throws after so many events. */
  async run(eventsMax: number): Promise<void> {
    await settled();
    for (let event = 0; this.#waiting.length > 0; event += 1) {
      if (event > eventsMax) throw new Error(`Nobody comes to an end within ${eventsMax} events.`);
      const next = this.#takeNext();
      if (next === undefined || next.life.isOver) continue;
      this.nowMs = Math.max(this.nowMs, next.at);
      if (!next.life.survives()) continue;
      this.trace = (Math.imul(this.trace, 31) + next.order + Math.floor(next.at)) | 0;
      next.resume();
      await settled();
    }
  }
}
