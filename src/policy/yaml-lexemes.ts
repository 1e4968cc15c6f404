// The first look at a policy's text: cut it into lexemes and refuse what a policy may not hold or could not afford.
//
// The YAML library needs quadratic time or a deep stack for some short texts, so the bounds are checked here,
// on a flat stream, before anything is built.
import { CST, Lexer } from 'yaml';
import { limits } from '../kernel/limits.ts';

/** A complaint at a place of the text, in UTF-16 units from its start. */
export interface Complaint {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

export interface Lexemes {
  /** The lexemes for the YAML parser, in order. */
  readonly texts: readonly string[];
  readonly complaints: readonly Complaint[];
  /** Tolerated, but other YAML readers refuse it. */
  readonly warnings: readonly Complaint[];
}

interface Lexeme {
  readonly text: string;
  readonly offset: number;
}

interface Scan {
  readonly lexemes: Lexeme[];
  readonly complaints: Complaint[];
  readonly counts: Map<string, number>;
  offset: number;
  flowDepth: number;
  /** `- - -` and `? ? ?` nest on one line. */
  indicatorsInLine: number;
}

type Kind = CST.TokenType | 'scalar-text' | 'unknown';

/** The lexer says with this that the next lexeme is a plain or block scalar's text. */
const scalarMark = '\x1f';
/** Lexemes that stand for no text of their own. */
const virtualKinds: ReadonlySet<Kind> = new Set(['doc-mode', 'flow-error-end', 'scalar']);
const uncounted: ReadonlySet<Kind> = new Set([
  'space',
  'newline',
  'comment',
  'scalar',
  'doc-mode',
  'flow-error-end',
]);

const forbidden: Partial<Record<Kind, readonly [message: string, hint: string]>> = {
  anchor: ['Anchors are not allowed in a policy', 'Write the value out in each place.'],
  alias: ['Aliases are not allowed in a policy', 'Write the value out in each place.'],
  tag: ['Tags are not allowed in a policy', 'Leave it out; put a text in quotes instead.'],
  'directive-line': ['Directives are not allowed in a policy', 'Leave the line out.'],
};

/**
 * Cuts the text into lexemes and complains about anchors, aliases, tags, directives and texts too large or too
 * deep. After a bound is exceeded the rest is not read. Never throws; linear in the text's length.
 */
export function lexemesOf(text: string): Lexemes {
  const scan: Scan = {
    lexemes: [],
    complaints: [],
    counts: new Map(),
    offset: 0,
    flowDepth: 0,
    indicatorsInLine: 0,
  };
  let isScalarNext = false;
  for (const lexeme of new Lexer().lex(text)) {
    const kind: Kind = isScalarNext ? 'scalar-text' : (CST.tokenType(lexeme) ?? 'unknown');
    isScalarNext = kind === 'scalar';
    scan.lexemes.push({ text: lexeme, offset: scan.offset });
    if (!admit(scan, kind, lexeme)) break;
    if (!virtualKinds.has(kind)) scan.offset += lexeme.length;
  }
  return { ...joinBotLogins(scan.lexemes), complaints: scan.complaints };
}

/** Takes the lexeme into account; false when a bound is exceeded and reading must stop. */
function admit(scan: Scan, kind: Kind, text: string): boolean {
  trackDepth(scan, kind);
  const excess = excessOf(scan, kind, text);
  if (excess !== undefined) {
    scan.complaints.push({ offset: scan.offset, ...excess });
    return false;
  }
  const refusal = forbidden[kind];
  if (refusal === undefined) return true;
  const [message, hint] = refusal;
  scan.complaints.push({
    offset: scan.offset,
    message: `${message}, found ${shortened(text)}.`,
    hint,
  });
  return true;
}

function trackDepth(scan: Scan, kind: Kind): void {
  if (kind === 'newline') scan.indicatorsInLine = 0;
  if (kind === 'seq-item-ind' || kind === 'explicit-key-ind') scan.indicatorsInLine += 1;
  if (kind === 'flow-map-start' || kind === 'flow-seq-start') scan.flowDepth += 1;
  if (kind === 'flow-map-end' || kind === 'flow-seq-end') {
    scan.flowDepth = Math.max(0, scan.flowDepth - 1);
  }
}

function excessOf(scan: Scan, kind: Kind, text: string): Omit<Complaint, 'offset'> | undefined {
  if (Math.max(scan.flowDepth, scan.indicatorsInLine) > limits.policyDepthMax) return tooDeep();
  if (uncounted.has(kind)) return undefined;
  // Each kind of lexeme stands for at most one node, and each bad escape costs an error.
  const escapes = kind === 'double-quoted-scalar' ? text.split('\\').length - 1 : 0;
  const count = (scan.counts.get(kind) ?? 0) + 1 + escapes;
  scan.counts.set(kind, count);
  return count > limits.policyNodesMax ? tooMany() : undefined;
}

/** The complaint about nesting beyond the bound. */
export function tooDeep(): Omit<Complaint, 'offset'> {
  return {
    message: `Expected at most ${limits.policyDepthMax} levels of nesting, found more.`,
    hint: 'A policy needs no more than eight; look for an unclosed bracket.',
  };
}

/** The complaint about more values than the bound. */
export function tooMany(): Omit<Complaint, 'offset'> {
  return {
    message: `Expected at most ${limits.policyNodesMax} keys and values in a policy, found more.`,
    hint: 'Use wider globs instead of lists of files.',
  };
}

function shortened(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/**
 * Reads `codex[bot]` inside `{ }` and `[ ]` as one word. YAML ends a plain word there at `[`, which can only be
 * an error, and GitHub's bot logins are what people write in this place.
 */
function joinBotLogins(lexemes: readonly Lexeme[]): Omit<Lexemes, 'complaints'> {
  const texts: string[] = [];
  const warnings: Complaint[] = [];
  for (let index = 0; index < lexemes.length; index += 1) {
    const login = lexemes[index - 1];
    if (login !== undefined && isBotSuffix(lexemes, index)) {
      texts[texts.length - 1] = `${login.text}[bot]`;
      warnings.push(unquotedLogin(login));
      index += 3;
    } else {
      texts.push(lexemes[index]?.text ?? '');
    }
  }
  return { texts, warnings };
}

function isBotSuffix(lexemes: readonly Lexeme[], index: number): boolean {
  const text = (shift: number): string => lexemes[index + shift]?.text ?? '';
  const isSuffix =
    text(0) === '[' && text(1) === scalarMark && text(2) === 'bot' && text(3) === ']';
  return isSuffix && text(-2) === scalarMark && /^[A-Za-z0-9_-]+$/.test(text(-1));
}

function unquotedLogin(login: Lexeme): Complaint {
  return {
    offset: login.offset,
    message: `The login ${login.text}[bot] stands without quotes inside brackets; other YAML readers refuse that.`,
    hint: `Write "${login.text}[bot]".`,
  };
}
