// What a schema does not accept, as a sentence: what is meant, the bound, and what was given.
import type { z } from 'zod';
import { shortened } from './table.ts';

type Issue = z.core.$ZodIssue;
type SizeIssue = Extract<Issue, { code: 'too_small' | 'too_big' }>;

const givenCharsShown = 40;

/** What was given at the place of an issue. */
function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    input,
  );
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return `\`${shortened(text, givenCharsShown)}\``;
}

function plural(count: number | bigint, word: string): string {
  return `${count} ${word}${Number(count) === 1 ? '' : 's'}`;
}

/** The length of what was given, in the unit that the schema counts. */
function sizeOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 0;
}

function lengthSentence(issue: SizeIssue, value: unknown, unit: string): string {
  const given = sizeOf(value);
  if (issue.code === 'too_big') {
    return `holds at most ${plural(issue.maximum, unit)}, not ${given}.`;
  }
  const isBlank = typeof value === 'string' && value.trim() === '';
  if (given > 0 && !isBlank) return `needs at least ${plural(issue.minimum, unit)}, not ${given}.`;
  return unit === 'word' ? 'needs at least one word.' : 'must not be empty.';
}

function numberSentence(issue: SizeIssue, value: unknown): string {
  const isLeast = issue.code === 'too_small';
  const bound = isLeast ? issue.minimum : issue.maximum;
  const inclusive = issue.inclusive ?? true;
  const words = isLeast ? ['is at least', 'is more than'] : ['is at most', 'is less than'];
  return `${words[inclusive ? 0 : 1] ?? ''} ${bound}, not ${quoted(value)}.`;
}

function sizeSentence(issue: SizeIssue, value: unknown): string {
  if (issue.origin === 'string') return lengthSentence(issue, value, 'character');
  if (issue.origin === 'array') return lengthSentence(issue, value, 'word');
  return numberSentence(issue, value);
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function typeSentence(expected: string, value: unknown): string {
  if (value === undefined) return 'is missing.';
  return `takes ${kinds[expected] ?? expected}, not ${quoted(value)}.`;
}

function formatSentence(format: string, value: unknown): string {
  const wanted = format === 'url' ? 'an address that begins with https://' : 'another form';
  return `takes ${wanted}, not ${quoted(value)}.`;
}

function sentence(issue: Issue, value: unknown): string {
  if (issue.code === 'too_small' || issue.code === 'too_big') return sizeSentence(issue, value);
  if (issue.code === 'invalid_type') return typeSentence(issue.expected, value);
  if (issue.code === 'invalid_format') return formatSentence(issue.format, value);
  if (issue.code === 'invalid_value') {
    return `takes one of ${issue.values.map(String).join(', ')}, not ${quoted(value)}.`;
  }
  return `cannot be ${quoted(value)}.`;
}

/** Our own messages are sentences; the schema library's have no full stop. */
function isOurs({ code, message }: Issue): boolean {
  return code === 'custom' || message.endsWith('.');
}

/**
 * The sentence about one thing that a schema does not accept. `said` is what the place is called where it was said,
 * `input` what the schema was given. What our own schemas say in words of their own stays.
 */
export function problemSentence(said: string, issue: Issue, input: unknown): string {
  if (isOurs(issue)) return `${said}: ${issue.message}`;
  return `${said} ${sentence(issue, valueAt(input, issue.path))}`;
}
