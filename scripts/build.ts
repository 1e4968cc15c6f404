// Builds the shell into build/: our code and the small libraries bundled, the heavy ones loaded when they are needed.
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

/** Loaded lazily from node_modules; bundling them would slow every start. */
const external = ['ts-morph', 'probot', 'isomorphic-git', '@octokit/rest'];

const built = await build({
  entryPoints: { coord: 'src/coord.ts', index: 'src/index.ts' },
  outdir: 'build',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external,
  legalComments: 'none',
  metafile: true,
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);",
  },
});
const shebang = '#!/usr/bin/env node\n';
writeFileSync('build/coord.js', shebang + readFileSync('build/coord.js', 'utf8'));
chmodSync('build/coord.js', 0o755);

// What an earlier build left goes last, so that a running `coord` never misses a file.
for (const name of readdirSync('build')) {
  if (!(`build/${name}` in built.metafile.outputs)) rmSync(`build/${name}`, { recursive: true });
}
