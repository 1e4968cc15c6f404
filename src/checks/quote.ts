// Texts of strangers (paths, names, globs, reasons) as they stand in our sentences: on one line, visible, never markup.

const charsMax = 160;

/** Control, direction, zero-width and other invisible characters, and the backtick that would end the quotation. */
const special = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}`]/gu;

function escaped(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}

/** The text in backticks, escaped where it is not plain to see, its middle left out where it is long. */
export function quote(text: string): string {
  const half = charsMax / 2;
  const cut = text.length > charsMax ? `${text.slice(0, half)}…${text.slice(-half)}` : text;
  return `\`${cut.replace(special, escaped)}\``;
}

/** The first few of them quoted, and how many more there are: "`a`, `b` and 3 more"; "nothing" of none. */
export function quoteSome(texts: readonly string[], shownMax = 3): string {
  if (texts.length === 0) return 'nothing';
  const shown = texts.slice(0, shownMax).map(quote).join(', ');
  const more = texts.length - shownMax;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** "1 file", "2 files". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
