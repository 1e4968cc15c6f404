// Scopes of plans and locks: which paths a glob means, whether two have a path in common, whether one holds another.
import { UsageError } from './fault.ts';
import { limits } from './limits.ts';
import {
  NAMED,
  SEGMENT_START,
  acceptsAt,
  automatonOf,
  shapeAfter,
  stepsOf,
  unionOf,
} from './scope-glob-automaton.ts';
import type { Automaton } from './scope-glob-automaton.ts';
import { holdsEveryPath } from './scope-glob-containment.ts';
import { sharePath } from './scope-glob-intersection.ts';
import { readGlob } from './scope-glob-syntax.ts';

/**
 * A glob that was understood:
 * - `*` is any run of characters within one name, `?` one character; both take a leading dot.
 * - `**` alone between separators is any number of folders, none included; at the end it is everything below:
 *   `src/**` means all in `src` but not a file `src` itself, `**` means every path.
 * - `{a,b}` lists alternatives; they nest and may hold `/`. `src{,/**}` is `src` and all below.
 * - A last `/` means everything below. Everything else, `[`, `!`, `(`, `@`, `+`, `#` too, stands for itself.
 * A path is names joined by `/`, none of them empty, `.` or `..`; patterns and paths are compared in NFC, by code point.
 */
export interface Glob {
  /** As it was written. */
  readonly text: string;
  readonly automaton: Automaton;
}

/** Reads a glob; `problem` is a sentence that ends with the next step and does not repeat the text. */
export function parseGlob(
  text: string,
): { readonly ok: true; readonly glob: Glob } | { readonly ok: false; readonly problem: string } {
  const syntax = readGlob(text);
  if (!syntax.ok) return syntax;
  return { ok: true, glob: { text, automaton: automatonOf(syntax.sequence) } };
}

/** Reads a glob that is expected to be one; throws UsageError `bad-glob`. */
export function glob(text: string): Glob {
  const parsed = parseGlob(text);
  if (parsed.ok) return parsed.glob;
  throw new UsageError('bad-glob', parsed.problem, {
    glob: text.slice(0, limits.inputGlobCharsMax),
  });
}

/** Whether the glob means this path; no glob means what is no path. Time grows with path length x glob length. */
export function matches({ automaton }: Glob, path: string): boolean {
  const after = stepsOf(automaton);
  let states: readonly number[] = [automaton.start];
  let shape = SEGMENT_START;
  for (const char of path.normalize('NFC')) {
    const symbol = char.codePointAt(0) ?? 0;
    shape = shapeAfter(shape, symbol);
    states = after(states, symbol);
    if (shape < 0 || states.length === 0) return false;
  }
  return shape === NAMED && acceptsAt(automaton, states);
}

/** Whether some path is meant by both; exact, and quick for every pair of globs. */
export function overlaps(a: Glob, b: Glob): boolean {
  return sharePath(a.automaton, b.automaton);
}

/**
 * Whether `outer` means every path that `inner` means; exact.
 * Throws UsageError `glob-too-costly` where that cannot be told within limits.globComparisonStepsMax.
 */
export function contains(outer: Glob, inner: Glob): boolean {
  return holdsEveryPath(outer.automaton, inner.automaton);
}

/** Whether any of the globs means this path. */
export function covers(globs: readonly Glob[], path: string): boolean {
  return globs.some((one) => matches(one, path));
}

/** As `contains`, by all the globs together: `src/a/*` and `src/b/*` hold `src/{a,b}/*`. */
export function containedInUnion(globs: readonly Glob[], inner: Glob): boolean {
  return holdsEveryPath(unionOf(globs.map((one) => one.automaton)), inner.automaton);
}
