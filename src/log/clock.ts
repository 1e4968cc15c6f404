// A hybrid logical clock: happens-before survives skewed clocks. Kept for causality and display, never for order.
import { limits } from '../kernel/limits.ts';

const HEX = 16;
const MS = 1000;
const COUNTER_MAX = 0xffff;
const pattern = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)\/([0-9a-f]{4})$/;

export interface HybridTime {
  /** ISO 8601 UTC with milliseconds. */
  readonly time: string;
  readonly counter: number;
}

/** Reads `2026-11-20T11:02:03.123Z/0001`; undefined for anything else. */
export function parseHybridTime(text: string): HybridTime | undefined {
  const match = pattern.exec(text);
  const [, time, counter] = match ?? [];
  if (time === undefined || counter === undefined) return undefined;
  if (Number.isNaN(Date.parse(time))) return undefined;
  return { time, counter: Number.parseInt(counter, HEX) };
}

export function formatHybridTime({ time, counter }: HybridTime): string {
  return `${time}/${counter.toString(HEX).padStart(4, '0')}`;
}

/** Whether a reading is further ahead of the wall clock than a reading may be. */
function isAhead({ time }: HybridTime, now: string): boolean {
  return Date.parse(time) - Date.parse(now) > limits.clockAheadSecondsMax * MS;
}

/**
 * The next reading after `last` (a reading seen or made before, or null) when the wall clock says `now`. A reading too
 * far ahead is not followed: one record of a wrong or hostile clock would take everybody's clock along.
 */
export function nextHybridTime(last: string | null, now: string): string {
  const read = last === null ? undefined : parseHybridTime(last);
  const seen = read === undefined || isAhead(read, now) ? undefined : read;
  if (seen === undefined || seen.time < now) return formatHybridTime({ time: now, counter: 0 });
  if (seen.counter < COUNTER_MAX) {
    return formatHybridTime({ time: seen.time, counter: seen.counter + 1 });
  }
  const later = new Date(Date.parse(seen.time) + 1).toISOString();
  return formatHybridTime({ time: later, counter: 0 });
}
