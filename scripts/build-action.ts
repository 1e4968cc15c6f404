// Builds the Action into dist/: our code in one file, the TypeScript parser in another that seldom changes.
// With --check it builds elsewhere and fails when dist/ differs.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { BuildOptions, Plugin } from 'esbuild';

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

async function buildInto(directory: string): Promise<void> {
  await build({
    ...common,
    stdin: { contents: "export { ts } from 'ts-morph';", resolveDir: process.cwd() },
    outfile: join(directory, 'ts-morph.js'),
  });
  await build({
    ...common,
    entryPoints: ['src/surfaces/action/main.ts'],
    outfile: join(directory, 'index.js'),
    plugins: [parserBeside],
  });
}

function isSame(expected: string, actual: string): boolean {
  try {
    const names = readdirSync(expected).sort();
    if (names.join() !== readdirSync(actual).sort().join()) return false;
    return names.every((name) =>
      readFileSync(join(expected, name)).equals(readFileSync(join(actual, name))),
    );
  } catch {
    return false;
  }
}

if (process.argv.includes('--check')) {
  const fresh = mkdtempSync(join(tmpdir(), 'coord-dist-'));
  try {
    await buildInto(fresh);
    if (!isSame(fresh, 'dist')) {
      console.error(
        'dist/ is not what the source builds. Run `npm run action` and commit the result.',
      );
      process.exitCode = 1;
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
} else {
  rmSync('dist', { recursive: true, force: true });
  await buildInto('dist');
}
