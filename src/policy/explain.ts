// Schema issues as findings: what was found, what was expected, and the nearest word that would have been right.
import type { z } from 'zod';
import type { Finding, Path } from './problem.ts';
import { oneOf, pathText, quoted, shown } from './problem.ts';
import { valueAt } from './raw-data.ts';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

/** Between the expected keys of a map, which travel in an issue's message; no key of the schema contains it. */
const separator = ' ';

const expectedTypes: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'a text',
  boolean: 'true or false',
};

/**
 * The expectation in words, for every schema that brings no words of its own. Given to the parse as its error map;
 * `explain` makes sentences of it.
 */
export function expectation(issue: RawIssue): string {
  if (issue.code === 'invalid_value') return wordsOf(issue.values);
  if (issue.code === 'invalid_type') return expectedTypes[issue.expected] ?? issue.expected;
  if (issue.code === 'unrecognized_keys') return keysOf(issue.inst).join(separator);
  return 'something else';
}

function wordsOf(values: readonly unknown[]): string {
  const words = values.filter((value) => typeof value === 'string');
  return words.length === values.length ? oneOf(words) : values.map(String).join(' or ');
}

function keysOf(schema: unknown): string[] {
  const definition = (schema as Partial<z.core.$ZodObject>)._zod?.def;
  return Object.keys(definition?.shape ?? {});
}

/** Findings for one issue of a parse of `data` with `expectation` as the error map. */
export function explain(issue: Issue, data: unknown): Finding[] {
  const path = placeOf(issue, data);
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path);
  if (issue.code === 'invalid_key') return [badKey(issue, path)];
  const found = valueAt(data, path);
  if (issue.code === 'custom') {
    return [{ path, at: 'value', message: `Cannot use ${shown(found)}.`, hint: issue.message }];
  }
  if (found === undefined) return [missing(path, issue.message)];
  const message = `Expected ${issue.message}, found ${shown(found)}.`;
  return [{ path, at: 'value', message, ...help(issue, found) }];
}

/** Where one text stands for a list of one, what is wrong with the list's only item is wrong with the text. */
function placeOf(issue: Issue, data: unknown): Path {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const list = path.slice(0, -1);
  return path.at(-1) === 0 && typeof valueAt(data, list) === 'string' ? list : path;
}

function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, path: Path): Finding[] {
  const expected = issue.message.split(separator);
  const place = path.length === 0 ? 'the policy' : pathText(path);
  return issue.keys.map((key) => {
    const message = `Unknown key ${quoted(key)} in ${place}, expected ${oneOf(expected)}.`;
    return { path: [...path, key], at: 'key', message, suggestion: { word: key, among: expected } };
  });
}

function badKey(issue: z.core.$ZodIssueInvalidKey, path: Path): Finding {
  const expected = issue.issues[0]?.message ?? 'another key';
  const key = path.at(-1);
  return { path, at: 'key', message: `Expected ${expected}, found ${shown(key)}.` };
}

function missing(path: Path, expected: string): Finding {
  const key = path.at(-1) ?? '';
  return {
    path,
    at: 'value',
    message: `The key ${shown(key)} is missing, expected ${expected}.`,
    hint:
      path.length === 1 && key === 'version' ? 'Begin the policy with "version: 1".' : 'Add it.',
  };
}

function help(issue: Issue, found: unknown): Pick<Finding, 'hint' | 'suggestion'> {
  if (issue.code === 'invalid_value' && typeof found === 'string') {
    return { suggestion: { word: found, among: issue.values.map(String) } };
  }
  const hint = issue.code === 'invalid_type' ? typeHint(issue, found) : undefined;
  return hint === undefined ? {} : { hint };
}

function typeHint(issue: z.core.$ZodIssueInvalidType, found: unknown): string | undefined {
  if (found === null && issue.message === 'a map') return 'Write {} for an empty map.';
  if (found === null && issue.message === 'a list') return 'Write [] for an empty list.';
  const isWord = typeof found === 'number' || typeof found === 'boolean';
  return isWord && issue.expected === 'string' ? 'Put it in quotes.' : undefined;
}
