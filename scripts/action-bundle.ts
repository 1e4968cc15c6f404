// Bundles the Action: our code in one file, the TypeScript parser in another that seldom changes.
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { BuildOptions, Plugin } from 'esbuild';

const root = resolve(import.meta.dirname, '..');

const banner = {
  js: [
    "import { createRequire as createRequireForBundle } from 'node:module';",
    "import { fileURLToPath as fileUrlForBundle } from 'node:url';",
    "import { dirname as dirnameForBundle } from 'node:path';",
    'const require = createRequireForBundle(import.meta.url);',
    'const __filename = fileUrlForBundle(import.meta.url);',
    'const __dirname = dirnameForBundle(__filename);',
  ].join('\n'),
};

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  banner,
};

/** The parser is found beside the bundle instead of in node_modules. */
const parserBeside: Plugin = {
  name: 'parser-beside',
  setup(setup) {
    setup.onResolve({ filter: /^ts-morph$/ }, () => ({ path: './ts-morph.js', external: true }));
  },
};

/** Writes `index.js` and `ts-morph.js` into a directory, the same bytes for the same source. */
export async function buildInto(directory: string): Promise<void> {
  await build({
    ...common,
    stdin: { contents: "export { ts } from 'ts-morph';", resolveDir: root },
    outfile: join(directory, 'ts-morph.js'),
  });
  await build({
    ...common,
    entryPoints: ['src/surfaces/action/main.ts'],
    outfile: join(directory, 'index.js'),
    plugins: [parserBeside],
  });
}
