// Bundles the shell: our code and the small libraries together, the heavy ones loaded when they are needed.
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

/** Loaded lazily from node_modules; bundling them would slow every start. */
const external = ['ts-morph', 'probot', 'isomorphic-git', '@octokit/rest'];

const shebang = '#!/usr/bin/env node\n';

/** Builds into a folder below the project; `plugins` let a test break the program on purpose. */
export async function bundleShell(folder: string, plugins: Plugin[] = []): Promise<void> {
  const built = await build({
    entryPoints: { coord: 'src/coord.ts', index: 'src/index.ts' },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external,
    plugins,
    legalComments: 'none',
    metafile: true,
    banner: {
      js: "import { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);",
    },
  });
  const program = join(folder, 'coord.js');
  writeFileSync(program, shebang + readFileSync(program, 'utf8'));
  chmodSync(program, 0o755);
  removeOthers(folder, new Set(Object.keys(built.metafile.outputs)));
}

/** What an earlier build left goes last, so that a running `coord` never misses a file. */
function removeOthers(folder: string, outputs: ReadonlySet<string>): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const isOutput = outputs.has(path.split('\\').join('/'));
    if (!isOutput && existsSync(path)) rmSync(path, { recursive: true });
  }
}
