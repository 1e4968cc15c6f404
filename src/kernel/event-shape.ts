// What the data of an event must look like: who reads the log takes it for granted, and whoever can push can write it.

/** What a value must be, in words that end the sentence "it is not ...". */
export interface Rule {
  readonly words: string;
  readonly holds: (value: unknown) => boolean;
}

/** Fields that must be there; others are carried as they are. */
export type Shape = Readonly<Record<string, Rule>>;

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export const text: Rule = { words: 'a text', holds: (value) => typeof value === 'string' };
export const flag: Rule = { words: 'true or false', holds: (value) => typeof value === 'boolean' };
export const wholeNumber: Rule = {
  words: 'a whole number',
  holds: (value) => Number.isSafeInteger(value),
};
/** ISO 8601 UTC with milliseconds. */
export const time: Rule = {
  words: 'a time',
  holds: (value) =>
    typeof value === 'string' && isoTime.test(value) && !Number.isNaN(Date.parse(value)),
};
export const fields: Rule = {
  words: 'an object',
  holds: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

export function orNull({ words, holds }: Rule): Rule {
  return { words: `${words} or null`, holds: (value) => value === null || holds(value) };
}

export function listOf({ words, holds }: Rule): Rule {
  const all = (value: unknown): boolean => Array.isArray(value) && value.every(holds);
  return { words: `a list, each ${words}`, holds: all };
}

export function oneOf(...words: readonly string[]): Rule {
  const has = (value: unknown): boolean => typeof value === 'string' && words.includes(value);
  return { words: `one of ${words.join(', ')}`, holds: has };
}

export function having(shape: Shape): Rule {
  const holds = (value: unknown): boolean =>
    fields.holds(value) && shapeProblem(value as object, shape) === null;
  return { words: `an object with ${Object.keys(shape).join(', ')}`, holds };
}

/** What is wrong with data that should have this shape, as half a sentence; null when nothing is. */
export function shapeProblem(data: object, shape: Shape): string | null {
  for (const [field, { words, holds }] of Object.entries(shape)) {
    // Not a bare index: what an object inherits is not what was written.
    const value: unknown = Object.hasOwn(data, field)
      ? (data as Readonly<Record<string, unknown>>)[field]
      : undefined;
    if (!holds(value)) return `\`${field}\` is not ${words}`;
  }
  return null;
}
