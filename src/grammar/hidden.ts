// Which lines of a comment a reader of the page sees as plain text: not code, not quoted, not hidden, not collapsed.
import { segmentsOf } from './block.ts';
import type { Segment } from './block.ts';
import { readInline } from './inline.ts';
import { readRawHtml } from './raw-html.ts';
import type { Reading, Tag } from './raw-html.ts';

/** Elements whose inside is code, a quote, collapsed or not shown at all, from their tag to the tag that closes them. */
const hidingElements: ReadonlySet<string> = new Set([
  ...['details', 'pre', 'code', 'blockquote', 'samp', 'kbd', 'tt', 'xmp', 'plaintext'],
  ...['script', 'style', 'textarea', 'title', 'template', 'iframe', 'noembed', 'noframes'],
  ...['select', 'svg', 'math', 'audio', 'video', 'canvas', 'object', 'noscript'],
]);

/** What is hidden from here on. */
interface Curtain {
  /** How many of each hiding element are open. */
  readonly open: Map<string, number>;
  /** Something was left open that nothing ever closes. */
  isDown: boolean;
}

/**
 * Whether a tag changes what is hidden. Inside a table HTML does not close what was opened before it, and moves text
 * in front of it: so a table inside something hidden hides too, and until its end nothing else is taken as closed.
 */
function matters({ open }: Curtain, { name, isClosing }: Tag, isQuoted: boolean): boolean {
  if (name === 'table') return isQuoted || open.size > 0;
  return hidingElements.has(name) && !(isClosing && open.has('table'));
}

function pass(curtain: Curtain, tag: Tag, isQuoted: boolean): void {
  if (!matters(curtain, tag, isQuoted)) return;
  const count = (curtain.open.get(tag.name) ?? 0) + (tag.isClosing ? -1 : 1);
  if (count > 0) curtain.open.set(tag.name, count);
  else curtain.open.delete(tag.name);
}

function isHiding({ open, isDown }: Curtain): boolean {
  return isDown || open.size > 0;
}

/** The offsets at which the lines of a segment begin, indents left out. */
function startsOf({ lines }: Segment): number[] {
  const starts: number[] = [];
  let offset = 0;
  for (const { text } of lines) {
    starts.push(offset + (/^ */.exec(text)?.[0].length ?? 0));
    offset += text.length + 1;
  }
  return starts;
}

function read(segment: Segment): Reading {
  const text = segment.lines.map((line) => line.text).join('\n');
  return segment.kind === 'html' ? readRawHtml(text) : readInline(text);
}

/** The lines of a segment that begin in the open, in order; the curtain is moved to where the segment ends. */
function seenIn(segment: Segment, curtain: Curtain): number[] {
  const { covered, tags, isOpen } = read(segment);
  const seen: number[] = [];
  const starts = startsOf(segment);
  let [tagIndex, rangeIndex] = [0, 0];
  const ranges = [...covered].sort((left, right) => left.start - right.start);
  let coveredUntil = 0;
  starts.forEach((start, index) => {
    for (let tag = tags[tagIndex]; tag !== undefined && tag.start < start; tag = tags[tagIndex]) {
      pass(curtain, tag, segment.isQuoted);
      tagIndex += 1;
    }
    for (let range = ranges[rangeIndex]; range !== undefined && range.start < start;) {
      coveredUntil = Math.max(coveredUntil, range.end);
      rangeIndex += 1;
      range = ranges[rangeIndex];
    }
    const line = segment.lines[index];
    if (line !== undefined && coveredUntil <= start && !isHiding(curtain)) seen.push(line.number);
  });
  for (const tag of tags.slice(tagIndex)) pass(curtain, tag, segment.isQuoted);
  if (isOpen) curtain.isDown = true;
  return segment.isQuoted ? [] : seen;
}

/**
 * The 1-based numbers of the lines whose first word a reader sees as text. Lines of paragraphs, headings and plain
 * HTML count, also inside lists. In doubt a line is hidden. Linear in the length of the comment.
 */
export function visibleLines(lines: readonly string[]): number[] {
  const curtain: Curtain = { open: new Map(), isDown: false };
  return segmentsOf(lines).flatMap((segment) => seenIn(segment, curtain));
}
