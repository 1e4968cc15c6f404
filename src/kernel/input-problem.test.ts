// What a schema does not accept is told in our words, with bound and value.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { operations } from '../registry.ts';
import { problemSentence } from './input-problem.ts';

function problemsOf(schema: z.ZodType, value: unknown): string[] {
  const input = { it: value };
  const parsed = z.object({ it: schema }).safeParse(input);
  return (parsed.error?.issues ?? []).map((issue) => problemSentence('IT', issue, input));
}

describe('a problem', () => {
  it.each<[string, z.ZodType, unknown]>([
    ['IT must not be empty.', z.string().min(1), ''],
    ['IT must not be empty.', z.string().trim().min(1), '  '],
    ['IT needs at least 3 characters, not 1.', z.string().min(3), 'a'],
    ['IT holds at most 1 character, not 2.', z.string().max(1), 'ab'],
    ['IT needs at least one word.', z.array(z.string()).min(1), []],
    ['IT holds at most 2 words, not 3.', z.array(z.string()).max(2), ['a', 'b', 'c']],
    ['IT must not be empty.', z.array(z.string().min(1)), ['a', '']],
    ['IT is at least 1, not `-2`.', z.number().min(1), -2],
    ['IT is more than 0, not `0`.', z.number().positive(), 0],
    ['IT is at most 9, not `99`.', z.number().max(9), 99],
    ['IT is less than 9, not `9`.', z.number().lt(9), 9],
    ['IT takes a whole number, not `1.5`.', z.int(), 1.5],
    ['IT takes a text, not `3`.', z.string(), 3],
    ['IT is missing.', z.string(), undefined],
    ['IT takes one of a, b, not `c`.', z.enum(['a', 'b']), 'c'],
    ['IT takes an address that begins with https://, not `x`.', z.url(), 'x'],
    ['IT takes another form, not `x`.', z.string().regex(/y/), 'x'],
    ['IT cannot be `3`.', z.union([z.string(), z.boolean()]), 3],
    ['IT: Ours.', z.string().refine(() => false, { error: 'Ours.' }), 'x'],
    ['IT: Ours too.', z.string().min(9, { error: 'Ours too.' }), 'x'],
  ])('%s', (sentence, schema, value) => {
    expect(problemsOf(schema, value)).toEqual([sentence]);
  });

  it('echoes what was given in one short line', () => {
    const [sentence = ''] = problemsOf(z.enum(['a']), `x\n\u001b${'y'.repeat(500)}`);
    expect(sentence.length).toBeLessThan(100);
    expect(sentence).not.toMatch(/\p{Cc}/u);
  });
});

describe('no operation', () => {
  const hostile: readonly unknown[] = [
    '',
    ' ',
    'x'.repeat(70_000),
    -1,
    1e9,
    1.5,
    true,
    [],
    [''],
    null,
  ];

  it.each(operations.map((operation) => [operation.name, operation] as const))(
    '%s speaks in the words of the schema library',
    (_name, { input }) => {
      for (const field of Object.keys(input.shape)) {
        for (const value of [...hostile, Array<string>(60).fill('x')]) {
          const given = { [field]: value };
          for (const issue of input.safeParse(given).error?.issues ?? []) {
            const sentence = problemSentence('IT', issue, given);
            expect(sentence).toMatch(/\.$/);
            expect(sentence).not.toMatch(/expected|received|>=|<=|Invalid/);
          }
        }
      }
    },
  );
});
