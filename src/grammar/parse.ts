// Words to a verb and its input; what cannot be understood is a UsageError with a suggestion.
import type { z } from 'zod';
import { UsageError } from '../kernel/fault.ts';
import type { Details } from '../kernel/fault.ts';
import { problemSentence } from '../kernel/input-problem.ts';
import { nearest } from '../kernel/nearest.ts';
import { shortened } from '../kernel/table.ts';
import { fieldsOf, placeholderOf, usageOf, wordsOf } from './verb.ts';
import type { Field, Verb } from './verb.ts';

/** What was said: the verb, and its input as raw JSON that the verb's schema accepts. */
export interface Said<V extends Verb = Verb> {
  readonly verb: V;
  readonly input: Details;
}

/** Words are echoed, but a comment may hold one of any length. */
const echoedCharsMax = 60;
const problemsShownMax = 5;

function echo(word: string): string {
  return `\`${shortened(word, echoedCharsMax)}\``;
}

function isOf(verb: Verb, noun: string, action: string | undefined): boolean {
  return verb.name === `${noun}.${action?.toLowerCase() ?? ''}`;
}

/** The noun is known, what to do with it is not. */
function unknownAction(ofNoun: readonly Verb[], noun: string, action: string): UsageError {
  const actions = ofNoun.map((verb) => verb.name.split('.')[1] ?? '');
  const known = actions.join(', ');
  const guess = nearest(action, actions);
  const hint = guess === undefined ? '' : ` Did you mean \`${noun} ${guess}\`?`;
  const said = action === '' ? `Say what to do with ${noun}` : `${noun} cannot ${echo(action)}`;
  return new UsageError('operation-unknown', `${said}: ${known}.${hint}`, {
    known,
    ...(guess === undefined ? {} : { guess: `${noun} ${guess}` }),
  });
}

/** Every surface answers to it, and it is no verb. */
const helpWord = 'help';

function guessOf(verbs: readonly Verb[], first: string, second: string): string | undefined {
  const names = verbs.flatMap((verb) => [wordsOf(verb), verb.name.replace('.', ' ')]);
  const asked = first.toLowerCase() === helpWord ? [] : [helpWord];
  // First of all, for whoever asks for help is not to be told of a command that looks like the whole question.
  return (
    nearest(first, asked) ?? nearest(`${first} ${second}`.trim(), names) ?? nearest(first, names)
  );
}

function unknownVerb(verbs: readonly Verb[], words: readonly string[]): UsageError {
  const [first = '', second = ''] = words;
  if (first === '') {
    return new UsageError('operation-unknown', 'Say what to do; `help` lists what there is.');
  }
  const noun = first.toLowerCase();
  const ofNoun = verbs.filter((verb) => verb.name.startsWith(`${noun}.`));
  if (ofNoun.length > 0) return unknownAction(ofNoun, noun, second);
  const guess = guessOf(verbs, first, second);
  const hint = guess === undefined ? '' : ` Did you mean \`${guess}\`?`;
  return new UsageError(
    'operation-unknown',
    `There is no ${echo(first)}.${hint} \`help\` lists what there is.`,
    guess === undefined ? {} : { guess },
  );
}

/**
 * A noun that is a short word too, such as `lock`, takes what follows for its input: a slip of the pen in `lock list`
 * must not lock a path of that name. Whoever means it says so behind `--`.
 */
function refuseSlip(verbs: readonly Verb[], noun: string, word: string | undefined): void {
  const actions = verbs
    .filter(({ name }) => name.startsWith(`${noun}.`))
    .map(({ name }) => name.slice(noun.length + 1));
  // `@release` and `list.ts` are no slips: words for what to do are letters.
  if (word === undefined || !/^[a-z-]+$/i.test(word)) return;
  const guess = nearest(word, actions);
  if (guess === undefined) return;
  throw new UsageError(
    'operation-unknown',
    `${echo(word)} is close to a word for ${noun}. Did you mean \`${noun} ${guess}\`? If not, say \`${noun} -- ${shortened(word, echoedCharsMax)}\`.`,
    { guess: `${noun} ${guess}`, said: shortened(word, echoedCharsMax) },
  );
}

function findVerb<V extends Verb>(verbs: readonly V[], words: readonly string[]): [V, string[]] {
  const noun = (words[0] ?? '').toLowerCase();
  const spelled = verbs.find((verb) => isOf(verb, noun, words[1]));
  if (spelled !== undefined) return [spelled, words.slice(2)];
  const short = verbs.find((verb) => verb.alias === noun || verb.name === noun);
  if (short !== undefined) {
    refuseSlip(verbs, noun, words[1]);
    return [short, words.slice(1)];
  }
  throw unknownVerb(verbs, words);
}

interface Reading {
  readonly verb: Verb;
  readonly fields: readonly Field[];
  readonly input: Record<string, unknown>;
  readonly rest: string[];
}

function usage({ verb }: Reading): string {
  return `Usage: coord ${usageOf(verb)}`;
}

function unknownFlag(reading: Reading, flag: string): UsageError {
  const known = reading.fields.map((field) => field.flag);
  const guess = nearest(flag, known);
  const hint = guess === undefined ? '' : ` Did you mean ${guess}?`;
  return new UsageError(
    'flag-unknown',
    `${wordsOf(reading.verb)} has no ${echo(flag)}.${hint} Text that begins with a dash stands behind \`--\`. ${usage(reading)}`,
    { flag, known },
  );
}

function numberIn(field: Field, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && !Number.isNaN(value)) return value;
  throw new UsageError('bad-input', `${field.flag} takes a number, not ${echo(text)}.`, {
    fields: [field.name],
  });
}

/** One of the words a field takes; where those are all in lower case, the case of what was said does not matter. */
function choiceIn(verb: Verb, field: Field, choices: readonly string[], text: string): string {
  const isCaseFree = choices.every((choice) => choice === choice.toLowerCase());
  const word = isCaseFree ? text.toLowerCase() : text;
  if (choices.includes(word)) return word;
  const guess = nearest(word, choices);
  const hint = guess === undefined ? '' : ` Did you mean ${guess}?`;
  throw new UsageError(
    'bad-input',
    `${calledIn(verb, field)} takes one of ${choices.join(', ')}, not ${echo(text)}.${hint}`,
    { fields: [field.name], choices },
  );
}

/** What a field is called in a message: a word that stands without a flag by its place in the usage. */
function calledIn(verb: Verb, field: Field): string {
  return verb.positional.includes(field.name) ? placeholderOf(field) : field.flag;
}

function valueOf(verb: Verb, field: Field, text: string): unknown {
  if (field.type === 'number') return numberIn(field, text);
  return field.choices === null ? text : choiceIn(verb, field, field.choices, text);
}

function store(reading: Reading, field: Field, text: string): void {
  const value = valueOf(reading.verb, field, text);
  const before = reading.input[field.name];
  if (field.isList) {
    // Grown in place: a comment may hold tens of thousands of words.
    if (Array.isArray(before)) before.push(value);
    else reading.input[field.name] = [value];
    return;
  }
  if (before !== undefined) {
    throw new UsageError('flag-repeated', `${field.flag} is given twice. ${usage(reading)}`, {
      flag: field.flag,
    });
  }
  reading.input[field.name] = value;
}

function switchValue(field: Field, given: string | undefined): boolean {
  const word = given?.toLowerCase() ?? 'true';
  if (word === 'true' || word === 'false') return word === 'true';
  throw new UsageError('bad-input', `${field.flag} is a switch: leave the value out.`, {
    fields: [field.name],
  });
}

function fieldSaid({ fields }: Reading, flag: string): Field | undefined {
  return fields.find(({ flag: long, short }) => long === flag || `-${short ?? ' '}` === flag);
}

/** The word behind a flag, unless that is a flag of this verb itself. */
function valueBehind(reading: Reading, flag: string, next: string | undefined): string {
  const [name = ''] = next?.split('=', 1) ?? [];
  if (next !== undefined && next !== '--' && fieldSaid(reading, name) === undefined) return next;
  throw new UsageError('flag-empty', `${flag} needs a value. ${usage(reading)}`, { flag });
}

/** Reads one flag at `index` and answers how many words it took. */
function readFlag(reading: Reading, words: readonly string[], index: number): number {
  const word = words[index] ?? '';
  const cut = word.indexOf('=');
  const flag = cut < 0 ? word : word.slice(0, cut);
  const given = cut < 0 ? undefined : word.slice(cut + 1);
  const field = fieldSaid(reading, flag);
  if (field === undefined) throw unknownFlag(reading, flag);
  if (field.type === 'switch') {
    reading.input[field.name] = switchValue(field, given);
    return 1;
  }
  store(reading, field, given ?? valueBehind(reading, flag, words[index + 1]));
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
    `${echo(extra)} is one word too many; put quotes around text of several words. ${usage(reading)}`,
    { extra: shortened(extra, echoedCharsMax) },
  );
}

/** One thing that the schema does not accept, in the words of the language. */
function problemOf({ verb, fields, input }: Reading, issue: z.core.$ZodIssue): string {
  const field = fields.find((item) => item.name === issue.path[0]);
  if (field === undefined) return problemSentence('The input', issue, input);
  const said = calledIn(verb, field);
  if (input[field.name] === undefined) return `${said} is missing (${field.description}).`;
  return problemSentence(said, issue, input);
}

function explain(reading: Reading, error: z.ZodError): UsageError {
  const lines = error.issues.map((issue) => problemOf(reading, issue));
  // Fifty wrong words in a list are fifty issues; a few tell enough.
  const shown = lines.slice(0, problemsShownMax).join(' ');
  return new UsageError('bad-input', `${shown} ${usage(reading)}`, {
    fields: [...new Set(error.issues.map((issue) => issue.path.join('.')))],
  });
}

/** The input that words after the verb mean, not checked yet; UsageError where they mean none. */
export function inputSaid(verb: Verb, words: readonly string[]): Details {
  const reading: Reading = { verb, fields: fieldsOf(verb), input: {}, rest: [] };
  readWords(reading, words);
  placePositional(reading);
  return reading.input;
}

/** The input as it is, where the verb's schema accepts it and it may be said; UsageError otherwise. */
export function checkedInput(verb: Verb, input: Details): Details {
  const parsed = verb.input.safeParse(input);
  const problem = parsed.success ? (verb.saidProblem?.(parsed.data as never) ?? null) : null;
  if (parsed.success && problem === null) return input;
  // The fields are looked at only for what there is to explain: most input is good.
  const reading: Reading = { verb, fields: fieldsOf(verb), input: { ...input }, rest: [] };
  if (!parsed.success) throw explain(reading, parsed.error);
  throw new UsageError('bad-input', `${problem} ${usage(reading)}`);
}

/** The input that words after the verb mean, checked against the verb's schema; UsageError otherwise. */
export function readInput(verb: Verb, words: readonly string[]): Details {
  return checkedInput(verb, inputSaid(verb, words));
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
