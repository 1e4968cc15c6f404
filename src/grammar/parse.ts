// Words to a verb and its input; what cannot be understood is a UsageError with a suggestion.
import type { z } from 'zod';
import { UsageError } from '../kernel/fault.ts';
import type { Details } from '../kernel/fault.ts';
import { nearest } from '../kernel/nearest.ts';
import { fieldsOf, usageOf, wordsOf } from './verb.ts';
import type { Field, Verb } from './verb.ts';

/** What was said: the verb, and its input as raw JSON that the verb's schema accepts. */
export interface Said<V extends Verb = Verb> {
  readonly verb: V;
  readonly input: Details;
}

function isOf(verb: Verb, noun: string, action: string | undefined): boolean {
  return verb.name === `${noun}.${action?.toLowerCase() ?? ''}`;
}

function unknownVerb(verbs: readonly Verb[], words: readonly string[]): UsageError {
  const [first = '', second = ''] = words;
  const ofNoun = verbs.filter((verb) => verb.name.startsWith(`${first}.`));
  if (ofNoun.length > 0) {
    const known = ofNoun.map((verb) => verb.name.split('.')[1]).join(', ');
    const said = second === '' ? `Say what to do with ${first}` : `${first} cannot ${second}`;
    return new UsageError('operation-unknown', `${said}: ${known}.`, { known });
  }
  const names = verbs.flatMap((verb) => [wordsOf(verb), verb.name.replace('.', ' ')]);
  const guess = nearest(`${first} ${second}`.trim(), names) ?? nearest(first, names);
  const hint = guess === undefined ? '' : ` Did you mean \`${guess}\`?`;
  return new UsageError(
    'operation-unknown',
    `There is no \`${first}\`.${hint} \`help\` lists what there is.`,
    guess === undefined ? {} : { guess },
  );
}

function findVerb<V extends Verb>(verbs: readonly V[], words: readonly string[]): [V, string[]] {
  const noun = (words[0] ?? '').toLowerCase();
  const spelled = verbs.find((verb) => isOf(verb, noun, words[1]));
  if (spelled !== undefined) return [spelled, words.slice(2)];
  const short = verbs.find((verb) => verb.alias === noun || verb.name === noun);
  if (short !== undefined) return [short, words.slice(1)];
  throw unknownVerb(verbs, words);
}

interface Reading {
  readonly verb: Verb;
  readonly fields: readonly Field[];
  readonly input: Record<string, unknown>;
  readonly rest: string[];
}

function unknownFlag(reading: Reading, flag: string): UsageError {
  const known = reading.fields.map((field) => field.flag);
  const guess = nearest(flag, known);
  const hint = guess === undefined ? '' : ` Did you mean ${guess}?`;
  return new UsageError(
    'flag-unknown',
    `${wordsOf(reading.verb)} has no ${flag}.${hint} Usage: coord ${usageOf(reading.verb)}`,
    { flag, known },
  );
}

function valueOf(field: Field, text: string): unknown {
  if (field.type !== 'number') return text;
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) {
    throw new UsageError('bad-input', `${field.flag} takes a number, not \`${text}\`.`);
  }
  return value;
}

function store(reading: Reading, field: Field, text: string): void {
  const value = valueOf(field, text);
  const before = reading.input[field.name];
  if (field.isList) {
    reading.input[field.name] = [...(Array.isArray(before) ? (before as unknown[]) : []), value];
    return;
  }
  if (before !== undefined) {
    throw new UsageError('flag-repeated', `${field.flag} is given twice.`, { flag: field.flag });
  }
  reading.input[field.name] = value;
}

function switchValue(field: Field, given: string | undefined): boolean {
  if (given === undefined || given === 'true') return true;
  if (given === 'false') return false;
  throw new UsageError('bad-input', `${field.flag} is a switch: leave the value out.`);
}

/** Reads one flag at `index` and answers how many words it took. */
function readFlag(reading: Reading, words: readonly string[], index: number): number {
  const word = words[index] ?? '';
  const cut = word.indexOf('=');
  const flag = cut < 0 ? word : word.slice(0, cut);
  const given = cut < 0 ? undefined : word.slice(cut + 1);
  const field = reading.fields.find(
    (item) => item.flag === flag || `-${item.short ?? ' '}` === flag,
  );
  if (field === undefined) throw unknownFlag(reading, flag);
  if (field.type === 'switch') {
    reading.input[field.name] = switchValue(field, given);
    return 1;
  }
  const value = given ?? words[index + 1];
  if (value === undefined) {
    throw new UsageError(
      'flag-empty',
      `${flag} needs a value. Usage: coord ${usageOf(reading.verb)}`,
    );
  }
  store(reading, field, value);
  return given === undefined ? 2 : 1;
}

function isFlag(word: string): boolean {
  return /^--?[a-z]/i.test(word) && !/^-\d/.test(word);
}

function readWords(reading: Reading, words: readonly string[]): void {
  let index = 0;
  while (index < words.length) {
    const word = words[index] ?? '';
    if (word === '--') {
      reading.rest.push(...words.slice(index + 1));
      return;
    }
    if (isFlag(word)) {
      index += readFlag(reading, words, index);
    } else {
      reading.rest.push(word);
      index += 1;
    }
  }
}

function placePositional(reading: Reading): void {
  const { verb, fields, rest } = reading;
  for (const name of verb.positional) {
    const field = fields.find((item) => item.name === name);
    if (field === undefined || reading.input[name] !== undefined) continue;
    const taken = field.isList ? rest.splice(0) : rest.splice(0, 1);
    for (const word of taken) store(reading, field, word);
  }
  const extra = rest[0];
  if (extra === undefined) return;
  throw new UsageError(
    'too-many-words',
    `\`${extra}\` is one word too many; put quotes around text of several words. Usage: coord ${usageOf(verb)}`,
    { extra },
  );
}

function explain(reading: Reading, error: z.ZodError): UsageError {
  const lines = error.issues.map((issue) => {
    const field = reading.fields.find((item) => item.name === issue.path[0]);
    if (field === undefined) return issue.message;
    if (reading.input[field.name] === undefined) {
      const isWord = reading.verb.positional.includes(field.name);
      return `${isWord ? field.name.toUpperCase() : field.flag} is missing (${field.description}).`;
    }
    return `${field.flag}: ${issue.message}`;
  });
  const message = `${lines.join(' ')} Usage: coord ${usageOf(reading.verb)}`;
  return new UsageError('bad-input', message, {
    fields: error.issues.map((issue) => issue.path.join('.')),
  });
}

/** The input that words after the verb mean, checked against the verb's schema; UsageError otherwise. */
export function readInput(verb: Verb, words: readonly string[]): Details {
  const reading: Reading = { verb, fields: fieldsOf(verb), input: {}, rest: [] };
  readWords(reading, words);
  placePositional(reading);
  const parsed = verb.input.safeParse(reading.input);
  if (!parsed.success) throw explain(reading, parsed.error);
  return reading.input;
}

/** Which verb the words call, and the words that are left for its input. */
export function chooseVerb<V extends Verb>(
  verbs: readonly V[],
  words: readonly string[],
): [V, string[]] {
  return findVerb(verbs, words);
}

/** Reads `lock src/** --ttl 2h` or `lock acquire src/**`; UsageError with a suggestion otherwise. */
export function parse<V extends Verb>(verbs: readonly V[], words: readonly string[]): Said<V> {
  const [verb, rest] = findVerb(verbs, words);
  return { verb, input: readInput(verb, rest) };
}
