// A clock that stands still until it is moved: sleepers wake in order, and a minute takes no longer than the work in it.
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../src/engine/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Turns of the event loop without work after which everybody is taken to be asleep. */
const quietTurns = 5;

export class SimulatedClock implements Clock {
  nowMs = Date.parse('2026-11-20T12:00:00.000Z');
  #sleepers: Sleeper[] = [];
  #drawn = 0;

  now(): string {
    return new Date(this.nowMs).toISOString();
  }

  randomBytes(count: number): Uint8Array {
    this.#drawn += 1;
    return createHash('sha256').update(`${this.#drawn}`).digest().subarray(0, count);
  }

  sha256(bytes: Uint8Array): Uint8Array {
    return createHash('sha256').update(bytes).digest();
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((wake) => {
      const sleeper = { at: this.nowMs + milliseconds, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
        wake();
      });
    });
  }

  /** Moves on whenever nobody works, until `isDone`. `isBusy` tells of work that the event loop does not show. */
  async run(isDone: () => boolean, isBusy: () => boolean = () => false): Promise<void> {
    for (let quiet = 0; !isDone();) {
      await turn();
      quiet = isBusy() ? 0 : quiet + 1;
      if (quiet < quietTurns) continue;
      quiet = 0;
      if (!this.#wakeNext()) throw new Error('Nobody works, nobody sleeps, and it is not done.');
    }
  }

  #wakeNext(): boolean {
    const next = this.#sleepers.reduce<Sleeper | null>(
      (first, each) => (first === null || each.at < first.at ? each : first),
      null,
    );
    if (next === null) return false;
    this.#sleepers = this.#sleepers.filter((each) => each !== next);
    this.nowMs = Math.max(this.nowMs, next.at);
    next.wake();
    return true;
  }
}
