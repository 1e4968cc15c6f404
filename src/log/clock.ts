// A hybrid logical clock: happens-before survives skewed clocks. Kept for causality and display, never for order.

const HEX = 16;
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

/** The next reading after `last` (a reading seen or made before, or null) when the wall clock says `now`. */
export function nextHybridTime(last: string | null, now: string): string {
  const seen = last === null ? undefined : parseHybridTime(last);
  if (seen === undefined || seen.time < now) return formatHybridTime({ time: now, counter: 0 });
  if (seen.counter < COUNTER_MAX) {
    return formatHybridTime({ time: seen.time, counter: seen.counter + 1 });
  }
  const later = new Date(Date.parse(seen.time) + 1).toISOString();
  return formatHybridTime({ time: later, counter: 0 });
}
