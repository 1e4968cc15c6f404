// GitHub's own parser of workflow files, for tests.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as parserModule from '@actions/workflow-parser';
import { build } from 'esbuild';

/** What GitHub would say is wrong with a workflow's text; empty when it is valid. */
export type WorkflowErrors = (name: string, content: string) => string[];

const banner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Loads the parser. The package imports its JSON in a way that Node 20 refuses; bundled it loads on every version. */
export async function loadWorkflowParser(): Promise<WorkflowErrors> {
  const folder = mkdtempSync(join(tmpdir(), 'workflow-parser-'));
  try {
    const outfile = join(folder, 'parser.mjs');
    const resolveDir = join(import.meta.dirname, '..');
    await build({
      stdin: { contents: "export * from '@actions/workflow-parser';", resolveDir },
      ...{ outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'error' },
      banner: { js: banner },
    });
    const parser = (await import(pathToFileURL(outfile).href)) as typeof parserModule;
    const quiet = { info: () => undefined, verbose: () => undefined, error: () => undefined };
    return (name, content) => {
      const { context } = parser.parseWorkflow({ name, content }, quiet);
      return context.errors.getErrors().map(({ message }) => message);
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
