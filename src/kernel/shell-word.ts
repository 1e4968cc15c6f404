// A word as people can type it: in a shell, which expands globs, and in a comment alike.

const plain = /^[\w@%+=:,./-]+$/;

/** The word itself where no shell does anything to it, else in quotes; double ones where it holds single ones. */
export function shellWord(text: string): string {
  if (plain.test(text)) return text;
  return text.includes("'") ? `"${text.replace(/["\\$`]/g, '\\$&')}"` : `'${text}'`;
}
