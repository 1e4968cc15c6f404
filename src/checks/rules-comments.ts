// Finds the comments of a parsed file, given where text stands that only looks like one.

/** Offsets in UTF-16 code units; the end is exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A comment with its marks. */
export interface Comment extends Stretch {
  readonly text: string;
  readonly isBlock: boolean;
}

const opening = /\/[/*]/g;
const lineEnd = /[\n\r\u2028\u2029]/g;

/**
 * Every comment in order. `opaque` are the string, template, regular expression and JSX texts of the file, in order:
 * outside them two slashes, or a slash and a star, always begin a comment. A shebang is none.
 */
export function commentsOf(text: string, opaque: readonly Stretch[]): Comment[] {
  const comments: Comment[] = [];
  let position = text.startsWith('#!') ? endOfLine(text, 0) : 0;
  for (const { start, end } of [...opaque, { start: text.length, end: text.length }]) {
    position = readUntil(text, position, start, comments);
    position = Math.max(position, end);
  }
  return comments;
}

/** Reads comments that begin in front of `end`; answers where the last one ends, or `end`. */
function readUntil(text: string, from: number, end: number, comments: Comment[]): number {
  let position = from;
  while (position < end) {
    opening.lastIndex = position;
    const start = opening.exec(text)?.index ?? text.length;
    if (start >= end) return end;
    const comment = commentAt(text, start);
    comments.push(comment);
    position = comment.end;
  }
  return position;
}

function commentAt(text: string, start: number): Comment {
  const isBlock = text[start + 1] === '*';
  const end = isBlock ? endOfBlock(text, start) : endOfLine(text, start);
  return { start, end, text: text.slice(start, end), isBlock };
}

function endOfBlock(text: string, start: number): number {
  const end = text.indexOf('*/', start + 2);
  return end < 0 ? text.length : end + 2;
}

function endOfLine(text: string, start: number): number {
  lineEnd.lastIndex = start;
  return lineEnd.exec(text)?.index ?? text.length;
}

/** Those of comments in order that lie between two offsets. */
export function commentsIn(
  comments: readonly Comment[],
  { pos, end }: { readonly pos: number; readonly end: number },
): Comment[] {
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((comments[middle]?.start ?? 0) < pos) low = middle + 1;
    else high = middle;
  }
  let last = low;
  while ((comments[last]?.end ?? Infinity) <= end) last += 1;
  return comments.slice(low, last);
}
