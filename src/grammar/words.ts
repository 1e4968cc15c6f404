// Splits a command line into words: bare words, "double quotes" with \" and \\, 'single quotes' as they stand.
import { UsageError } from '../kernel/fault.ts';

/**
 * What closes a quote, by what opened it. A phone's curly quotes are closed by curly ones only and straight ones by
 * straight ones, so that a text in the one kind may hold the other.
 */
const closers: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['“', '“”'],
  ['”', '“”'],
  ['„', '“”'],
  ['‘', '’'],
  ['’', '’'],
]);
const doubles = '"“”„';

interface Scan {
  readonly characters: readonly string[];
  index: number;
  word: string | null;
  readonly words: string[];
}

function isGap(character: string | undefined): boolean {
  return character === undefined || character === ' ' || character === '\t';
}

function finishWord(scan: Scan): void {
  if (scan.word !== null) scan.words.push(scan.word);
  scan.word = null;
}

function isEscape({ characters, index }: Scan, quote: string): boolean {
  const next = characters[index + 1];
  return doubles.includes(quote) && characters[index] === '\\' && (next === '"' || next === '\\');
}

/** A curly single quote is an apostrophe too: it closes only at the end of a word. */
function closes({ characters, index }: Scan, quote: string): boolean {
  const character = characters[index] ?? '';
  if (closers.get(quote)?.includes(character) !== true) return false;
  return character !== '’' || isGap(characters[index + 1]);
}

/** Reads up to the closing quote. */
function readQuoted(scan: Scan, quote: string): void {
  scan.word ??= '';
  scan.index += 1;
  while (scan.index < scan.characters.length) {
    if (closes(scan, quote)) return;
    if (isEscape(scan, quote)) scan.index += 1;
    scan.word += scan.characters[scan.index] ?? '';
    scan.index += 1;
  }
  throw new UsageError(
    'quote-open',
    `A ${quote} is opened and never closed. Close it, or put the text into quotes of the other kind.`,
  );
}

/** Single quotes open only at the beginning of a word or value; inside one they are apostrophes. */
function opensQuote({ word }: Scan, character: string): boolean {
  if (!closers.has(character)) return false;
  return doubles.includes(character) || word === null || word.endsWith('=');
}

/** The words of one line. UsageError `quote-open` when a quote is not closed. An apostrophe inside a word is text. */
export function splitWords(line: string): string[] {
  const scan: Scan = { characters: Array.from(line), index: 0, word: null, words: [] };
  while (scan.index < scan.characters.length) {
    const character = scan.characters[scan.index] ?? '';
    if (isGap(character)) finishWord(scan);
    else if (opensQuote(scan, character)) readQuoted(scan, character);
    else scan.word = (scan.word ?? '') + character;
    scan.index += 1;
  }
  finishWord(scan);
  return scan.words;
}
