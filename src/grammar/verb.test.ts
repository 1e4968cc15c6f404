// What the grammar reads off a schema: flags, types, defaults, choices, and the usage line made of them.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fieldsOf, placeholderOf, usageOf, wordsOf } from './verb.ts';
import type { Field, Verb } from './verb.ts';

function verb(parts: Partial<Verb> = {}): Verb {
  const base = {
    name: 'thing.do',
    summary: 'Do.',
    input: z.object({}),
    positional: [],
    examples: [],
  };
  return { ...base, ...parts };
}

function field(schema: z.ZodType, name = 'value'): Field {
  const [found] = fieldsOf(verb({ input: z.object({ [name]: schema }) }));
  if (found === undefined) throw new Error('no field');
  return found;
}

describe('a field', () => {
  it('is said by a flag in kebab case', () => {
    expect(field(z.string(), 'ackRequired').flag).toBe('--ack-required');
    expect(placeholderOf(field(z.string(), 'ackRequired'))).toBe('ACK-REQUIRED');
    expect(field(z.number().meta({ short: 'n' })).short).toBe('n');
    expect(field(z.string()).short).toBeNull();
  });

  it.each<[string, z.ZodType, Partial<Field>]>([
    [
      'text',
      z.string().describe('A word'),
      { type: 'text', isRequired: true, description: 'A word' },
    ],
    ['text that may be missing', z.string().optional(), { type: 'text', isRequired: false }],
    [
      'a switch',
      z.boolean().default(false),
      { type: 'switch', fallback: false, isRequired: false },
    ],
    ['a number', z.number().int().default(20), { type: 'number', fallback: 20 }],
    ['an integer', z.int(), { type: 'number', isRequired: true }],
    ['a list', z.array(z.string()).min(1), { type: 'text', isList: true, isRequired: true }],
    [
      'a list that may be missing',
      z.array(z.number()).default([]),
      { type: 'number', isList: true },
    ],
    ['read into something else', z.string().transform(Number), { type: 'text', isList: false }],
    [
      'read into something else, with a default as it is said',
      z.string().transform(Number).prefault('7'),
      { type: 'text', fallback: '7', isRequired: false },
    ],
    ['choices', z.enum(['a', 'b']), { type: 'text', choices: ['a', 'b'] }],
    [
      'choices read into something else',
      z.enum(['a', 'b']).transform(Number).default(1),
      { choices: ['a', 'b'], isRequired: false },
    ],
    ['a list of choices', z.array(z.enum(['a'])).optional(), { isList: true, choices: ['a'] }],
    ['checked text', z.string().refine(Boolean), { type: 'text', choices: null }],
  ])('that is %s', (_name, schema, parts) => {
    expect(field(schema)).toMatchObject(parts);
  });
});

describe('usage', () => {
  it('has the words, the positional fields and the flags', () => {
    const input = z.object({
      scope: z.array(z.string()).min(1),
      why: z.string().optional(),
      force: z.boolean().default(false),
      level: z.enum(['low', 'high']),
      expectReply: z.string().optional(),
      tag: z.array(z.string()).default([]),
    });
    const said = verb({ alias: 'do', input, positional: ['scope', 'why'] });
    expect(usageOf(said)).toBe(
      'do SCOPE... [WHY] [--force] --level low|high [--expect-reply EXPECT-REPLY] [--tag TAG]...',
    );
  });

  it('calls a verb by its alias, else by noun and verb', () => {
    expect(wordsOf(verb({ alias: 'do' }))).toBe('do');
    expect(wordsOf(verb())).toBe('thing do');
    expect(usageOf(verb({ name: 'sync' }))).toBe('sync');
  });
});
