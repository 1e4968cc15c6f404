// The mutex of a clone: one living process at a time; the operating system frees what a killed one held.
import type { Life } from './schedule.ts';

interface Waiting {
  readonly life: Life;
  readonly enter: () => void;
}

export class Mutex {
  #holder: Life | null = null;
  #waiting: Waiting[] = [];

  take(life: Life): Promise<void> {
    return new Promise((enter) => {
      this.#waiting.push({ life, enter });
      this.#next();
    });
  }

  /** Frees it where this life holds it; call it also for a life that is over. */
  free(life: Life): void {
    if (this.#holder !== life) return;
    this.#holder = null;
    this.#next();
  }

  #next(): void {
    while (this.#holder === null) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (next.life.isOver) continue;
      this.#holder = next.life;
      next.enter();
    }
  }
}
