// `coord measure PATH...`: complexity and lines of every function, one JSON object a line.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { limits } from '../../../kernel/limits.ts';
import { UsageError } from '../../../kernel/fault.ts';
import { tool } from '../tool.ts';

const input = z.object({
  path: z
    .array(z.string().min(1))
    .min(1)
    .describe('Files or folders; node_modules and .git are left out'),
});

const skipped = new Set(['node_modules', '.git']);
const extension = /\.[cm]?[jt]sx?$/;

/** Every JavaScript and TypeScript file below a path, in order of names. */
function* filesBelow(path: string): Generator<string> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new UsageError('no-path', `There is no ${path}.`, { path });
  }
  if (!stat.isDirectory()) {
    yield path;
    return;
  }
  const entries = readdirSync(path, { withFileTypes: true });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    if (skipped.has(entry.name)) continue;
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* filesBelow(child);
    else if (entry.isFile() && extension.test(entry.name)) yield child;
  }
}

type Analyse = typeof import('../../../checks/typescript.ts').analyse;

function linesOf(file: string, path: string, analyse: Analyse): object[] {
  const bytes = readFileSync(path);
  if (bytes.length > limits.analysedFileBytesMax) {
    return [{ file, error: `larger than ${limits.analysedFileBytesMax} bytes`, line: 1 }];
  }
  const analysed = analyse(file, bytes.toString('utf8'));
  if (!analysed.ok) return [{ file, error: analysed.error, line: analysed.line }];
  return analysed.units.map(({ line, column, kind, name, complexity, lines, start, end }) => ({
    ...{ file, line, column, kind, name, complexity, lines, start, end },
  }));
}

export const measure = tool({
  name: 'measure',
  summary: 'Print complexity and lines of every function, one JSON object a line.',
  input,
  positional: ['path'],
  examples: [{ text: 'measure src', means: { path: ['src'] } }],
  async run(shell, { path: paths }) {
    const { analyse } = await import('../../../checks/typescript.ts');
    let functions = 0;
    let unreadable = 0;
    for (const path of paths) {
      for (const relative of filesBelow(join(shell.globals.directory, path))) {
        const file =
          shell.globals.directory === '.'
            ? relative
            : relative.slice(shell.globals.directory.length + 1);
        for (const line of linesOf(file, relative, analyse)) {
          if ('error' in line) unreadable += 1;
          else functions += 1;
          shell.terminal.out(JSON.stringify(line));
        }
      }
    }
    if (unreadable > 0) shell.terminal.err(`coord: ${unreadable} files could not be read.`);
    return { ok: true, result: { functions, unreadable }, text: '', isPrinted: true };
  },
});
