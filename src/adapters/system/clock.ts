// The machine's clock and randomness behind the engine's port; `COORD_NOW` fixes the time for tests and replays.
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { UsageError } from '../../kernel/fault.ts';
import type { Clock } from '../../engine/clock.ts';

/** `fixedNow` is an ISO 8601 time, or undefined for the real clock. UsageError when it is no time. */
export function systemClock(fixedNow?: string): Clock {
  if (fixedNow !== undefined && Number.isNaN(Date.parse(fixedNow))) {
    throw new UsageError(
      'bad-time',
      `COORD_NOW is \`${fixedNow}\`; give an ISO time such as 2026-11-20T12:00:00Z.`,
    );
  }
  return {
    now: () => (fixedNow === undefined ? new Date() : new Date(fixedNow)).toISOString(),
    randomBytes: (count) => randomBytes(count),
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    sleep: (milliseconds, signal) =>
      delay(milliseconds, undefined, { signal }).catch((error: unknown) => {
        if (signal?.aborted !== true) throw error;
      }),
  };
}
