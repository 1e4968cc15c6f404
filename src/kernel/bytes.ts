// Sizes are bounded in bytes of UTF-8, the form in which everything is stored and sent.

const encoder = new TextEncoder();

// Most texts are short, and every command is measured: into a buffer of our own that leaves nothing to collect.
const scratch = new Uint8Array(16 * 1024);
const bytesPerUnitMax = 3;

/** How many bytes of UTF-8 a text takes; `length` counts UTF-16 units, and one of those takes up to three bytes. */
export function byteLength(text: string): number {
  const fits = text.length * bytesPerUnitMax <= scratch.length;
  return fits ? encoder.encodeInto(text, scratch).written : encoder.encode(text).length;
}
