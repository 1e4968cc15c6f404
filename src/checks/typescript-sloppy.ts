// Sloppy-mode JavaScript may write octal numbers and escapes that TypeScript's parser calls errors.

/** A parser's complaint about a stretch of the text. */
export interface Complaint {
  readonly code: number;
  readonly start: number;
  readonly length: number;
}

const legacyCodes: ReadonlySet<number> = new Set([
  1121, // Octal literals are not allowed.
  1487, // Octal escape sequences are not allowed.
  1488, // Escape sequence '\8' is not allowed.
  1489, // Decimals with leading zeros are not allowed.
]);

/**
 * The text with legacy numbers and escapes written over with `_`, a name in code and a letter in strings,
 * character for character, so that every offset still holds. Undefined where anything else is wrong with the text.
 * It has to be parsed again: one error can hide another at the same place.
 */
export function withoutLegacy(text: string, complaints: readonly Complaint[]): string | undefined {
  if (!complaints.every(({ code }) => legacyCodes.has(code))) return undefined;
  const pieces: string[] = [];
  let from = 0;
  for (const complaint of complaints) {
    // The minus of `a -010` is part of the complaint, but not of the number.
    const start = complaint.start + (text[complaint.start] === '-' ? 1 : 0);
    const end = complaint.start + complaint.length;
    pieces.push(text.slice(from, start), '_'.repeat(end - start));
    from = end;
  }
  return pieces.join('') + text.slice(from);
}
