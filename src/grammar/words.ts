// Splits a command line into words: bare words, "double quotes" with \" and \\, 'single quotes' as they stand.
import { UsageError } from '../kernel/fault.ts';

const curly: Readonly<Record<string, string>> = { '“': '"', '”': '"', '‘': "'", '’': "'" };
const quotes = new Set(['"', "'"]);

interface Scan {
  readonly characters: readonly string[];
  index: number;
  word: string | null;
  readonly words: string[];
}

function finishWord(scan: Scan): void {
  if (scan.word !== null) scan.words.push(scan.word);
  scan.word = null;
}

function isEscape(scan: Scan, quote: string): boolean {
  const next = scan.characters[scan.index + 1];
  return quote === '"' && scan.characters[scan.index] === '\\' && (next === '"' || next === '\\');
}

/** Reads up to the closing quote; a phone's curly quotes close what they opened. */
function readQuoted(scan: Scan, quote: string): void {
  scan.word ??= '';
  scan.index += 1;
  while (scan.index < scan.characters.length) {
    const character = scan.characters[scan.index] ?? '';
    if ((curly[character] ?? character) === quote) return;
    if (isEscape(scan, quote)) scan.index += 1;
    scan.word += scan.characters[scan.index] ?? '';
    scan.index += 1;
  }
  throw new UsageError('quote-open', `A ${quote} is opened and never closed.`);
}

function opensQuote(scan: Scan, character: string): boolean {
  if (!quotes.has(curly[character] ?? character)) return false;
  return character !== "'" && character !== '’'
    ? true
    : scan.word === null || scan.word.endsWith('=');
}

/** The words of one line. UsageError `quote-open` when a quote is not closed. An apostrophe inside a word is text. */
export function splitWords(line: string): string[] {
  const scan: Scan = { characters: [...line], index: 0, word: null, words: [] };
  while (scan.index < scan.characters.length) {
    const character = scan.characters[scan.index] ?? '';
    if (character === ' ' || character === '\t') finishWord(scan);
    else if (opensQuote(scan, character)) readQuoted(scan, curly[character] ?? character);
    else scan.word = (scan.word ?? '') + character;
    scan.index += 1;
  }
  finishWord(scan);
  return scan.words;
}
