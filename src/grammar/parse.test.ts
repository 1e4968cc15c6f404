// Words to a verb and its input, and what is said to whom it is not clear.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { UsageError } from '../kernel/fault.ts';
import { chooseVerb, parse } from './parse.ts';
import { splitWords } from './words.ts';
import type { Verb } from './verb.ts';

const lock: Verb = {
  name: 'lock.acquire',
  alias: 'lock',
  summary: 'Lock.',
  input: z.object({
    scope: z.array(z.string().min(2)).min(1).describe('What to lock'),
    ttl: z.string().optional().describe('How long'),
    shared: z.boolean().default(false).describe('With others'),
    ackRequired: z.boolean().default(false).describe('Ask for a word'),
    size: z.number().int().max(9).optional().describe('How large').meta({ short: 'n' }),
    priority: z
      .enum(['high', 'low', 'info'])
      .transform((word) => (word === 'info' ? 'low' : word))
      .optional()
      .describe('How urgent'),
    kind: z.enum(['Exact', 'loose']).optional().describe('Which kind'),
    tag: z
      .array(z.enum(['one', 'two']))
      .default([])
      .describe('Tags'),
  }),
  positional: ['scope'],
  examples: [{ text: 'lock a', means: { scope: ['a'] } }],
};

const send: Verb = {
  name: 'message.send',
  alias: 'send',
  summary: 'Send.',
  input: z.object({
    to: z.string().describe('To whom'),
    subject: z.string().max(5).describe('About what'),
    body: z.string().default('').describe('The text'),
  }),
  positional: ['to', 'subject', 'body'],
  examples: [{ text: 'send a b', means: { to: 'a', subject: 'b' } }],
};

function bare(name: string): Verb {
  return { name, summary: 'x', input: z.object({}), positional: [], examples: [] };
}

const verbs = [lock, send, bare('lock.list'), bare('task.add'), bare('task.list'), bare('sync')];

function read(line: string): unknown {
  const { verb, input } = parse(verbs, splitWords(line));
  return { [verb.name]: input };
}

function inputOf(line: string): unknown {
  return Object.values(read(line) as object)[0];
}

function problem(line: string): UsageError {
  try {
    parse(verbs, splitWords(line));
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`${line} was understood`);
}

describe('a verb', () => {
  it.each([
    ['lock src', 'lock.acquire'],
    ['LOCK src', 'lock.acquire'],
    ['lock acquire src', 'lock.acquire'],
    ['Lock Acquire src', 'lock.acquire'],
    ['lock list', 'lock.list'],
    ['task list', 'task.list'],
    ['sync', 'sync'],
  ])('is called by %j', (line, name) => {
    expect(Object.keys(read(line) as object)).toEqual([name]);
  });

  it.each([
    ['lock lisst', 'lock list'],
    ['lock LITS --ttl 1h', 'lock list'],
    ['lock aquire src', 'lock acquire'],
    ['lock dist', 'lock list'],
  ])('that is a noun too does not take a slip of the pen for its input: %j', (line, guess) => {
    const error = problem(line);
    expect(error).toMatchObject({ code: 'operation-unknown', data: { guess } });
    expect(error.message).toContain(`Did you mean \`${guess}\`? If not, say \`lock -- `);
  });

  it('that is a noun too takes what is far from its words, and anything behind --', () => {
    for (const scope of [
      'src',
      'lib',
      'test',
      'docs',
      'src/lisst',
      'lisst/**',
      './lisst',
      '@list',
      'list.ts',
    ]) {
      expect(inputOf(`lock ${scope}`)).toEqual({ scope: [scope] });
    }
    expect(inputOf('lock -- lisst')).toEqual({ scope: ['lisst'] });
    expect(inputOf('lock -- list')).toEqual({ scope: ['list'] });
    expect(inputOf('send lisst hello')).toEqual({ to: 'lisst', subject: 'hello' });
  });

  it('leaves the words behind it', () => {
    const [verb, rest] = chooseVerb(verbs, ['message', 'send', 'a', '--to']);
    expect([verb.name, rest]).toEqual(['message.send', ['a', '--to']]);
  });

  it.each([
    ['lokc src', 'There is no `lokc`. Did you mean `lock`? `help` lists what there is.', 'lock'],
    ['sned a b', 'There is no `sned`. Did you mean `send`? `help` lists what there is.', 'send'],
    [
      'tsk add',
      'There is no `tsk`. Did you mean `task add`? `help` lists what there is.',
      'task add',
    ],
    ['hlep', 'There is no `hlep`. Did you mean `help`?', 'help'],
    ['hepl', 'There is no `hepl`. Did you mean `help`?', 'help'],
    ['HELO lock list', 'Did you mean `help`?', 'help'],
    ['task lst', '`lst`: add, list. Did you mean `task list`?', 'task list'],
    ['Task lst', 'task cannot `lst`: add, list. Did you mean `task list`?', 'task list'],
  ])('that is misspelt is guessed: %j', (line, message, guess) => {
    const error = problem(line);
    expect(error).toMatchObject({ code: 'operation-unknown', data: { guess } });
    expect(error.message).toContain(message);
  });

  it('that is not known at all is not guessed', () => {
    expect(problem('xyzzy')).toMatchObject({ code: 'operation-unknown', data: {} });
    expect(problem('xyzzy').message).toBe('There is no `xyzzy`. `help` lists what there is.');
    expect(problem('help').message).toBe('There is no `help`. `help` lists what there is.');
    expect(problem('task').message).toBe('Say what to do with task: add, list.');
    expect(problem('').message).toBe('Say what to do; `help` lists what there is.');
  });

  it('is echoed in one short line, whatever it is', () => {
    const { message } = problem(`"x\u001b[31m\u202e${'y'.repeat(5000)}"`);
    expect(message.length).toBeLessThan(140);
    expect(message).not.toMatch(/\p{Cc}|\u202e/u);
    expect(problem(`task "${'y'.repeat(5000)}"`).message.length).toBeLessThan(140);
    expect(problem(`lock a --${'y'.repeat(5000)}`).message.length).toBeLessThan(500);
    expect(problem(`lock a --priority ${'y'.repeat(5000)}`).message.length).toBeLessThan(200);
    expect(problem(`send a b c ${'y'.repeat(5000)}`).message.length).toBeLessThan(300);
  });
});

describe('input', () => {
  it.each<[string, object]>([
    ['lock a1', { scope: ['a1'] }],
    ['lock a1 b2 --ttl 2h c3', { scope: ['a1', 'b2', 'c3'], ttl: '2h' }],
    ['lock --ttl=2h a1', { scope: ['a1'], ttl: '2h' }],
    ['lock --ttl= a1', { scope: ['a1'], ttl: '' }],
    ['lock --scope a1 --scope b2', { scope: ['a1', 'b2'] }],
    ['lock a1 --shared', { scope: ['a1'], shared: true }],
    ['lock a1 --shared=FALSE --ack-required', { scope: ['a1'], shared: false, ackRequired: true }],
    ['lock a1 -n 3', { scope: ['a1'], size: 3 }],
    ['lock a1 --size=-3', { scope: ['a1'], size: -3 }],
    ['lock a1 --size -3', { scope: ['a1'], size: -3 }],
    ['lock -- --ttl -x', { scope: ['--ttl', '-x'] }],
    ['send bob hi -', { to: 'bob', subject: 'hi', body: '-' }],
    ['send bob hi "-5 degrees"', { to: 'bob', subject: 'hi', body: '-5 degrees' }],
    ['send --to bob hi there', { to: 'bob', subject: 'hi', body: 'there' }],
    ['send bob hi --body=--to', { to: 'bob', subject: 'hi', body: '--to' }],
  ])('of %j', (line, input) => {
    expect(inputOf(line)).toEqual(input);
  });

  it('takes choices in any case where they are all in lower case', () => {
    expect(inputOf('lock a1 --priority INFO')).toEqual({ scope: ['a1'], priority: 'info' });
    expect(inputOf('lock a1 --tag ONE --tag Two')).toEqual({ scope: ['a1'], tag: ['one', 'two'] });
    expect(inputOf('lock a1 --kind Exact')).toEqual({ scope: ['a1'], kind: 'Exact' });
    expect(problem('lock a1 --kind exact')).toMatchObject({ code: 'bad-input' });
    expect(problem('lock a1 --priority hihg')).toMatchObject({
      code: 'bad-input',
      message: '--priority takes one of high, low, info, not `hihg`. Did you mean high?',
      data: { fields: ['priority'], choices: ['high', 'low', 'info'] },
    });
  });

  it('of tens of thousands of words is read at once', () => {
    const words = ['lock', ...Array<string>(100_000).fill('a1')];
    const begun = performance.now();
    expect(parse(verbs, words).input['scope']).toHaveLength(100_000);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

describe('input that cannot be understood', () => {
  const usage = /Usage: coord lock SCOPE\.\.\. \[--ttl TTL\]/;

  it.each<[string, string, RegExp]>([
    ['lock', 'bad-input', /^SCOPE is missing \(What to lock\)\./],
    [
      'send bob',
      'bad-input',
      /^SUBJECT is missing \(About what\)\. Usage: coord send TO SUBJECT \[BODY\]/,
    ],
    ['send', 'bad-input', /^TO is missing \(To whom\)\. SUBJECT is missing/],
    ['send bob too-long', 'bad-input', /^SUBJECT holds at most 5 characters, not 8\. Usage/],
    ['lock ""', 'bad-input', /^SCOPE must not be empty\. Usage/],
    ['lock a', 'bad-input', /^SCOPE needs at least 2 characters, not 1\. Usage/],
    ['lock a1 --ttl', 'flag-empty', /^--ttl needs a value\./],
    ['lock a1 --ttl --shared', 'flag-empty', /^--ttl needs a value\./],
    ['lock a1 --ttl --size=3', 'flag-empty', /^--ttl needs a value\./],
    ['lock a1 --ttl -- b2', 'flag-empty', /^--ttl needs a value\./],
    ['lock a1 --ttl 1h --ttl 2h', 'flag-repeated', /^--ttl is given twice\./],
    ['lock a1 --shared=maybe', 'bad-input', /^--shared is a switch/],
    ['lock a1 --size x', 'bad-input', /^--size takes a number, not `x`\./],
    ['lock a1 --size ""', 'bad-input', /^--size takes a number/],
    ['lock a1 --size 99', 'bad-input', /^--size is at most 9, not `99`\. Usage/],
    ['lock a1 --size 1.5', 'bad-input', /^--size takes a whole number, not `1\.5`\./],
    ['lock a1 --tll 2h', 'flag-unknown', /^lock has no `--tll`\. Did you mean --ttl\?/],
    ['lock a1 --ackRequired', 'flag-unknown', /Did you mean --ack-required\?/],
    ['lock a1 -x', 'flag-unknown', /^lock has no `-x`\./],
    ['lock a1 --nothing-like-it', 'flag-unknown', /^lock has no `--nothing-like-it`\. Text/],
    ['send bob hi there you', 'too-many-words', /^`you` is one word too many; put quotes/],
    ['sync now', 'too-many-words', /^`now` is one word too many/],
  ])('%j is %s', (line, code, message) => {
    const error = problem(line);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    if (line.startsWith('lock') && !/number|switch/.test(error.message)) {
      expect(error.message).toMatch(usage);
    }
  });

  it('names every field that is wrong, but not endlessly', () => {
    const error = problem(`lock ${'a '.repeat(50)}--size 99`);
    expect(error.data['fields']).toContain('size');
    expect(error.message.length).toBeLessThan(900);
  });
});

describe('any words', () => {
  it('are understood or a usage error', () => {
    const word = fc.oneof(
      fc.constantFrom('lock', 'send', 'task', 'add', '--ttl', '--size', '-n', '--', '-', '=', ''),
      fc.constantFrom('--shared', '--tag=one', '__proto__', '--__proto__=1', 'constructor', '1'),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        try {
          const { verb, input } = parse(verbs, words);
          expect(verb.input.safeParse(input).success).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
