// Finds the `/coord` lines of a comment as a reader of the rendered page would: code, quotes and hidden parts do not count.
import { byteLength } from '../kernel/bytes.ts';
import { UsageError } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import { visibleLines } from './hidden.ts';

/** One command line of a comment, without the leading `/coord`. */
export interface CommandLine {
  readonly text: string;
  /** 1-based line in the comment. */
  readonly line: number;
}

const commandPattern = /^ {0,3}\/coord(?:[ \t]+(.*))?$/is;
const bidi = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/;

/** A line as it was meant: phones and pages put in spaces that do not break and characters that nobody sees. */
function tidy(line: string): string {
  return line.replace(/\u00a0/g, ' ').replace(/[\u200b\u200c\u2060\ufeff]/g, '');
}

function commandIn(line: string, number: number): CommandLine | null {
  const match = commandPattern.exec(tidy(line));
  if (match === null) return null;
  if (bidi.test(line)) {
    throw new UsageError(
      'bidi',
      `Line ${number} holds invisible direction marks. Type the command by hand.`,
      { line: number },
    );
  }
  return { text: (match[1] ?? '').trim(), line: number };
}

function checkSize(body: string): void {
  // A text has at least as many bytes as UTF-16 units, so a huge one need not be encoded to be refused.
  const isSmall = body.length <= limits.commentBytesMax;
  if (isSmall && byteLength(body) <= limits.commentBytesMax) return;
  throw new UsageError(
    'comment-too-large',
    `A comment with commands has at most ${limits.commentBytesMax} bytes. None of them ran; put them into a comment of their own.`,
    { max: limits.commentBytesMax },
  );
}

/**
 * The command lines of a comment, in order. UsageError when there are more than `commentCommandsMax`
 * or the comment is larger than `commentBytesMax`. Linear in the length of the comment.
 */
export function findCommands(body: string): CommandLine[] {
  const lines = body.split(/\r\n|\r|\n/);
  // Blocks cost more than a look at each line, and most comments command nothing.
  if (!lines.some((line) => commandPattern.test(tidy(line)))) return [];
  checkSize(body);
  const found = visibleLines(lines)
    .map((number) => commandIn(lines[number - 1] ?? '', number))
    .filter((command) => command !== null);
  if (found.length > limits.commentCommandsMax) {
    throw new UsageError(
      'too-many-commands',
      `A comment holds at most ${limits.commentCommandsMax} commands; this one has ${found.length}. None of them ran.`,
      { max: limits.commentCommandsMax, count: found.length },
    );
  }
  return found;
}
