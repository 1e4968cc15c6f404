// A block of raw HTML as a browser's parser reads it: its tags, and whether it leaves something open behind it.

/** A stretch of text, `end` not included. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A tag of raw HTML. */
export interface Tag extends Range {
  /** In lower case. */
  readonly name: string;
  readonly isClosing: boolean;
}

export interface Reading {
  /** Stretches that a reader does not see as text: tags and comments here. */
  readonly covered: readonly Range[];
  readonly tags: readonly Tag[];
  /** A comment or tag is never closed: everything after it, to the end of the page, is swallowed. */
  readonly isOpen: boolean;
}

interface Scan {
  readonly text: string;
  readonly covered: Range[];
  readonly tags: Tag[];
}

/** Behind the closing bracket of a tag that begins at `index`, quotes respected; null where it never closes. */
function tagEnd(text: string, index: number): number | null {
  const stop = /[>"']/g;
  stop.lastIndex = index;
  for (let found = stop.exec(text); found !== null; found = stop.exec(text)) {
    if (found[0] === '>') return found.index + 1;
    const isValue = /=[ \n]*$/.test(text.slice(Math.max(index, found.index - 64), found.index));
    if (!isValue) continue;
    const close = text.indexOf(found[0], found.index + 1);
    if (close < 0) return null;
    stop.lastIndex = close + 1;
  }
  return null;
}

function closerEnd(text: string, closer: string, index: number): number | null {
  const found = text.indexOf(closer, index);
  return found < 0 ? null : found + closer.length;
}

/** `<!-->` is a whole comment, so that its closer may begin inside its opener; `--!>` closes one too. */
function commentEnd(text: string, index: number): number | null {
  const end = closerEnd(text, '-->', index + 2);
  const odd = closerEnd(text, '--!>', index + 4);
  return odd !== null && (end === null || odd < end) ? odd : end;
}

/** Where what begins with `<` at `index` ends; `index + 1` where the bracket is text, null where it never ends. */
function markupEnd({ text, tags }: Scan, index: number): number | null {
  if (text.startsWith('<!--', index)) return commentEnd(text, index);
  const next = text[index + 1] ?? '';
  if (next === '!' || next === '?') return closerEnd(text, '>', index + 1);
  const head = /<(\/?)([a-zA-Z][^ \t\n\v\f/>]*)/y;
  head.lastIndex = index;
  const match = head.exec(text);
  if (match === null) return index + 1;
  const end = tagEnd(text, index + match[0].length);
  const name = (match[2] ?? '').toLowerCase();
  tags.push({ start: index, end: end ?? text.length, name, isClosing: match[1] !== '' });
  return end;
}

/** Reads the text of one block. Linear in its length: nothing is read twice, for what never ends ends the reading. */
export function readRawHtml(text: string): Reading {
  const scan: Scan = { text, covered: [], tags: [] };
  for (let index = text.indexOf('<'); index >= 0; index = text.indexOf('<', index)) {
    const end = markupEnd(scan, index);
    scan.covered.push({ start: index, end: end ?? text.length + 1 });
    if (end === null) return { ...scan, isOpen: true };
    index = end;
  }
  return { ...scan, isOpen: false };
}
