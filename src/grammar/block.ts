// The blocks of a comment by CommonMark's rules, as far as they decide which lines a reader sees as text.
import { htmlBlockEnd, htmlBlockStart } from './html-block.ts';

/** A line without the quote marks and list indents around it; tabs are spaces. */
export interface BlockLine {
  /** 1-based line in the comment. */
  readonly number: number;
  readonly text: string;
}

/** Lines that belong together: a paragraph or heading, or a block of raw HTML. Code is nowhere among them. */
export interface Segment {
  readonly kind: 'text' | 'html';
  readonly isQuoted: boolean;
  readonly lines: BlockLine[];
}

interface Container {
  readonly kind: 'quote' | 'item';
  /** Columns that a line of a list item is indented by. */
  readonly columns: number;
  /** A list item that began with nothing: a blank line ends it. */
  isEmpty: boolean;
}

type Leaf =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly segment: Segment }
  | { readonly kind: 'html'; readonly segment: Segment; readonly end: RegExp | null }
  | { readonly kind: 'fence'; readonly mark: string };

interface Parser {
  readonly segments: Segment[];
  readonly containers: Container[];
  leaf: Leaf;
}

/** One line on its way through the blocks that are open. */
interface Cursor {
  readonly number: number;
  rest: string;
  /** How many of the open containers the line belongs to. */
  matched: number;
  isAllMatched: boolean;
}

const none: Leaf = { kind: 'none' };
/** Deeper nesting is taken as text: no line that could be a command is indented that far. */
const containersMax = 32;
const codeIndent = 4;
const tabStop = 4;

function expandTabs(line: string): string {
  if (!line.includes('\t')) return line;
  let expanded = '';
  for (const part of line.split(/(\t)/)) {
    expanded += part === '\t' ? ' '.repeat(tabStop - (expanded.length % tabStop)) : part;
  }
  return expanded;
}

function indentOf(text: string): number {
  return /^ */.exec(text)?.[0].length ?? 0;
}

/** Spaces only; what else looks empty (no-break spaces, say) is text. */
function isBlank(text: string): boolean {
  return /^ *$/.test(text);
}

function isThematicBreak(text: string): boolean {
  return /^ {0,3}(?:(?:\* *){3,}|(?:_ *){3,}|(?:- *){3,})$/.test(text);
}

/** What is left of a line inside a container, or null where the line does not belong to it. */
function insideOf(container: Container, rest: string): string | null {
  if (container.kind === 'quote') {
    const match = /^ {0,3}> ?/.exec(rest);
    return match === null ? null : rest.slice(match[0].length);
  }
  if (isBlank(rest)) return container.isEmpty ? null : '';
  return indentOf(rest) >= container.columns ? rest.slice(container.columns) : null;
}

function matchContainers({ containers }: Parser, cursor: Cursor): void {
  for (const container of containers) {
    const inside = insideOf(container, cursor.rest);
    if (inside === null) break;
    cursor.rest = inside;
    cursor.matched += 1;
  }
  cursor.isAllMatched = cursor.matched === containers.length;
}

/** Leaves the containers that the line does not belong to, and whatever was open in them. */
function closeUnmatched(parser: Parser, cursor: Cursor): void {
  parser.containers.length = cursor.matched;
  parser.leaf = none;
  for (const container of parser.containers) container.isEmpty = false;
}

function openContainer(parser: Parser, cursor: Cursor, opened: [Container, string]): void {
  closeUnmatched(parser, cursor);
  parser.containers.push(opened[0]);
  cursor.matched = parser.containers.length;
  cursor.isAllMatched = true;
  cursor.rest = opened[1];
}

/** Only an item that says something, and of an ordered list only the first, follows a paragraph at once. */
function mayInterrupt(marker: string, isEmpty: boolean): boolean {
  return !isEmpty && (!/^\d/.test(marker) || Number.parseInt(marker, 10) === 1);
}

/** A list item that begins here, and what stands in it. */
function listItem(rest: string, isInterrupting: boolean): [Container, string] | null {
  const head = /^ {0,3}([-+*]|\d{1,9}[.)])(?= |$)/.exec(rest);
  if (head === null || isThematicBreak(rest)) return null;
  const [{ length }, marker = ''] = head;
  const gap = indentOf(rest.slice(length));
  const isEmpty = length + gap === rest.length;
  if (isInterrupting && !mayInterrupt(marker, isEmpty)) return null;
  const columns = length + (isEmpty || gap > codeIndent ? 1 : gap);
  return [{ kind: 'item', columns, isEmpty }, rest.slice(columns)];
}

function quote(rest: string): [Container, string] | null {
  const match = /^ {0,3}> ?/.exec(rest);
  if (match === null) return null;
  return [{ kind: 'quote', columns: 0, isEmpty: false }, rest.slice(match[0].length)];
}

/** Opens the quotes and list items that begin on the line. True when there were any. */
function openContainers(parser: Parser, cursor: Cursor): boolean {
  let hasOpened = false;
  while (parser.containers.length < containersMax) {
    const isInterrupting = parser.leaf.kind === 'text' && cursor.isAllMatched && !hasOpened;
    const opened = quote(cursor.rest) ?? listItem(cursor.rest, isInterrupting);
    if (opened === null) break;
    openContainer(parser, cursor, opened);
    hasOpened = true;
  }
  return hasOpened;
}

function begin(parser: Parser, kind: Segment['kind'], cursor: Cursor): Segment {
  closeUnmatched(parser, cursor);
  const isQuoted = parser.containers.some((container) => container.kind === 'quote');
  const segment: Segment = { kind, isQuoted, lines: [] };
  parser.segments.push(segment);
  addLine(segment, cursor);
  return segment;
}

function addLine(segment: Segment, { number, rest }: Cursor): void {
  segment.lines.push({ number, text: rest });
}

function closesFence(rest: string, mark: string): boolean {
  const run = /^ {0,3}(`{3,}|~{3,}) *$/.exec(rest)?.[1];
  return run?.startsWith(mark) === true;
}

/** Inside a fence or raw HTML a line means nothing of its own; true when it was such a line. */
function continuesRaw(parser: Parser, cursor: Cursor): boolean {
  const { leaf } = parser;
  if (leaf.kind === 'fence') {
    if (closesFence(cursor.rest, leaf.mark)) parser.leaf = none;
    return true;
  }
  if (leaf.kind !== 'html') return false;
  if (leaf.end === null && isBlank(cursor.rest)) {
    parser.leaf = none;
    return true;
  }
  addLine(leaf.segment, cursor);
  if (leaf.end?.test(cursor.rest) === true) parser.leaf = none;
  return true;
}

/** The backticks or tildes of a fence that opens here, or null. */
function fenceMark(rest: string): string | null {
  const match = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(rest);
  return match?.[1] ?? null;
}

function openHtml(parser: Parser, cursor: Cursor, start: number): void {
  const end = htmlBlockEnd(start);
  const segment = begin(parser, 'html', cursor);
  parser.leaf = end?.test(cursor.rest) === true ? none : { kind: 'html', segment, end };
}

function isHeading(rest: string): boolean {
  return /^ {0,3}#{1,6}(?: |$)/.test(rest);
}

/** Headings, fences, HTML and rules may end a paragraph; true when the line was one of them. */
function startsBlock(parser: Parser, cursor: Cursor, isAfterText: boolean): boolean {
  const { rest } = cursor;
  if (indentOf(rest) >= codeIndent) return false;
  const mark = fenceMark(rest);
  const html = htmlBlockStart(rest.slice(indentOf(rest)), isAfterText);
  if (mark !== null) {
    closeUnmatched(parser, cursor);
    parser.leaf = { kind: 'fence', mark };
  } else if (html !== null) {
    openHtml(parser, cursor, html);
  } else if (isHeading(rest)) {
    begin(parser, 'text', cursor);
    parser.leaf = none;
  } else if (isThematicBreak(rest)) {
    closeUnmatched(parser, cursor);
  } else {
    return false;
  }
  return true;
}

function isUnderline(rest: string): boolean {
  return /^ {0,3}(?:=+|-+) *$/.test(rest);
}

/** The line as part of the paragraph before, also one that forgot its quote mark; true when it was. */
function continuesText(parser: Parser, cursor: Cursor): boolean {
  const { leaf } = parser;
  if (leaf.kind !== 'text') return false;
  if (cursor.isAllMatched && isUnderline(cursor.rest)) {
    parser.leaf = none;
    return true;
  }
  if (startsBlock(parser, cursor, true)) return true;
  addLine(leaf.segment, cursor);
  return true;
}

/** What is neither blank nor part of what was open begins something of its own. */
function beginAnew(parser: Parser, cursor: Cursor): void {
  if (startsBlock(parser, cursor, false)) return;
  if (indentOf(cursor.rest) >= codeIndent) closeUnmatched(parser, cursor);
  else parser.leaf = { kind: 'text', segment: begin(parser, 'text', cursor) };
}

function readLine(parser: Parser, line: string, number: number): void {
  const cursor: Cursor = { number, rest: expandTabs(line), matched: 0, isAllMatched: false };
  matchContainers(parser, cursor);
  if (cursor.isAllMatched && continuesRaw(parser, cursor)) return;
  const hasOpened = openContainers(parser, cursor);
  if (isBlank(cursor.rest)) {
    if (!hasOpened) endParagraph(parser, cursor);
  } else if (hasOpened || !continuesText(parser, cursor)) {
    beginAnew(parser, cursor);
  }
}

function endParagraph(parser: Parser, cursor: Cursor): void {
  parser.containers.length = cursor.matched;
  parser.leaf = none;
}

/** The paragraphs, headings and HTML blocks of a comment given as lines. Linear in its length. */
export function segmentsOf(lines: readonly string[]): Segment[] {
  const parser: Parser = { segments: [], containers: [], leaf: none };
  lines.forEach((line, index) => readLine(parser, line, index + 1));
  return parser.segments;
}
