// A unit as the ratchet compares it: by its place, by its text without layout, and as a set of words.
import { limits } from '../kernel/limits.ts';
import type { Unit } from './unit.ts';

/** One unit with what matching needs to know of it. `path` is the base's path on both sides. */
export interface Candidate {
  readonly unit: Unit;
  readonly path: string;
  /** Kind, path and name: what pass 2 goes by. */
  readonly place: string;
  readonly normalised: () => string;
}

const punctuation = /[^\w$\s\u0080-\uffff]/.source;
const spacedPunctuation = new RegExp(` ?(${punctuation}) ?`, 'g');
/** Ends anywhere if need be, so that nothing is looked at twice. */
const textOrComment =
  /'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?|`(?:[^`\\]|\\[^])*`?|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g;
const word = /[\w$\u0080-\uffff]+/g;

/** Candidates in the order of the units; `path` is the path at the base. */
export function candidatesOf(path: string, units: readonly Unit[]): Candidate[] {
  return units.map((unit) => {
    let normalised: string | undefined;
    return {
      unit,
      path,
      place: `${unit.kind}\0${path}\0${unit.qualifiedName}`,
      normalised: () => (normalised ??= normaliseBody(unit.body)),
    };
  });
}

/**
 * The body without layout: white space only where it parts two words.
 * Bodies beyond the bound are compared as they are, because nested giants would be rewritten once per level.
 */
export function normaliseBody(body: string): string {
  if (body.length > limits.comparedBodyCharsMax) return body;
  return body.replace(/\s+/g, ' ').replace(spacedPunctuation, '$1').trim();
}

/**
 * The distinct words, numbers included, without those of comments: a long comment would outweigh the code when it is
 * edited on the way. None for bodies beyond the bound.
 */
export function wordsOf(body: string): ReadonlySet<string> {
  if (body.length > limits.comparedBodyCharsMax) return new Set();
  return new Set(withoutComments(body).match(word));
}

/** Near enough for comparing: what a regular expression literal hides from it costs some words at most. */
function withoutComments(body: string): string {
  return body.replace(textOrComment, (found) => (found.startsWith('/') ? ' ' : found));
}
