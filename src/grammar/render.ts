// Answers as people read them: plain lines on a terminal, Markdown that pings nobody on GitHub.
import type { Details } from '../kernel/fault.ts';
import type { AnyCommand, AnyQuery } from '../kernel/operation.ts';
import { oneLine } from '../kernel/table.ts';

/** An accepted command, as far as its rendering needs it. */
export interface Accomplished {
  readonly seq: number | null;
  readonly isDuplicate: boolean;
  readonly result: Details;
}

const keyWidth = 12;

/** What turns the direction of reading or moves a terminal's cursor; line breaks and tabs stay. */
const unruly = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|(?![\n\t])\p{Cc}/gu;

function scalar(value: unknown): string | null {
  if (typeof value === 'string') return value.replace(unruly, '');
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return null;
  const items = value.map(scalar).filter((item) => item !== null);
  return items.length === 0 ? null : items.join(', ');
}

function isDetails(value: unknown): value is Details {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One item of a list on one line. */
function itemLine(item: Details): string {
  return Object.entries(item)
    .map(([key, value]) => [key, scalar(value)] as const)
    .filter(([, text]) => text !== null)
    .map(([key, text]) => `${key} ${oneLine(text ?? '')}`)
    .join(', ');
}

function listLines(name: string, items: readonly unknown[], indent: string): string[] {
  const shown = items.filter(isDetails);
  if (shown.length === 0) return [];
  return [`${indent}${name}:`, ...shown.map((item) => `${indent}  - ${itemLine(item)}`)];
}

/** Lines after the first stand below the value, so that no text can pose as a key. */
function valueLine(key: string, text: string, indent: string): string {
  const hanging = `\n${indent}${' '.repeat(keyWidth + 1)}`;
  return `${indent}${key.padEnd(keyWidth)} ${text.replaceAll('\n', hanging)}`;
}

/** Any JSON object as lines of `key value`; nested objects and lists of objects are indented below their name. */
export function plainLines(value: Details, indent = ''): string[] {
  return Object.entries(value).flatMap(([key, item]) => {
    const text = scalar(item);
    if (text !== null) return [valueLine(key, text, indent)];
    if (Array.isArray(item)) return listLines(key, item, indent);
    return isDetails(item) ? [`${indent}${key}:`, ...plainLines(item, `${indent}  `)] : [];
  });
}

/** What a command without words of its own did. */
function plainDone({ name }: AnyCommand, { seq, result }: Accomplished): string {
  const place = seq === null ? 'nothing to change' : `seq ${seq}`;
  const things = Object.entries(result).filter(([key]) => key !== 'notes');
  return [`${name}: ${place}`, ...plainLines(Object.fromEntries(things), '  ')].join('\n');
}

function notesIn({ notes }: Details): string[] {
  const texts: readonly unknown[] = Array.isArray(notes) ? notes : [];
  return texts.filter((note) => typeof note === 'string').map((note) => `Note: ${oneLine(note)}`);
}

/** What an accepted command did, as plain lines: its own words, its notes, and how sure it is. */
export function renderDone(command: AnyCommand, done: Accomplished, isConfirmed: boolean): string {
  const isBare = command.text === undefined || Object.keys(done.result).length === 0;
  const said = isBare ? plainDone(command, done) : command.text(done.result);
  return [
    said.replace(unruly, ''),
    ...notesIn(done.result),
    ...(done.isDuplicate ? ['It was known already; nothing was added.'] : []),
    ...(isConfirmed || done.seq === null
      ? []
      : ['It is not on the remote yet; `coord sync` publishes it.']),
  ].join('\n');
}

/** What a query answers, as plain lines. */
export function renderAnswer(query: AnyQuery, answer: Details): string {
  return query.text === undefined ? plainLines(answer).join('\n') : query.text(answer);
}

/** What nobody sees: zero-width characters, marks of direction, and what can smuggle a text past a reader. */
const invisible = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
const control = /(?![\n\t])\p{Cc}/gu;
/** Halves of characters, which UTF-8 cannot carry. */
const half = /\p{Surrogate}/gu;

/** A zero-width space: GitHub looks for references in the rendered text, where a backslash no longer helps. */
const breaker = '\u200b';

/**
 * Text of strangers as inline Markdown: no mention, reference, link, closing keyword, HTML or image comes alive,
 * it begins no block, and it is no command wherever it is put.
 */
export function inertInline(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(invisible, '')
    .replace(control, '')
    .replace(half, '\ufffd')
    .trim()
    .replace(/[\\`*_{}[\]<>()#!|~&$]/g, (character) => `\\${character}`)
    .replace(/^[-+=]/, (character) => `\\${character}`)
    .replace(/^(\d{1,9})\./, '$1\\.')
    .replace(/\/(?=coord)/gi, '\\/')
    .replace(/@/g, `@${breaker}`)
    .replace(/#(?=\d)/g, `#${breaker}`)
    .replace(/\bgh-(?=\d)/gi, (prefix) => `${prefix}${breaker}`)
    .replace(/:\/\//g, `:${breaker}//`)
    .replace(/\bwww\./gi, (prefix) => `${prefix.slice(0, -1)}${breaker}.`);
}

/** Text of strangers as a fenced block that it cannot break out of. */
export function fenced(text: string, language = 'text'): string {
  const clean = text
    .replace(/\r\n?/g, '\n')
    .replace(invisible, '')
    .replace(control, '')
    .replace(half, '\ufffd');
  const runs = clean.match(/`+/g) ?? [];
  const longest = runs.reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${clean}\n${fence}`;
}
