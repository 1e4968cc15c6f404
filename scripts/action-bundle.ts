// Bundles the Action: our code in one file, the parsers in others that seldom change, with the grammars beside them.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { BuildOptions, Plugin } from 'esbuild';
import type { Grammar } from '../src/checks/syntax-tree.ts';

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

/** The parsers are found beside the bundle instead of in node_modules. */
const parsersBeside: Plugin = {
  name: 'parsers-beside',
  setup(setup) {
    setup.onResolve({ filter: /^ts-morph$/ }, () => ({ path: './ts-morph.js', external: true }));
    setup.onResolve({ filter: /^@vscode\/tree-sitter-wasm$/ }, () => ({
      path: './tree-sitter.js',
      external: true,
    }));
  },
};

const grammars: readonly Grammar[] = ['python', 'go', 'java', 'rust', 'cpp'];

/** The runtime looks for itself and for the grammars beside the script that it is in. */
function copyGrammars(directory: string): void {
  const resolveFrom = createRequire(import.meta.url).resolve;
  const folder = dirname(resolveFrom('@vscode/tree-sitter-wasm'));
  const names = ['tree-sitter.wasm', ...grammars.map((name) => `tree-sitter-${name}.wasm`)];
  // Their contents only: in the package they are marked as programs.
  for (const name of names) writeFileSync(join(directory, name), readFileSync(join(folder, name)));
}

/** Writes `index.js`, the parsers and their grammars into a directory, the same bytes for the same source. */
export async function buildInto(directory: string): Promise<void> {
  await build({
    ...common,
    stdin: { contents: "export { ts } from 'ts-morph';", resolveDir: root },
    outfile: join(directory, 'ts-morph.js'),
  });
  await build({
    ...common,
    stdin: {
      contents: "export { default } from '@vscode/tree-sitter-wasm';",
      resolveDir: root,
    },
    outfile: join(directory, 'tree-sitter.js'),
  });
  copyGrammars(directory);
  await build({
    ...common,
    entryPoints: ['src/surfaces/action/main.ts'],
    outfile: join(directory, 'index.js'),
    plugins: [parsersBeside],
  });
}
