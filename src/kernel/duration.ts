// Durations as people write them: 30s, 15m, 2h, 7d.

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Reads `30s`, `15m`, `2h`, `7d` into whole seconds; anything else, zero included, is undefined. */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9][0-9]{0,8})([smhd])$/.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * (SECONDS_PER_UNIT[match[2] ?? ''] ?? Number.NaN);
}

/** Writes seconds in the largest unit that divides them: 3600 is `1h`, 90 is `90s`. */
export function formatDuration(seconds: number): string {
  for (const unit of ['d', 'h', 'm']) {
    const size = SECONDS_PER_UNIT[unit] ?? 1;
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}

/** `at` moved by `seconds`; both ISO 8601 UTC with milliseconds. */
export function addSeconds(at: string, seconds: number): string {
  return new Date(Date.parse(at) + seconds * 1000).toISOString();
}
