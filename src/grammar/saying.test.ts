// What is said of an input means that input again.
import { describe, expect, it } from 'vitest';
import { operations } from '../registry.ts';
import { parse } from './parse.ts';
import { sayingOf } from './saying.ts';
import { splitWords } from './words.ts';

const spoken = operations.filter((one) => one.kind === 'query' || one.appOnly !== true);
const examples = spoken.flatMap((verb) =>
  verb.examples.map(({ text, means }) => [text, verb, means] as const),
);

describe('the saying of an input', () => {
  it.each(examples)('of %j means the same', (_text, verb, means) => {
    const { verb: called, input } = parse(spoken, splitWords(sayingOf(verb, means)));
    expect([called.name, input]).toEqual([verb.name, means]);
  });

  it('quotes what a shell would expand, and leaves out a switch that is off', () => {
    const [lock] = spoken.filter(({ name }) => name === 'lock.acquire');
    const input = { scope: ['src/**', '@build'], shared: false, reason: 'two words' };
    expect(lock === undefined ? '' : sayingOf(lock, input)).toBe(
      "lock 'src/**' @build --reason 'two words'",
    );
  });
});
