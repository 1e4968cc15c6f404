// Plain lines for people: user text made harmless, columns as wide as their widest word.

/** Text of a user as one line: no line breaks, terminal codes, or characters that turn the direction of reading. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ');
}

/** At most `charsMax` characters, the last of them `…` where something was left out. */
export function shortened(text: string, charsMax: number): string {
  const chars = Array.from(oneLine(text));
  return chars.length <= charsMax ? chars.join('') : `${chars.slice(0, charsMax - 1).join('')}…`;
}

/** Rows as lines with two spaces between columns; nothing is cut off. */
export function table(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(oneLine));
  const widthOf = (column: number): number =>
    Math.max(...clean.map((row) => row[column]?.length ?? 0));
  const columns = Math.max(0, ...clean.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) => widthOf(column));
  return clean
    .map((row) => row.map((word, column) => word.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}
