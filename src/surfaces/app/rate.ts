// How often somebody may ask: a bucket of tries that fills up again, one for each name.
import type { Clock } from '../../engine/clock.ts';

interface Bucket {
  left: number;
  atMs: number;
}

const minuteMs = 60_000;
const bucketsMax = 10_000;

export class Rate {
  readonly #clock: Clock;
  readonly #perMinute: number;
  readonly #buckets = new Map<string, Bucket>();

  /** Lets each name try so often a minute, all at once or one after another. */
  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** Whether a name has a try left; takes none. */
  has(name: string): boolean {
    return this.#filled(name).left >= 1;
  }

  /** Takes a try; false when there is none left. */
  take(name: string): boolean {
    const bucket = this.#filled(name);
    const isThere = bucket.left >= 1;
    if (isThere) bucket.left -= 1;
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > bucketsMax && oldest !== undefined) this.#buckets.delete(oldest);
    return isThere;
  }

  #filled(name: string): Bucket {
    const nowMs = Date.parse(this.#clock.now());
    const { left, atMs } = this.#buckets.get(name) ?? { left: this.#perMinute, atMs: nowMs };
    const since = Math.max(nowMs - atMs, 0);
    const refilled = left + (since * this.#perMinute) / minuteMs;
    return { left: Math.min(refilled, this.#perMinute), atMs: nowMs };
  }
}
