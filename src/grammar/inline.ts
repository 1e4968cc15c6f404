// The inside of a paragraph: which stretches of it a reader does not see as text, and the raw tags in it.
import { closingTag, openTag } from './html-block.ts';
import { readRawHtml } from './raw-html.ts';
import type { Range, Reading, Tag } from './raw-html.ts';

interface Bracket {
  readonly start: number;
  readonly isImage: boolean;
}

interface Scan {
  readonly text: string;
  readonly covered: Range[];
  readonly tags: Tag[];
  readonly brackets: Bracket[];
  /** Where the runs of so many backticks begin, the next one last. */
  readonly runs: ReadonlyMap<number, number[]>;
  /** Closers that are nowhere behind; looked for once. */
  readonly missing: Set<string>;
  isOpen: boolean;
}

const spaces = /[ \n\v\f]*/y;
const ticks = /`+/y;
const special = /[\\`<![\]]/g;
const punctuation = /[!-/:-@[-`{-~]/;
const autolink = /<[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^ \n<>]*>/y;
const anyTag = new RegExp(`${openTag}|${closingTag}`, 'y');
const label = /\[(?:\\[^]|[^[\]\\])*\]/y;
const pointed = /<(?:\\[^\n]|[^<>\n\\])*>/y;
const lineEnd = / *(?:\n|$)/y;
const titles: readonly RegExp[] = [
  /"(?:\\[^]|[^"\\])*"/y,
  /'(?:\\[^]|[^'\\])*'/y,
  /\((?:\\[^]|[^()\\])*\)/y,
];

function matchAt(pattern: RegExp, text: string, index: number): number | null {
  pattern.lastIndex = index;
  const match = pattern.exec(text);
  return match === null ? null : index + match[0].length;
}

function runsOf(text: string): Map<number, number[]> {
  const runs = new Map<number, number[]>();
  for (const { 0: run, index } of text.matchAll(/`+/g)) {
    const starts = runs.get(run.length);
    if (starts === undefined) runs.set(run.length, [index]);
    else starts.push(index);
  }
  for (const starts of runs.values()) starts.reverse();
  return runs;
}

/** Where a closer ends behind `index`, or null; a closer that is missing once is missing for all that follow. */
function endOf(scan: Scan, closer: string, index: number): number | null {
  if (scan.missing.has(closer)) return null;
  const found = scan.text.indexOf(closer, index);
  if (found >= 0) return found + closer.length;
  scan.missing.add(closer);
  return null;
}

function cover(scan: Scan, start: number, end: number): number {
  scan.covered.push({ start, end });
  return end;
}

/** A code span, or the backticks as they stand. */
function readCode(scan: Scan, index: number): number {
  const opened = matchAt(ticks, scan.text, index) ?? index + 1;
  const starts = scan.runs.get(opened - index) ?? [];
  while ((starts.at(-1) ?? opened) < opened) starts.pop();
  const closing = starts.at(-1);
  return closing === undefined ? opened : cover(scan, index, closing + opened - index);
}

const markups: readonly (readonly [RegExp, string])[] = [
  [/<!--/y, '-->'],
  [/<!\[CDATA\[/y, ']]>'],
  [/<\?/y, '?>'],
  [/<![a-zA-Z]/y, '>'],
];

function readTag(scan: Scan, index: number, end: number): number {
  const [, slash = '', name = ''] =
    /^<(\/?)([a-zA-Z0-9-]*)/.exec(scan.text.slice(index, end)) ?? [];
  scan.tags.push({ start: index, end, name: name.toLowerCase(), isClosing: slash !== '' });
  return cover(scan, index, end);
}

/** What CommonMark hands on as it stands may end earlier for HTML, and go on with something else. */
function readMarkup(scan: Scan, index: number, end: number): number {
  const { tags, isOpen } = readRawHtml(scan.text.slice(index, end));
  for (const tag of tags)
    scan.tags.push({ ...tag, start: index + tag.start, end: index + tag.end });
  if (!isOpen) return cover(scan, index, end);
  scan.isOpen = true;
  return cover(scan, index, scan.text.length);
}

/** A comment, tag or link in angle brackets, or the bracket as it stands. */
function readAngle(scan: Scan, index: number): number {
  for (const [opener, closer] of markups) {
    if (matchAt(opener, scan.text, index) === null) continue;
    // `<!-->` is a whole comment: its closer may begin inside its opener.
    const end = endOf(scan, closer, index + 2);
    return end === null ? index + 1 : readMarkup(scan, index, end);
  }
  const tagEnd = matchAt(anyTag, scan.text, index);
  if (tagEnd !== null) return readTag(scan, index, tagEnd);
  return matchAt(autolink, scan.text, index) ?? index + 1;
}

function skipSpace(text: string, index: number): number {
  return matchAt(spaces, text, index) ?? index;
}

/** Where a title ends that begins at `index`; null where none does. */
function titleEnd(text: string, index: number): number | null {
  for (const title of titles) {
    const end = matchAt(title, text, index);
    if (end !== null) return end;
  }
  return null;
}

const piece = /\\[!-/:-@[-`{-~]|[^ \n()\\]+|[()\\]/y;
const nesting: Readonly<Record<string, number>> = { '(': 1, ')': -1 };

/** As in GitHub's renderer; without a bound every bracket would look at the whole rest. */
const nestingMax = 32;

/** Where a destination without angle brackets ends: at a space, or at the bracket that closes the link. */
function bareEnd(text: string, index: number): number | null {
  let depth = 0;
  let place = index;
  for (let end = matchAt(piece, text, place); end !== null; end = matchAt(piece, text, place)) {
    depth += nesting[text[place] ?? ''] ?? 0;
    if (depth < 0 || depth > nestingMax) break;
    place = end;
  }
  return depth > 0 || place === index ? null : place;
}

function destinationEnd(text: string, index: number): number | null {
  return text[index] === '<' ? matchAt(pointed, text, index) : bareEnd(text, index);
}

/** The end of `(destination "title")` behind a link's text; null where it is no such thing. */
function tailEnd(text: string, index: number): number | null {
  const start = skipSpace(text, index + 1);
  const led = skipSpace(text, destinationEnd(text, start) ?? start);
  const titled = skipSpace(text, titleEnd(text, led) ?? led);
  return text[titled] === ')' ? titled + 1 : null;
}

/** What a closing bracket ends: the words of an image are not seen, nor where a link leads. */
function readClosing(scan: Scan, index: number): number {
  const opened = scan.brackets.pop();
  if (opened === undefined) return index + 1;
  const next = scan.text[index + 1];
  const tail = next === '(' ? tailEnd(scan.text, index + 1) : null;
  const end = tail ?? (next === '[' ? matchAt(label, scan.text, index + 1) : null) ?? index + 1;
  return cover(scan, opened.isImage ? opened.start : index, end);
}

function readEscape({ text }: Scan, index: number): number {
  return punctuation.test(text[index + 1] ?? '') ? index + 2 : index + 1;
}

function readOpening({ text, brackets }: Scan, index: number): number {
  brackets.push({ start: index, isImage: text[index - 1] === '!' });
  return index + 1;
}

const readers: Readonly<Record<string, (scan: Scan, index: number) => number>> = {
  '\\': readEscape,
  '`': readCode,
  '<': readAngle,
  '[': readOpening,
  ']': readClosing,
};

/** Behind `[label]:` at `index`, or null. */
function labelEnd(text: string, index: number): number | null {
  const end = matchAt(label, text, index);
  return end !== null && text[end] === ':' ? end + 1 : null;
}

/** The end of the definition of a link (`[label]: destination "title"`) that begins at `index`, or null. */
function definitionEnd(text: string, index: number): number | null {
  const start = skipSpace(text, index);
  const labelled = labelEnd(text, start);
  if (labelled === null) return null;
  // A footnote's text is shown elsewhere on the page.
  if (text[start + 1] === '^') return text.length;
  const led = destinationEnd(text, skipSpace(text, labelled));
  if (led === null) return null;
  const titled = titleEnd(text, skipSpace(text, led));
  const ends = [titled, led].filter((end) => end !== null);
  return ends.find((end) => matchAt(lineEnd, text, end) !== null) ?? null;
}

const plain: Reading = { covered: [], tags: [], isOpen: false };

/** Reads the text of one paragraph. Definitions of links stand only at its beginning. Linear in its length. */
export function readInline(text: string): Reading {
  special.lastIndex = 0;
  if (!special.test(text)) return plain;
  const scan: Scan = {
    ...{ text, covered: [], tags: [], brackets: [] },
    runs: runsOf(text),
    missing: new Set(),
    isOpen: false,
  };
  let index = 0;
  for (let end = definitionEnd(text, 0); end !== null; end = definitionEnd(text, index)) {
    index = cover(scan, index, end);
  }
  while (index < text.length) {
    special.lastIndex = index;
    const found = special.exec(text);
    if (found === null) break;
    index = readers[found[0]]?.(scan, found.index) ?? found.index + 1;
  }
  return { covered: scan.covered, tags: scan.tags, isOpen: scan.isOpen };
}
