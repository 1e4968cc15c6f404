// Where a block of raw HTML begins and ends, by CommonMark's seven conditions.

/** Elements of the sixth condition: such a block may follow a paragraph at once and ends at a blank line. */
const blockElements =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|' +
  'fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|' +
  'menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|source|summary|table|tbody|td|tfoot|th|thead|' +
  'title|tr|track|ul';

// Not \s: a no-break space separates nothing in HTML.
const space = '[ \\t\\n\\v\\f]';
const value = '(?:[^ \\t\\n\\v\\f"\'=<>`]+|\'[^\']*\'|"[^"]*")';
const attribute = `${space}+[a-zA-Z_:][a-zA-Z0-9_.:-]*(?:${space}*=${space}*${value})?`;
/** One whole tag as CommonMark takes it, without an anchor. */
export const openTag = `<[a-zA-Z][a-zA-Z0-9-]*(?:${attribute})*${space}*/?>`;
export const closingTag = `</[a-zA-Z][a-zA-Z0-9-]*${space}*>`;

interface Condition {
  readonly start: RegExp;
  /** Null: the block ends at a blank line. */
  readonly end: RegExp | null;
}

const conditions: readonly Condition[] = [
  {
    start: /^<(?:script|pre|style|textarea)(?:[ \v\f]|>|$)/i,
    end: /<\/(?:script|pre|style|textarea)>/i,
  },
  { start: /^<!--/, end: /-->/ },
  { start: /^<\?/, end: /\?>/ },
  { start: /^<![a-zA-Z]/, end: />/ },
  { start: /^<!\[CDATA\[/, end: /\]\]>/ },
  { start: new RegExp(`^</?(?:${blockElements})(?:${space}|/?>|$)`, 'i'), end: null },
  { start: new RegExp(`^(?:${openTag}|${closingTag})${space}*$`), end: null },
];

/** A tag of any other name alone on its line; it cannot end a paragraph. */
const loneTag = conditions.length - 1;

/** The number of the condition that a line without its indent meets, or null where no block begins. */
export function htmlBlockStart(text: string, isAfterText: boolean): number | null {
  if (!text.startsWith('<')) return null;
  const found = conditions.findIndex(({ start }) => start.test(text));
  return found < 0 || (found === loneTag && isAfterText) ? null : found;
}

/** What ends a block of that condition, on its first line already; null for a blank line. */
export function htmlBlockEnd(condition: number): RegExp | null {
  return conditions[condition]?.end ?? null;
}
