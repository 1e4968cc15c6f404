// An input back into the words that mean it, to be copied into a shell or a comment.
import type { Details } from '../kernel/fault.ts';
import { shellWord } from '../kernel/shell-word.ts';
import { fieldsOf, wordsOf } from './verb.ts';
import type { Field, Verb } from './verb.ts';

function valuesOf(field: Field, input: Details): string[] {
  const value = input[field.name];
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((item) => shellWord(String(item)));
}

function flagWords(field: Field, input: Details): string[] {
  if (field.type === 'switch') return input[field.name] === true ? [field.flag] : [];
  return valuesOf(field, input).flatMap((word) => [field.flag, word]);
}

/** The line, without the program's name, that `parse` reads as this verb and input; switches that are off are left out. */
export function sayingOf(verb: Verb, input: Details): string {
  const fields = fieldsOf(verb);
  const positional = verb.positional.flatMap((name) =>
    fields.filter((field) => field.name === name).flatMap((field) => valuesOf(field, input)),
  );
  const flags = fields
    .filter(({ name }) => !verb.positional.includes(name))
    .flatMap((field) => flagWords(field, input));
  return [wordsOf(verb), ...positional, ...flags].join(' ');
}
