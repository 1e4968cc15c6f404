// What the code checks measure: one unit of code with its place and its values, whatever parser found it.
import type { Breach } from './rules-breach.ts';

export type UnitKind = 'function' | 'class-field-initializer' | 'class-static-block';

/**
 * One unit as ESLint 10's `complexity` rule counts them.
 * Offsets are UTF-16 code units from the start of the text without its byte order mark, as ESLint's ranges are.
 */
export interface Unit {
  readonly kind: UnitKind;
  /** Its own name, or what an anonymous one is assigned to, or `arg0:callee`. */
  readonly name: string;
  /** Enclosing namespaces, classes and functions, then `name`, joined by dots. Not unique within a file. */
  readonly qualifiedName: string;
  /** Where ESLint reports the unit, both 1-based. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** Range of the unit's ESTree node: methods begin at the `(` or `<` of their parameters, exports after `export`. */
  readonly start: number;
  readonly end: number;
  /** ESLint's classic and modified variants. */
  readonly complexity: number;
  readonly modifiedComplexity: number;
  /** Physical lines as `max-lines-per-function` counts them; null for what that rule does not look at. */
  readonly lines: number | null;
  /** Source text from the parameters on, without the unit's own name, so that a renamed unit keeps its body. */
  readonly body: string;
}

export interface FileUnits {
  readonly path: string;
  readonly units: readonly Unit[];
}

/** Why a file has no units. */
export interface Unanalysed {
  readonly ok: false;
  /** A sentence. */
  readonly error: string;
  /** 1-based; 1 too where the file as a whole is more than the parser can do. */
  readonly line: number;
  /** Set where it is not the syntax that is wrong. */
  readonly isBeyondParser?: true;
}

/** What the check `rules` looks for in a file. The index of a unit counts `units` first, then `statements`. */
export interface Traits {
  readonly breaches: readonly Breach[];
  /** Code at the top of the file that is no function, statement by statement, made out as units for the ratchet. */
  readonly statements: readonly Unit[];
  /** Whether one of the first lines says that a tool wrote the file. */
  readonly isMarkedGenerated: boolean;
}

/** What was found in a file; the traits only where they were asked for. */
export interface Analysed {
  readonly ok: true;
  readonly units: readonly Unit[];
  readonly traits?: Traits;
}

/** A file is either measured whole or not at all: a syntax error is never a pass. */
export type Analysis = Analysed | Unanalysed;

/** How a sentence about such a file goes on behind "could not be analysed: ", without a full stop. */
export function whyUnanalysed({ line, isBeyondParser }: Unanalysed): string {
  return isBeyondParser === true ? 'the parser gave up' : `syntax error at line ${line}`;
}

const analysableName = /\.(?:[cm]?[jt]s|[jt]sx)$/i;

/** True for the JavaScript and TypeScript files that `analyse` of typescript.ts understands, judged by extension. */
export function isAnalysable(path: string): boolean {
  return analysableName.test(path);
}
