// The syntax of scope globs: text in, a tree of pieces out, or the sentence that says what is wrong with the text.
import { limits } from './limits.ts';

/** One token: the code point of a literal character (`/` is the separator), or one of the three wildcards. */
export type Token = number;
export const SLASH: Token = 0x2f;
export const DOT: Token = 0x2e;
/** `?`: one character of a name. */
export const ANY: Token = -1;
/** `*`: any run of characters of a name. */
export const STAR: Token = -2;
/** `**`: any number of whole segments. */
export const GLOBSTAR: Token = -3;

/** A token, or the alternatives of a `{a,b}`. */
export type Piece = Token | readonly Sequence[];
export type Sequence = readonly Piece[];

/** Text that was understood, or a sentence with the next step. */
export type Syntax =
  | { readonly ok: true; readonly sequence: Sequence }
  | { readonly ok: false; readonly problem: string };

type Rule<Subject> = (subject: Subject) => string | null;

const EXCLAMATION_MARK = 0x21;
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** What may compose with the character before it: marks, Hangul and Kirat Rai vowels. */
const composing = /(?:^|[/{},*?])[\p{M}\u1160-\u11ff\u{16d63}-\u{16d6a}]/u;

/** Every brace is closed and lists alternatives: after this rule, reading cannot fail. */
function braceProblem(text: string): string | null {
  const hasComma: boolean[] = [];
  for (const char of text) {
    if (char === '{') hasComma.push(false);
    if (char === ',' && hasComma.length > 0) hasComma[hasComma.length - 1] = true;
    if (char === '}' && hasComma.pop() !== true) return loneBraceProblem;
  }
  return hasComma.length > 0 ? loneBraceProblem : null;
}
const loneBraceProblem =
  'Braces list two or more alternatives, as in {a,b}. Write ? in the place of a brace that belongs to a name.';

/** How deep braces nest. */
function depthOf(text: string): number {
  let depth = 0;
  return Math.max(
    ...Array.from(text, (char) => (depth += char === '{' ? 1 : char === '}' ? -1 : 0)),
  );
}

/** What the text as a whole must be like; the first broken rule is the one reported. */
const textRules: readonly Rule<string>[] = [
  (text) =>
    invisible.test(text)
      ? 'A glob has no control, bidirectional or invisible characters. Write ? in the place of one.'
      : null,
  (text) => (text.includes('\\') ? 'A glob has no backslash. Separate folders by /.' : null),
  // Without this, pieces put together would not always be NFC, and no path could equal them.
  (text) =>
    composing.test(text)
      ? 'A combining character cannot stand at the start of a name or behind a wildcard or brace. Write it behind its letter, or write ? for it.'
      : null,
  (text) =>
    (text.match(/\*+|\?/g) ?? []).length > limits.globWildcardsMax
      ? `A glob has at most ${limits.globWildcardsMax} wildcards. Split it into several.`
      : null,
  (text) => (text.includes('***') ? 'Three stars in a row mean nothing. Write * or **.' : null),
  (text) =>
    depthOf(text) > limits.globNestingMax
      ? `Braces nest at most ${limits.globNestingMax} deep. Split the glob into several.`
      : null,
  braceProblem,
];

/** What every alternative, written out, must be like. */
const alternativeRules: readonly Rule<readonly Token[]>[] = [
  (tokens) => (tokens.length === 0 ? 'A glob cannot be empty. Write ** for every path.' : null),
  (tokens) =>
    tokens[0] === EXCLAMATION_MARK
      ? 'A glob cannot start with !: there is no negation. List what is meant, or write ? for a ! that belongs to a name.'
      : null,
  (tokens) =>
    tokens[0] === SLASH
      ? 'A glob cannot start with /. Write it from the root of the repository, as in src/**.'
      : null,
  (tokens) => segmentsOf(tokens).map(segmentProblem).find(isProblem) ?? null,
];

function isProblem(problem: string | null): problem is string {
  return problem !== null;
}

/** The names between the separators; a last separator has nothing behind it and is no fault. */
function segmentsOf(tokens: readonly Token[]): Token[][] {
  const segments: Token[][] = [[]];
  for (const token of tokens) {
    if (token === SLASH) segments.push([]);
    else segments.at(-1)?.push(token);
  }
  if (segments.length > 1 && segments.at(-1)?.length === 0) segments.pop();
  return segments;
}

function segmentProblem(segment: readonly Token[]): string | null {
  if (segment.length === 0) return 'A glob cannot have // in it. Write one / between two names.';
  if (segment.length <= 2 && segment.every((token) => token === DOT)) {
    return 'A glob cannot have . or .. as a name. Write it from the root of the repository, as in src/**.';
  }
  const hasStarPair = segment.some((token, at) => token === STAR && segment[at + 1] === STAR);
  if (hasStarPair || (segment.length > 1 && segment.includes(GLOBSTAR))) {
    return '** must stand alone between separators, as in src/**/*.ts. Write * within a name.';
  }
  return null;
}

/** Reads text that keeps the text rules; `at` is where reading goes on. */
class Reader {
  readonly #chars: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#chars = Array.from(text);
  }

  sequence(isInBraces: boolean): Sequence {
    const pieces: Piece[] = [];
    for (;;) {
      const char = this.#chars[this.#at];
      if (char === undefined || (isInBraces && (char === ',' || char === '}'))) return pieces;
      this.#at += 1;
      pieces.push(char === '{' ? this.#alternatives() : this.#token(char));
    }
  }

  #alternatives(): Sequence[] {
    const alternatives = [this.sequence(true)];
    while (this.#chars[this.#at++] === ',') alternatives.push(this.sequence(true));
    return alternatives;
  }

  #token(char: string): Token {
    if (char === '?') return ANY;
    if (char !== '*') return char.codePointAt(0) ?? 0;
    if (this.#chars[this.#at] !== '*') return STAR;
    this.#at += 1;
    return GLOBSTAR;
  }
}

/** How many alternatives a sequence has once braces are written out; counted before any is made. */
function alternativesOf(sequence: Sequence): number {
  return sequence.reduce<number>(
    (product, piece) => product * (typeof piece === 'number' ? 1 : sumOfAlternatives(piece)),
    1,
  );
}

function sumOfAlternatives(alternatives: readonly Sequence[]): number {
  return alternatives.reduce((sum, alternative) => sum + alternativesOf(alternative), 0);
}

/** Every alternative with its braces written out. */
function written(sequence: Sequence): Token[][] {
  let results: Token[][] = [[]];
  for (const piece of sequence) {
    if (typeof piece === 'number') {
      for (const result of results) result.push(piece);
      continue;
    }
    const endings = piece.flatMap(written);
    results = results.flatMap((start) => endings.map((ending) => [...start, ...ending]));
  }
  return results;
}

function firstProblem<Subject>(rules: readonly Rule<Subject>[], subject: Subject): string | null {
  return rules.map((rule) => rule(subject)).find(isProblem) ?? null;
}

/** Reads a glob (any normal form; the tree is NFC). Bounds are kept before work is done. */
export function readGlob(text: string): Syntax {
  const normal = text.length > limits.inputGlobCharsMax ? text : text.normalize('NFC');
  if (normal.length > limits.inputGlobCharsMax) {
    const problem = `A glob has at most ${limits.inputGlobCharsMax} characters. Split it into several.`;
    return { ok: false, problem };
  }
  const textProblem = firstProblem(textRules, normal);
  if (textProblem !== null) return { ok: false, problem: textProblem };
  const sequence = new Reader(normal).sequence(false);
  if (alternativesOf(sequence) > limits.globAlternativesMax) {
    const problem = `A glob has at most ${limits.globAlternativesMax} alternatives. Split it into several.`;
    return { ok: false, problem };
  }
  const problem = written(sequence)
    .map((tokens) => firstProblem(alternativeRules, tokens))
    .find(isProblem);
  return problem === undefined ? { ok: true, sequence } : { ok: false, problem };
}
