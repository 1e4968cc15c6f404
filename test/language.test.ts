// The language as it is spoken: every operation and every tool of the shell, on a command line and in a comment.
import { describe, expect, it } from 'vitest';
import { present } from '../src/kernel/assert.ts';
import { UsageError } from '../src/kernel/fault.ts';
import { findCommands } from '../src/grammar/comment.ts';
import { helpIndex, helpOf } from '../src/grammar/help.ts';
import type { Documented } from '../src/grammar/help.ts';
import { chooseVerb, parse, readInput } from '../src/grammar/parse.ts';
import { fenced, inertInline } from '../src/grammar/render.ts';
import { fieldsOf, placeholderOf, wordsOf } from '../src/grammar/verb.ts';
import type { Field, Verb } from '../src/grammar/verb.ts';
import { splitWords } from '../src/grammar/words.ts';
import { operations } from '../src/registry.ts';
import { tools } from '../src/surfaces/cli/tools.ts';
import type { Tool } from '../src/surfaces/cli/tool.ts';

const spoken = operations.filter((one) => one.kind === 'query' || one.appOnly !== true);
const said: readonly Documented[] = [...spoken, ...tools];
const ordinary = said.filter((verb) => (verb as Partial<Tool>).takesRest !== true);

/** As the shell reads it: the words of a tool that takes the rest are its input. */
function understood(line: string): { readonly name: string; readonly input: object } {
  const [verb, rest] = chooseVerb(said, splitWords(line));
  const takesRest = (verb as Partial<Tool>).takesRest === true;
  return { name: verb.name, input: takesRest ? { words: rest } : readInput(verb, rest) };
}

function problem(words: readonly string[]): UsageError {
  try {
    parse(said, words);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`${words.join(' ')} was understood`);
}

const examples = said.flatMap((verb) =>
  verb.examples.map(({ text, means }) => [text, verb, means] as const),
);

describe('every example', () => {
  it.each(examples)('%j means what it says', (text, verb, means) => {
    expect(understood(text)).toEqual({ name: verb.name, input: means });
  });

  it.each(examples)('%j means the same by noun and verb', (text, verb, means) => {
    const rest = text.slice(wordsOf(verb).length);
    expect(text.startsWith(wordsOf(verb))).toBe(true);
    const { name, input } = understood(`${verb.name.replace('.', ' ')}${rest}`);
    expect({ name, input }).toEqual({ name: verb.name, input: means });
  });

  it.each(examples)('%j means the same in a comment', (text, verb, means) => {
    const comment = `Please:\r\n  /coord ${text.replaceAll(' ', '\u00a0')}\r\n\r\nThank you.`;
    const [line, ...others] = findCommands(comment);
    expect(others).toEqual([]);
    const command = present(line, 'the line is a command').text;
    expect(understood(command)).toEqual({ name: verb.name, input: means });
  });

  it.each(examples)('%j has its globs in quotes, for a shell expands bare ones', (text) => {
    expect(text.replace(/'[^']*'|"[^"]*"/g, '')).not.toMatch(/[*?{}[\]~$]/);
  });

  it.each(examples)('%j is no command in code, in a quote, or made inert', (text) => {
    const line = `/coord ${text}`;
    for (const page of [fenced(line), `    ${line}`, `> ${line}`, inertInline(line)]) {
      expect(findCommands(page)).toEqual([]);
    }
  });
});

describe('help', () => {
  it.each(said.map((verb) => [verb.name, verb] as const))('of %s says it all', (_name, verb) => {
    for (const program of ['coord', '/coord']) {
      const help = helpOf(verb, program);
      expect(help).toContain(verb.summary);
      for (const { text } of verb.examples) expect(help).toContain(`${program} ${text}`);
      for (const tier of verb.allow ?? []) expect(help).toContain(tier);
      for (const code of verb.refusals ?? []) expect(help).toContain(code);
      for (const field of fieldsOf(verb)) expect(help).toContain(field.description);
    }
  });

  it('names every verb once, and is asked for by the words that call it', () => {
    const index = helpIndex(said, 'coord').split('\n').slice(3);
    expect(index).toHaveLength(said.length);
    for (const verb of said) expect(chooseVerb(said, wordsOf(verb).split(' '))[0]).toBe(verb);
  });

  it('holds no command, fenced or not', () => {
    const texts = [helpIndex(said, '/coord'), ...said.map((verb) => helpOf(verb, '/coord'))];
    for (const text of texts) {
      expect(findCommands(fenced(text))).toEqual([]);
      expect(findCommands(text)).toEqual([]);
    }
  });
});

function nameOf(verb: Verb, field: Field): string {
  return verb.positional.includes(field.name) ? placeholderOf(field) : field.flag;
}

describe('a slip', () => {
  const flags = ordinary.flatMap((verb) =>
    fieldsOf(verb).map((field) => [`${wordsOf(verb)} ${field.flag}`, verb, field] as const),
  );

  it.each(flags)('in %s is met with the flag', (_name, verb, { flag }) => {
    const misspelt = `${flag.slice(0, -1)}${flag.endsWith('x') ? 'y' : 'x'}`;
    const error = problem([...wordsOf(verb).split(' '), misspelt]);
    expect(error).toMatchObject({ code: 'flag-unknown', data: { flag: misspelt } });
    expect(error.message).toContain(`Did you mean ${flag}?`);
  });

  it.each(ordinary.map(wordsOf))('of the pen in %s is met with the word', (words) => {
    // The last letter but one is doubled: close enough to be recognised, and no word of the language.
    const misspelt = `${words.slice(0, -1)}${words.at(-2) ?? 'e'}${words.slice(-1)}`;
    const error = problem(misspelt.split(' '));
    expect(error.code).toBe('operation-unknown');
    expect(error.message).toContain(`Did you mean \`${words}\`?`);
  });

  it.each(ordinary.map((verb) => [wordsOf(verb), verb] as const))(
    'that leaves out what %s needs is told what is missing',
    (words, verb) => {
      const missing = fieldsOf(verb).filter((field) => field.isRequired);
      if (missing.length === 0) {
        expect(understood(words)).toMatchObject({ name: verb.name });
        return;
      }
      const { code, message } = problem(words.split(' '));
      expect(code).toBe('bad-input');
      for (const field of missing) expect(message).toContain(`${nameOf(verb, field)} is missing`);
      expect(message).toContain('Usage: coord ');
    },
  );

  it.each(ordinary.map((verb) => [wordsOf(verb), verb] as const))(
    'that says too much to %s is told the word too many',
    (words, verb) => {
      const fields = fieldsOf(verb).filter(({ name }) => verb.positional.includes(name));
      if (fields.some(({ isList }) => isList)) return;
      // The names of choices are said as they are, so that the extra word is the only thing wrong.
      const enough = fields.map(({ choices }) => choices?.[0] ?? 'word');
      const { code, message } = problem([...words.split(' '), ...enough, 'extra']);
      expect(code).toBe('too-many-words');
      expect(message).toContain('`extra` is one word too many; put quotes around');
    },
  );
});

describe('what one says', () => {
  it('may stand in quotes of any kind, and in any case where the words are fixed', () => {
    const means = { to: 'all', subject: 'Freeze at noon', priority: 'info' };
    for (const line of [
      'send all "Freeze at noon" --priority INFO',
      "SEND all 'Freeze at noon' --priority=Info",
      'Message Send all “Freeze at noon” --priority info',
    ]) {
      expect(understood(line)).toEqual({ name: 'message.send', input: means });
    }
  });
});
