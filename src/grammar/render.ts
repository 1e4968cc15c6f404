// Answers as people read them: plain lines on a terminal, Markdown that pings nobody on GitHub.
import type { Details } from '../kernel/fault.ts';
import type { AnyCommand, AnyQuery } from '../kernel/operation.ts';

/** An accepted command, as far as its rendering needs it. */
export interface Accomplished {
  readonly seq: number | null;
  readonly isDuplicate: boolean;
  readonly result: Details;
}

const keyWidth = 12;

function scalar(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return null;
  const items = value.map(scalar).filter((item) => item !== null);
  return items.length === 0 ? null : items.join(', ');
}

function isDetails(value: unknown): value is Details {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listLines(name: string, items: readonly unknown[], indent: string): string[] {
  if (!items.some(isDetails)) return [];
  return [
    `${indent}${name}:`,
    ...items.filter(isDetails).flatMap((item) => [
      `${indent}  - ${Object.entries(item)
        .map(([key, value]) => [key, scalar(value)] as const)
        .filter(([, value]) => value !== null)
        .map(([key, value]) => `${key} ${value ?? ''}`)
        .join(', ')}`,
    ]),
  ];
}

/** Any JSON object as lines of `key value`; nested objects and lists of objects are indented below their name. */
export function plainLines(value: Details, indent = ''): string[] {
  return Object.entries(value).flatMap(([key, item]) => {
    const text = scalar(item);
    if (text !== null)
      return [`${indent}${key.padEnd(keyWidth)} ${text.replaceAll('\n', `\n${indent}`)}`];
    if (Array.isArray(item)) return listLines(key, item, indent);
    return isDetails(item) ? [`${indent}${key}:`, ...plainLines(item, `${indent}  `)] : [];
  });
}

/** What an accepted command did, as plain lines. */
export function renderDone(command: AnyCommand, done: Accomplished, isConfirmed: boolean): string {
  const known = done.isDuplicate ? ', known already' : '';
  const waiting = isConfirmed ? '' : ', not on the remote yet';
  const place = done.seq === null ? 'nothing to change' : `seq ${done.seq}`;
  return [`${command.name}: ${place}${known}${waiting}`, ...plainLines(done.result, '  ')].join(
    '\n',
  );
}

/** What a query answers, as plain lines. */
export function renderAnswer(query: AnyQuery, answer: Details): string {
  return query.text === undefined ? plainLines(answer).join('\n') : query.text(answer);
}

const invisible = /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;

/**
 * Text of strangers as inline Markdown: no mention, reference, closing keyword, HTML or image comes alive,
 * and no line of it can be taken for a command.
 */
export function inertInline(text: string): string {
  return text
    .replace(invisible, '')
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>()#!|~]/g, (character) => `\\${character}`)
    .replace(/@/g, '@\u200b')
    .replace(/\\#(\d)/g, '\\#\u200b$1')
    .replace(/\/coord/gi, '/\u200bcoord');
}

/** Text of strangers as a fenced block that it cannot break out of. */
export function fenced(text: string, language = 'text'): string {
  const clean = text.replace(invisible, '').replace(/\r\n?/g, '\n');
  const longest = Math.max(2, ...(clean.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${clean}\n${fence}`;
}
