// Answers to commands that were sent over HTTP: who waits gets them, and who asks again is told the same.
import { createHash } from 'node:crypto';
import type { Clock } from '../../engine/clock.ts';

interface Kept<Answers> {
  readonly answers: Promise<Answers>;
  /** When they were there; null while they are not. */
  doneMs: number | null;
}

const keptMs = 300_000;

/** A name for a request by everything that makes it: the same again from the same sender is the same request. */
export function requestKey(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

/** Requests that are being answered, and for five minutes those that were. */
export class SentAnswers<Answers> {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept<Answers>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many are not answered yet. */
  get waiting(): number {
    return [...this.#kept.values()].filter(({ doneMs }) => doneMs === null).length;
  }

  /** The answers to a request that was made before, or undefined. */
  find(key: string): Promise<Answers> | undefined {
    this.#forgetOld();
    return this.#kept.get(key)?.answers;
  }

  /** Keeps the answers to a new request; a failure is kept until it is there, and then forgotten: asking again tries again. */
  keep(key: string, answers: Promise<Answers>): Promise<Answers> {
    const kept: Kept<Answers> = { answers, doneMs: null };
    this.#kept.set(key, kept);
    answers.then(
      () => (kept.doneMs = this.#nowMs()),
      () => this.#kept.delete(key),
    );
    return answers;
  }

  #nowMs(): number {
    return Date.parse(this.#clock.now());
  }

  #forgetOld(): void {
    const before = this.#nowMs() - keptMs;
    for (const [key, { doneMs }] of this.#kept) {
      if (doneMs !== null && doneMs < before) this.#kept.delete(key);
    }
  }
}
