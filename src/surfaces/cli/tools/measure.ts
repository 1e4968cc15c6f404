// `coord measure PATH...`: complexity and lines of every function, one JSON object a line.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { z } from 'zod';
import { parserOf } from '../../../adapters/system/syntax-parser.ts';
import { analyseFile } from '../../../checks/analyse.ts';
import { bytesMaxOf, languageOf } from '../../../checks/language.ts';
import { count, quote } from '../../../checks/quote.ts';
import { whyUnanalysed } from '../../../checks/unit.ts';
import type { Unit } from '../../../checks/unit.ts';
import { UsageError } from '../../../kernel/fault.ts';
import { tool } from '../tool.ts';
import type { Shell } from '../shell.ts';

const input = () =>
  z.object({
    path: z
      .array(z.string().min(1))
      .min(1)
      .describe('Files or folders; node_modules and .git are left out'),
  });

const skipped = new Set(['node_modules', '.git']);

function present(path: string): string {
  if (existsSync(path)) return path;
  throw new UsageError('no-path', `There is no ${path}. Name files or folders that are here.`, {
    path,
  });
}

/** Every file in a language that is measured below a path, in order of names. */
function* filesBelow(path: string): Generator<string> {
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  const entries = readdirSync(path, { withFileTypes: true });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    if (skipped.has(entry.name)) continue;
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* filesBelow(child);
    else if (entry.isFile() && languageOf(entry.name) !== null) yield child;
  }
}

interface Source {
  readonly path: string;
  /** As it was asked for. */
  readonly name: string;
}

function sourcesOf(directory: string, paths: readonly string[]): Source[] {
  const roots = paths.map((path) => present(isAbsolute(path) ? path : join(directory, path)));
  return roots.flatMap((root, index) =>
    [...filesBelow(root)].map((path) => ({
      path,
      name: isAbsolute(paths[index] ?? '') ? path : relative(directory, path),
    })),
  );
}

/** What a file holds, or the line that says why not with the end of a sentence for people. */
type Measured =
  | { readonly units: readonly Unit[] }
  | { readonly error: string; readonly line: number; readonly why: string };

async function measured({ path, name }: Source): Promise<Measured> {
  const bytes = readFileSync(path);
  const bytesMax = bytesMaxOf(languageOf(name));
  if (bytes.length > bytesMax) {
    const error = `larger than ${bytesMax} bytes`;
    return { error, line: 1, why: error };
  }
  const analysed = await analyseFile(name, bytes.toString('utf8'), { parserOf });
  if (analysed.ok) return analysed;
  return { error: analysed.error, line: analysed.line, why: whyUnanalysed(analysed) };
}

/** So many files are named on standard error; standard output has them all. */
const namedFilesMax = 10;

interface Totals {
  readonly files: number;
  readonly functions: number;
  /** A sentence each. */
  readonly failures: readonly string[];
}

async function printLines({ terminal }: Shell, sources: readonly Source[]): Promise<Totals> {
  const failures: string[] = [];
  let functions = 0;
  for (const source of sources) {
    const { name: file } = source;
    const result = await measured(source);
    if ('why' in result) {
      const { error, line, why } = result;
      terminal.out(JSON.stringify({ file, error, line }));
      failures.push(`${quote(file)} could not be analysed: ${why}.`);
      continue;
    }
    for (const { line, column, kind, name, complexity, lines, start, end } of result.units) {
      const unit = { file, line, column, kind, name, complexity, lines, start, end };
      terminal.out(JSON.stringify(unit));
    }
    functions += result.units.length;
  }
  return { files: sources.length, functions, failures };
}

/** What is wrong, or why there is nothing on standard output. */
function tellTotals({ terminal }: Shell, { files, functions, failures }: Totals): void {
  for (const failure of failures.slice(0, namedFilesMax)) terminal.err(`coord: ${failure}`);
  const more = failures.length - namedFilesMax;
  if (more > 0) terminal.err(`coord: and ${count(more, 'more file')} could not be analysed.`);
  if (functions > 0 || failures.length > 0) return;
  terminal.err(
    files === 0
      ? 'coord: there is no file here in a language that is measured; name files, or folders that hold some.'
      : `coord: ${count(files, 'file')} measured, and no function in ${files === 1 ? 'it' : 'them'}.`,
  );
}

export const measure = tool({
  name: 'measure',
  summary: 'Print complexity and lines of every function, one JSON object a line.',
  input,
  positional: ['path'],
  examples: [{ text: 'measure src', means: { path: ['src'] } }],
  async run(shell, { path: paths }) {
    const sources = sourcesOf(shell.globals.directory, paths);
    const totals = await printLines(shell, sources);
    tellTotals(shell, totals);
    const result = { functions: totals.functions, unreadable: totals.failures.length };
    return { ok: true, result, text: '', isPrinted: true };
  },
});
