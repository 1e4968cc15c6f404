// What the grammar needs to know of anything that can be said: operations and the shell's own commands alike.
import type { z } from 'zod';
import type { Details } from '../kernel/fault.ts';

/** Something that can be said; every Operation is one. */
export interface Verb {
  /** `noun.verb`, or one word for the shell's own. */
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  readonly input: z.ZodObject;
  readonly saidProblem?: (input: never) => string | null;
  readonly positional: readonly string[];
  readonly examples: readonly { readonly text: string; readonly means: Details }[];
}

export type FieldType = 'switch' | 'number' | 'text';

/** How a field of the input is said. */
export interface Field {
  readonly name: string;
  /** `--ack-required` */
  readonly flag: string;
  /** One letter, for `-n`. */
  readonly short: string | null;
  readonly type: FieldType;
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly description: string;
  /**
   * What it is when left out, for the help; null where nothing. Of a field that is read into something else, such as a
   * duration, it is what would be said (`1d`) where the schema has it as `.prefault()`; `.default()` is read already.
   */
  readonly fallback: unknown;
  readonly choices: readonly string[] | null;
}

interface Unwrapped {
  readonly base: string;
  readonly isList: boolean;
  readonly fallback: unknown;
  readonly choices: readonly string[] | null;
}

interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly in?: z.ZodType;
  readonly defaultValue?: unknown;
  readonly entries?: Readonly<Record<string, string>>;
}

function unwrap(schema: z.ZodType): Unwrapped {
  const definition = schema.def as unknown as Definition;
  const inner = definition.innerType ?? definition.in;
  if (definition.type === 'array' && definition.element !== undefined) {
    return { ...unwrap(definition.element), isList: true };
  }
  if (inner !== undefined) {
    const found = unwrap(inner);
    return { ...found, fallback: definition.defaultValue ?? found.fallback };
  }
  const choices = definition.entries === undefined ? null : Object.values(definition.entries);
  return { base: definition.type, isList: false, fallback: null, choices };
}

function typeOf(base: string): FieldType {
  if (base === 'boolean') return 'switch';
  return base === 'number' || base === 'int' ? 'number' : 'text';
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The fields of a verb, in the order of its schema. */
export function fieldsOf(verb: Verb): Field[] {
  return Object.entries(verb.input.shape as Record<string, z.ZodType>).map(([name, schema]) => {
    const { base, isList, fallback, choices } = unwrap(schema);
    const meta = (schema.meta() ?? {}) as { short?: string };
    return {
      name,
      flag: `--${kebab(name)}`,
      short: meta.short ?? null,
      type: typeOf(base),
      isList,
      isRequired: !schema.safeParse(undefined).success,
      description: schema.description ?? '',
      fallback,
      choices,
    };
  });
}

/** The words that call a verb: its alias, else `noun verb`. */
export function wordsOf(verb: Verb): string {
  return verb.alias ?? verb.name.replace('.', ' ');
}

/** How a field that stands without a flag is called in usage, help and messages. */
export function placeholderOf(field: Field): string {
  return kebab(field.name).toUpperCase();
}

function positionalUsage(field: Field): string {
  const word = placeholderOf(field);
  const repeated = field.isList ? `${word}...` : word;
  return field.isRequired ? repeated : `[${repeated}]`;
}

function flagUsage(field: Field): string {
  const value =
    field.type === 'switch' ? '' : ` ${field.choices?.join('|') ?? placeholderOf(field)}`;
  const said = `${field.flag}${value}`;
  const repeated = field.isList ? '...' : '';
  return field.isRequired ? `${said}${repeated}` : `[${said}]${repeated}`;
}

/** `coord lock SCOPE... [--ttl TTL]`, without the program's name. */
export function usageOf(verb: Verb): string {
  const fields = fieldsOf(verb);
  const positional = verb.positional.flatMap((name) =>
    fields.filter((field) => field.name === name),
  );
  const flags = fields.filter((field) => !verb.positional.includes(field.name));
  return [wordsOf(verb), ...positional.map(positionalUsage), ...flags.map(flagUsage)].join(' ');
}
