// What the race of the stores comes to: rates by contestant, batch size and round.

export const sizes = [1, 10, 100, 1000] as const;
export type Size = (typeof sizes)[number];

/** The contestants that limits speak of. */
export const names = {
  unsigned: 'whole path, unsigned',
  signed: 'whole path, signed',
  raw: 'raw durable append',
  store: 'store alone',
} as const;

/** Messages a second by contestant, then by place in `sizes`, a sample a round; and who is not installed. */
export interface Race {
  readonly rates: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly missing: readonly string[];
}

/** The samples of a contestant at one batch size; none where it did not run. */
export function samplesOf({ rates }: Race, name: string, size: Size): readonly number[] {
  return rates[name]?.[sizes.indexOf(size)] ?? [];
}
