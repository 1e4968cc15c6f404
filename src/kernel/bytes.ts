// Sizes are bounded in bytes of UTF-8, the form in which everything is stored and sent.

const encoder = new TextEncoder();

/** How many bytes of UTF-8 a text takes; `length` counts UTF-16 units, and one of those takes up to three bytes. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}
