// What is wrong with a policy and where: every reader and check of the policy reports in this shape.
import { nearest } from '../kernel/nearest.ts';

/** A place inside the policy: keys of maps and positions in lists, from the root. */
export type Path = readonly (string | number)[];

/** A place in the text, both from 1; the column counts UTF-16 units as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Position {
  /** `checks.complexity.max`, `plan.phases[1].id`; empty for the whole file. */
  readonly path: string;
  /** A sentence that says what was found and what was expected. */
  readonly message: string;
  /** A sentence that says what to do, where there is one thing to do. */
  readonly hint?: string;
}

/** A problem that knows its place in the data but not yet its place in the text. */
export interface Finding {
  readonly path: Path;
  /** Whether the key itself or its value is at fault; decides which of them is pointed at. */
  readonly at: 'key' | 'value';
  readonly message: string;
  /** What to do; a near word among `suggestion` takes its place. */
  readonly hint?: string;
  /** The word that was found and those that would have been right. Compared only for findings that are shown. */
  readonly suggestion?: { readonly word: string; readonly among: Iterable<string> };
  /** Place in the text in UTF-16 units, where the path cannot say it: a key that stands there twice. */
  readonly offset?: number;
}

/** The sentence that says what to do about a finding, if there is one. */
export function hintOf({
  hint,
  suggestion,
}: Pick<Finding, 'hint' | 'suggestion'>): string | undefined {
  const near = suggestion === undefined ? undefined : nearest(suggestion.word, suggestion.among);
  return near === undefined ? hint : `Did you mean "${near}"?`;
}

const plainKey = /^[A-Za-z0-9_-]+$/;

/** A path as people write it: `agents.codex.github[0]`; keys with other characters are quoted. */
export function pathText(path: Path): string {
  return path.map(stepText).join('').replace(/^\./, '');
}

function stepText(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`;
  return plainKey.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

/** One line for a terminal or an annotation: `coord.yml:4:3: checks.max: message hint`. */
export function problemText(problem: Problem, source: string): string {
  const place = `${source}:${problem.line}:${problem.column}`;
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const hint = problem.hint === undefined ? '' : ` ${problem.hint}`;
  return `${place}: ${path}${problem.message}${hint}`;
}

const shownCharsMax = 40;

/** A value as it is shown in a message; long texts are cut. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'something else';
}

/** Characters that change how the text around them is shown: zero-width and direction marks. */
const invisible = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** A text in quotes, control and invisible characters escaped, cut where it is long. */
export function quoted(text: string): string {
  const cut = text.length > shownCharsMax ? `${text.slice(0, shownCharsMax)}…` : text;
  return JSON.stringify(cut).replace(invisible, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** `"a", "b" or "c"`. */
export function oneOf(words: readonly string[]): string {
  const last = words.at(-1);
  if (last === undefined) return 'nothing';
  const rest = words.slice(0, -1).map((word) => JSON.stringify(word));
  return rest.length === 0 ? JSON.stringify(last) : `${rest.join(', ')} or ${JSON.stringify(last)}`;
}
