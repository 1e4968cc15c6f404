// Builds the shell into build/: our code and the small libraries bundled, the heavy ones loaded when they are needed.
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

/** Loaded lazily from node_modules; bundling them would slow every start. */
const external = ['ts-morph', 'probot', 'isomorphic-git', '@octokit/rest'];

rmSync('build', { recursive: true, force: true });
await build({
  entryPoints: { coord: 'src/coord.ts', index: 'src/index.ts' },
  outdir: 'build',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external,
  legalComments: 'none',
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);",
  },
});
const shebang = '#!/usr/bin/env node\n';
const { readFileSync, writeFileSync } = await import('node:fs');
writeFileSync('build/coord.js', shebang + readFileSync('build/coord.js', 'utf8'));
chmodSync('build/coord.js', 0o755);
