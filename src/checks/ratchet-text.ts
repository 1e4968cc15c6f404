// The text of a unit as the ratchet compares it: without layout, and as a set of words.
import { limits } from '../kernel/limits.ts';

const punctuation = /[^\w$\s\u0080-\uffff]/.source;
const spacedPunctuation = new RegExp(` ?(${punctuation}) ?`, 'g');
const word = /[\w$\u0080-\uffff]+/g;

/**
 * The body without layout: white space only where it parts two words.
 * Bodies beyond the bound are compared as they are, because nested giants would be rewritten once per level.
 */
export function normaliseBody(body: string): string {
  if (body.length > limits.comparedBodyCharsMax) return body;
  return body.replace(/\s+/g, ' ').replace(spacedPunctuation, '$1').trim();
}

/** The distinct words, numbers included; none for bodies beyond the bound. */
export function wordsOf(body: string): ReadonlySet<string> {
  if (body.length > limits.comparedBodyCharsMax) return new Set();
  return new Set(body.match(word));
}
