// Finds the `/coord` lines of a comment as a reader of the rendered page would: code, quotes and hidden parts do not count.
import { UsageError } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';

/** One command line of a comment, without the leading `/coord`. */
export interface CommandLine {
  readonly text: string;
  /** 1-based line in the comment. */
  readonly line: number;
}

interface Fence {
  readonly character: string;
  readonly length: number;
}

/** What the scanner is inside of after a line. */
interface Inside {
  fence: Fence | null;
  /** The text that ends a hidden or raw block, such as `-->` or `</pre>`. */
  closer: string | null;
  /** Unclosed `<details>`. */
  details: number;
  /** The line before was a quote: a plain line now still belongs to it. */
  isQuote: boolean;
}

const fencePattern = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const quotePattern = /^ {0,3}>/;
const commandPattern = /^ {0,3}\/coord(?:[ \t]+(.*))?$/i;
const rawTags = ['pre', 'script', 'style', 'textarea', 'code'];
const bidi = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/;

function opensFence(line: string): Fence | null {
  const match = fencePattern.exec(line);
  const run = match?.[1];
  if (run === undefined) return null;
  const character = run.charAt(0);
  if (character === '`' && (match?.[2] ?? '').includes('`')) return null;
  return { character, length: run.length };
}

function closesFence(line: string, fence: Fence): boolean {
  const run = /^ {0,3}(`+|~+)[ \t]*$/.exec(line)?.[1];
  return run !== undefined && run.startsWith(fence.character) && run.length >= fence.length;
}

function countOf(line: string, part: string): number {
  return line.split(part).length - 1;
}

/** The closer of whatever hidden or raw block a line leaves open, or null. */
function leavesOpen(lower: string): string | null {
  if (lower.lastIndexOf('<!--') > lower.lastIndexOf('-->')) return '-->';
  for (const tag of rawTags) {
    const opened = Math.max(lower.lastIndexOf(`<${tag}>`), lower.lastIndexOf(`<${tag} `));
    if (opened > lower.lastIndexOf(`</${tag}>`)) return `</${tag}>`;
  }
  return null;
}

/** Moves past a line that is inside a block; true when it was. */
function skipsInside(inside: Inside, line: string): boolean {
  if (inside.fence !== null) {
    if (closesFence(line, inside.fence)) inside.fence = null;
    return true;
  }
  if (inside.closer === null) return false;
  const lower = line.toLowerCase();
  const end = lower.indexOf(inside.closer);
  if (end >= 0) inside.closer = leavesOpen(lower.slice(end + inside.closer.length));
  return true;
}

/** Takes note of what a visible line opens; true when the line cannot be a command. */
function opensSomething(inside: Inside, line: string): boolean {
  const wasQuote = inside.isQuote;
  inside.isQuote = quotePattern.test(line) || (wasQuote && line.trim() !== '');
  if (inside.isQuote) return true;
  inside.fence = opensFence(line);
  if (inside.fence !== null) return true;
  const lower = line.toLowerCase();
  inside.closer = leavesOpen(lower);
  const wasInDetails = inside.details > 0;
  inside.details += countOf(lower, '<details') - countOf(lower, '</details>');
  if (inside.details < 0) inside.details = 0;
  return wasInDetails || inside.details > 0;
}

function tidy(body: string): string[] {
  return body
    .replace(/\r\n?/g, '\n')
    .replace(/\u00a0/g, ' ')
    .replace(/[\u200b\u200c\u2060\ufeff]/g, '')
    .split('\n');
}

function commandIn(line: string, number: number): CommandLine | null {
  const match = commandPattern.exec(line);
  if (match === null) return null;
  if (bidi.test(line)) {
    throw new UsageError(
      'bidi',
      `Line ${number} holds invisible direction marks. Type the command by hand.`,
    );
  }
  return { text: (match[1] ?? '').trim(), line: number };
}

/**
 * The command lines of a comment, in order. UsageError when there are more than `commentCommandsMax`
 * or the comment is larger than `commentBytesMax`. Linear in the length of the comment.
 */
export function findCommands(body: string): CommandLine[] {
  if (body.length > limits.commentBytesMax) {
    throw new UsageError(
      'comment-too-large',
      `A comment with commands has at most ${limits.commentBytesMax} bytes.`,
    );
  }
  const inside: Inside = { fence: null, closer: null, details: 0, isQuote: false };
  const found: CommandLine[] = [];
  tidy(body).forEach((line, index) => {
    if (skipsInside(inside, line) || opensSomething(inside, line)) return;
    const command = commandIn(line, index + 1);
    if (command !== null) found.push(command);
  });
  if (found.length > limits.commentCommandsMax) {
    throw new UsageError(
      'too-many-commands',
      `A comment holds at most ${limits.commentCommandsMax} commands; this one has ${found.length}. None of them ran.`,
    );
  }
  return found;
}
