// Measures JavaScript and TypeScript. The only importer of ts-morph, which takes half a second to load: import this lazily.
import { ts } from 'ts-morph';
import { Namer } from './typescript-name.ts';
import { Placer } from './typescript-place.ts';
import { withoutLegacy } from './typescript-sloppy.ts';
import { Inspector } from './typescript-rules.ts';
import { Walker } from './typescript-walk.ts';
import type { Analysis } from './unit.ts';

export { isAnalysable } from './unit.ts';
export type { Analysis, Unit } from './unit.ts';

const namer = new Namer(ts);
const walker = new Walker(ts, namer);
const placer = new Placer(ts);
const inspector = new Inspector(ts, placer, namer);

const scriptKinds: Readonly<Record<string, ts.ScriptKind>> = {
  '.tsx': ts.ScriptKind.TSX,
  '.jsx': ts.ScriptKind.JSX,
  '.js': ts.ScriptKind.JS,
  '.mjs': ts.ScriptKind.JS,
  '.cjs': ts.ScriptKind.JS,
};

/**
 * Every unit of a file in source order, an outer unit before its inner ones.
 * `path` chooses the language by its extension and is not read; `text` may carry a byte order mark.
 * `withTraits` adds what the check `rules` looks for, in a second walk.
 * A file with a syntax error is answered with its first error (a sentence) and that error's 1-based line.
 */
export function analyse(
  path: string,
  text: string,
  { withTraits = false }: { readonly withTraits?: boolean } = {},
): Analysis {
  const clean = text.startsWith('\uFEFF') ? text.slice(1) : text;
  let file: ts.SourceFile;
  try {
    file = parse(path, clean);
  } catch (error) {
    return { ok: false, error: refusal(error), line: 1, isBeyondParser: true };
  }
  const [problem] = parseDiagnostics(file);
  if (problem !== undefined) {
    const { line } = file.getLineAndCharacterOfPosition(problem.start);
    const error = ts.flattenDiagnosticMessageText(problem.messageText, ' ');
    return { ok: false, error, line: line + 1 };
  }
  const found = walker.walk(file);
  const units = placer.place(file, clean, found);
  if (!withTraits) return { ok: true, units };
  return { ok: true, units, traits: inspector.inspect(file, clean, units) };
}

/**
 * Parses as TypeScript would. What fails is tried again where ESLint accepts more: as a module, for a top-level `await`,
 * and as sloppy JavaScript, for octal numbers and escapes.
 */
function parse(path: string, text: string): ts.SourceFile {
  const file = parseAs(path, text, /\.m[jt]s$/i.test(path));
  if (isSound(file)) return file;
  if (/\bawait\b/.test(text)) {
    const asModule = parseAs(path, text, true);
    if (isSound(asModule)) return asModule;
  }
  const patched = mayBeSloppy(file) ? withoutLegacy(text, parseDiagnostics(file)) : undefined;
  if (patched === undefined) return file;
  const asSloppy = parseAs(path, patched, false);
  return isSound(asSloppy) ? asSloppy : file;
}

function isSound(file: ts.SourceFile): boolean {
  return parseDiagnostics(file).length === 0;
}

function mayBeSloppy(file: ts.SourceFile): boolean {
  return /\.(?:js|cjs|jsx)$/i.test(file.fileName) && !ts.isExternalModule(file);
}

function parseAs(path: string, text: string, isModule: boolean): ts.SourceFile {
  const options: ts.CreateSourceFileOptions = {
    languageVersion: ts.ScriptTarget.ESNext,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  };
  if (isModule) options.setExternalModuleIndicator = markModule;
  const kind = scriptKinds[extensionOf(path)] ?? ts.ScriptKind.TS;
  return ts.createSourceFile(path, text, options, false, kind);
}

function markModule(file: ts.SourceFile): void {
  (file as unknown as { externalModuleIndicator: true }).externalModuleIndicator = true;
}

function extensionOf(path: string): string {
  return path.slice(path.lastIndexOf('.')).toLowerCase();
}

/** The parser's own list: TypeScript publishes it only through a whole program, which would resolve imports. */
function parseDiagnostics(file: ts.SourceFile): readonly ts.DiagnosticWithLocation[] {
  return (file as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] })
    .parseDiagnostics;
}

function refusal(error: unknown): string {
  if (error instanceof RangeError) return 'The code is nested too deeply to be parsed.';
  return `The parser gave up: ${error instanceof Error ? error.message : String(error)}`;
}
