// What ESLint itself says about every unit of a file: the other side of the equality tests. Shares no code with src/checks.
import { Linter } from 'eslint';
import type { ESLint, Rule } from 'eslint';
import { builtinRules } from 'eslint/use-at-your-own-risk';
import tseslint from 'typescript-eslint';

/** The same four lists from both sides, one line of text per unit, sorted. */
export interface UnitLists {
  /** `line:column kind complexity` as reported by the `complexity` rule, classic and modified. */
  readonly classic: readonly string[];
  readonly modified: readonly string[];
  /** `line:column lines` as reported by `max-lines-per-function` with `IIFEs: true`. */
  readonly lines: readonly string[];
  /** `start-end kind` of the node whose code path the `complexity` rule measured. */
  readonly ranges: readonly string[];
}

export type OracleAnswer =
  | { readonly ok: true; readonly parser: string; readonly lists: UnitLists }
  | { readonly ok: false; readonly error: string };

const counted: ReadonlySet<string> = new Set([
  'function',
  'class-field-initializer',
  'class-static-block',
]);

/** Reports the range of every node that ESLint runs a code path for. */
const ranges: Rule.RuleModule = {
  create: (context) => ({
    onCodePathEnd(codePath: Rule.CodePath, node: Rule.Node) {
      if (!counted.has(codePath.origin) || node.range === undefined) return;
      const [start, end] = node.range;
      const message = `${start}-${end} ${codePath.origin}`;
      context.report({ loc: { line: 1, column: 0 }, message });
    },
  }),
};

// The only way to run one rule with two sets of options in one pass.
// eslint-disable-next-line @typescript-eslint/no-deprecated
const complexity = builtinRules.get('complexity');
if (complexity === undefined) throw new Error('ESLint has no rule named complexity.');
const plugin: ESLint.Plugin = { rules: { modified: complexity, ranges } };

const linter = new Linter({ configType: 'flat' });
const rules: Linter.RulesRecord = {
  complexity: ['error', { max: 0, variant: 'classic' }],
  'oracle/modified': ['error', { max: 0, variant: 'modified' }],
  'oracle/ranges': 'error',
  'max-lines-per-function': ['error', { max: 0, IIFEs: true }],
};

type Language = Linter.Config['languageOptions'];

const byTypeScript: Language = { parser: tseslint.parser, sourceType: 'module' };
const byEspree = (sourceType: 'module' | 'commonjs' | 'script'): Language => ({
  ecmaVersion: 'latest',
  sourceType,
  parserOptions: { ecmaFeatures: { jsx: true } },
});

/** Parsers to try in turn: JavaScript goes to ESLint's own parser first, so that two parsers have to agree. */
function languagesFor(path: string): [string, Language][] {
  if (/\.[cm]?tsx?$/i.test(path)) return [['typescript', byTypeScript]];
  return [
    ['espree module', byEspree('module')],
    ['espree commonjs', byEspree('commonjs')],
    ['espree script', byEspree('script')],
    ['typescript', byTypeScript],
  ];
}

/** Runs ESLint's rules over a text, with comments that switch rules off ignored. */
export function askEslint(path: string, text: string): OracleAnswer {
  let error = '';
  for (const [parser, languageOptions] of languagesFor(path)) {
    const messages = lint(path, text, languageOptions);
    const fatal = messages.find(isRefusal);
    if (fatal === undefined) return { ok: true, parser, lists: listsOf(messages) };
    error = `${fatal.line}: ${fatal.message}`;
  }
  return { ok: false, error };
}

/** A message of no rule is a syntax error or says that ESLint did not look; only unused comments are no matter. */
function isRefusal({ ruleId, message }: Linter.LintMessage): boolean {
  return ruleId === null && !message.includes("'noInlineConfig'");
}

function lint(path: string, text: string, languageOptions: Language): Linter.LintMessage[] {
  const config: Linter.Config = {
    // Patterns that end in `/*` alone do not make ESLint look at a file.
    files: ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'],
    languageOptions: languageOptions ?? {},
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' },
    plugins: { oracle: plugin },
    rules,
  };
  // A name of its own: ESLint refuses to look at anything below node_modules.
  const filename = `corpus/file${path.slice(path.lastIndexOf('.'))}`;
  return linter.verify(text, [config], { filename });
}

function listsOf(messages: readonly Linter.LintMessage[]): UnitLists {
  const of = (rule: string, toLine: (message: Linter.LintMessage) => string): string[] =>
    messages
      .filter((message) => message.ruleId === rule)
      .map(toLine)
      .sort();
  return {
    classic: of('complexity', complexityLine),
    modified: of('oracle/modified', complexityLine),
    lines: of('max-lines-per-function', linesLine),
    ranges: of('oracle/ranges', (message) => message.message),
  };
}

function complexityLine({ line, column, message }: Linter.LintMessage): string {
  const value = /has a complexity of (\d+)\./.exec(message)?.[1] ?? message;
  return `${line}:${column} ${kindOf(message)} ${value}`;
}

function linesLine({ line, column, message }: Linter.LintMessage): string {
  const value = /has too many lines \((\d+)\)\./.exec(message)?.[1] ?? message;
  return `${line}:${column} ${value}`;
}

function kindOf(message: string): string {
  if (message.startsWith('Class field initializer ')) return 'class-field-initializer';
  return message.startsWith('Class static block ') ? 'class-static-block' : 'function';
}
