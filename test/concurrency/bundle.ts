// Bundles a child program of a test: the loader of TypeScript would take most of the time of many processes.
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Builds a program into a folder and answers its path; `source` is the URL of its file. */
export async function bundleChild(source: URL, folder: string): Promise<string> {
  await build({
    entryPoints: { child: fileURLToPath(source) },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Loaded only for what no child does: to analyse code, and to do without git.
    external: ['ts-morph', 'isomorphic-git'],
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  });
  return join(folder, 'child.mjs');
}
