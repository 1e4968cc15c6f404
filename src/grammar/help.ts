// Help is made from the definitions, so that it cannot go stale.
import type { Tier } from '../kernel/rules.ts';
import { chooseVerb } from './parse.ts';
import { fieldsOf, placeholderOf, usageOf, wordsOf } from './verb.ts';
import type { Field, Verb } from './verb.ts';

/** A verb that says who may use it. */
export interface Documented extends Verb {
  readonly allow?: readonly Tier[];
  readonly refusals?: readonly string[];
}

/** What a field is when it is left out, in the words that would say it; '' where that is nothing. */
export function defaultOf({ fallback }: Field): string {
  if (fallback === null || fallback === undefined || fallback === false) return '';
  if (Array.isArray(fallback) && fallback.length === 0) return '';
  return typeof fallback === 'string' ? fallback : JSON.stringify(fallback);
}

function defaultText(field: Field): string {
  const said = defaultOf(field);
  return said === '' ? '' : ` (default ${said})`;
}

function fieldLine(field: Field, isPositional: boolean): string {
  const short = field.short === null ? '' : `-${field.short}, `;
  const said = isPositional ? placeholderOf(field) : `${short}${field.flag}`;
  return `  ${said.padEnd(18)} ${field.description}${defaultText(field)}`;
}

/** All there is to say of one verb, as plain lines; `program` is `coord` or `/coord`. */
export function helpOf(verb: Documented, program: string): string {
  const lines = [verb.summary, '', `Usage: ${program} ${usageOf(verb)}`];
  const fields = fieldsOf(verb);
  if (fields.length > 0) lines.push('');
  for (const field of fields) lines.push(fieldLine(field, verb.positional.includes(field.name)));
  // Indented so far that even outside a fence no line of it is a command.
  lines.push('', 'Examples:', ...verb.examples.map(({ text }) => `    ${program} ${text}`));
  if (verb.allow !== undefined) lines.push('', `Who may: ${verb.allow.join(', ')}`);
  if (verb.refusals !== undefined && verb.refusals.length > 0) {
    lines.push(`Refusals: ${verb.refusals.join(', ')}`);
  }
  return lines.join('\n');
}

/** Git looks for a manual page when it is asked `git coord --help`, and the program never hears of it. */
const asGit = ' (or git coord help COMMAND; git keeps --help to itself)';

/** One line a verb, in the order of the registry. */
export function helpIndex(verbs: readonly Verb[], program: string): string {
  const width = Math.max(...verbs.map((verb) => wordsOf(verb).length));
  const lines = verbs.map((verb) => `  ${wordsOf(verb).padEnd(width)}  ${verb.summary}`);
  const more = `More of one: ${program} help COMMAND${program === 'coord' ? asGit : ''}`;
  return [`Usage: ${program} COMMAND [WORDS] [--flag value]`, more, '', ...lines].join('\n');
}

/** The verbs of a noun, for `help task`; none where the word is a verb itself. */
function verbsOfNoun(verbs: readonly Verb[], [word = '', ...rest]: readonly string[]) {
  const noun = word.toLowerCase();
  const isVerb = verbs.some(({ name, alias }) => name === noun || alias === noun);
  return isVerb || rest.length > 0 ? [] : verbs.filter(({ name }) => name.startsWith(`${noun}.`));
}

/** What `help` answers to the words behind it: all there is, a noun's verbs, or one verb; UsageError where it is none. */
export function helpAbout(
  verbs: readonly Documented[],
  words: readonly string[],
  program: string,
): string {
  const isAboutAll = words.length === 0 || words[0]?.toLowerCase() === 'help';
  if (isAboutAll) return helpIndex(verbs, program);
  const ofNoun = verbsOfNoun(verbs, words);
  return ofNoun.length > 0
    ? helpIndex(ofNoun, program)
    : helpOf(chooseVerb(verbs, words)[0], program);
}
