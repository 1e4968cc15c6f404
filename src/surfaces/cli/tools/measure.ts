// `coord measure PATH...`: complexity and lines of every function, one JSON object a line.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { z } from 'zod';
import type { analyse as analyseSource } from '../../../checks/typescript.ts';
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

function present(path: string): string {
  if (existsSync(path)) return path;
  throw new UsageError('no-path', `There is no ${path}. Name files or folders that are here.`, {
    path,
  });
}

/** Every JavaScript and TypeScript file below a path, in order of names. */
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
    else if (entry.isFile() && extension.test(entry.name)) yield child;
  }
}

type Analyse = typeof analyseSource;

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
    const { directory } = shell.globals;
    const roots = paths.map((path) => present(isAbsolute(path) ? path : join(directory, path)));
    const files = roots.flatMap((root, index) =>
      [...filesBelow(root)].map((path) => ({
        path,
        name: isAbsolute(paths[index] ?? '') ? path : relative(directory, path),
      })),
    );
    for (const { path, name } of files) {
      for (const line of linesOf(name, path, analyse)) {
        if ('error' in line) unreadable += 1;
        else functions += 1;
        shell.terminal.out(JSON.stringify(line));
      }
    }
    if (unreadable > 0) shell.terminal.err(`coord: ${unreadable} files could not be read.`);
    return { ok: true, result: { functions, unreadable }, text: '', isPrinted: true };
  },
});
