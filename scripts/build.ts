// Builds the shell into build/: as one script with V8's code cache, because it is started often, and as modules for the servers.
import * as childProcess from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { BuildOptions, Plugin } from 'esbuild';

const out = resolve('build');

/** Loaded from node_modules when they are needed; bundling them would slow every start. */
const external = [
  'ts-morph',
  '@vscode/tree-sitter-wasm',
  'probot',
  'isomorphic-git',
  '@octokit/rest',
];

/** We speak English only; zod's other languages are a third of the bundle. */
const withoutLanguages: Plugin = {
  name: 'without-languages',
  setup(on) {
    on.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** The servers need packages that are modules, which the script cannot load; the starter sends them to program/. */
const withoutServers: Plugin = {
  name: 'without-servers',
  setup(on) {
    on.onResolve({ filter: /\/surfaces\/app\/main\.ts$/ }, () => ({
      path: './program/coord.js',
      external: true,
    }));
  },
};

/** What only some commands need and costs every start: reading a policy, hashing, other processes, the network. */
const seldomNeeded = new Set([
  ...[
    'yaml',
    'node:child_process',
    'node:crypto',
    'node:http',
    'node:https',
    'node:os',
    'node:tls',
  ],
  'node:timers/promises',
  resolve('src/policy/schema.ts'),
]);

/** The exports of such a module wait to be asked for: they are looked up where an object looks last, and then kept. */
const lazyModules: Plugin = {
  name: 'lazy-modules',
  setup(on) {
    on.onResolve({ filter: /./ }, ({ path: said, namespace, resolveDir }) => {
      const path = said.startsWith('.') ? resolve(resolveDir, said) : said;
      return namespace === 'lazy' || !seldomNeeded.has(path)
        ? undefined
        : { path, namespace: 'lazy', pluginData: { resolveDir } satisfies LazyPlace };
    });
    on.onLoad({ filter: /./, namespace: 'lazy' }, ({ path, pluginData }) => ({
      resolveDir: (pluginData as LazyPlace).resolveDir,
      contents: `module.exports = Object.create(new Proxy({}, {
        get(_, name, asked) {
          const value = require(${JSON.stringify(path)})[name];
          Object.defineProperty(asked, name, { value });
          return value;
        },
      }));`,
    }));
  },
};

interface LazyPlace {
  readonly resolveDir: string;
}

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  external,
  legalComments: 'none',
  minifyWhitespace: true,
  minifySyntax: true,
  plugins: [withoutLanguages],
} satisfies BuildOptions;

/** How the script is compiled; the cache fits only what was compiled from the same text. */
const compile = `
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script, constants } = require('node:vm');
function compile(cachedData) {
  const filename = join(directory, 'shell.js');
  const text = '(function(require,module,exports){' + readFileSync(filename, 'latin1') + '\\n})';
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  return new Script(text, { filename, cachedData, importModuleDynamically });
}
function start(script) {
  const module = { exports: {} };
  script.runInThisContext()(require, module, module.exports);
}
`;

/** V8 refuses a cache of another version; then the script is compiled anew, and everything works as before. */
const starter = `#!/usr/bin/env node
'use strict';
const directory = __dirname;
${compile}
function cached() {
  try {
    return readFileSync(join(directory, 'shell.cache'));
  } catch {
    return undefined;
  }
}
if (process.argv.includes('serve')) void import('./program/coord.js');
else start(compile(cached()));
`;

/** Runs a command and then writes what V8 has compiled for it. */
const cacheWriter = `
const directory = ${JSON.stringify(out)};
${compile}
const script = compile(undefined);
process.on('exit', () => {
  require('node:fs').writeFileSync(join(directory, 'shell.cache'), script.createCachedData());
});
start(script);
`;

/** Plays a first day on an empty repository, so that the cache holds what everyday commands run. */
function writeCache(): void {
  const repository = mkdtempSync(join(os.tmpdir(), 'coord-build-'));
  try {
    for (const part of ['objects', 'refs']) mkdirSync(join(repository, part));
    writeFileSync(join(repository, 'HEAD'), 'ref: refs/heads/main\n');
    for (const words of ['init', 'agent join builder', 'status']) {
      const args = ['-C', repository, '--as', 'builder', ...words.split(' ')];
      // Without git some of these fail; then the cache is smaller, and nothing else.
      childProcess.spawnSync(process.execPath, ['-e', cacheWriter, '--', 'coord', ...args], {
        cwd: out,
      });
    }
  } finally {
    rmSync(repository, { recursive: true, force: true });
  }
}

rmSync(out, { recursive: true, force: true });
await build({
  ...common,
  entryPoints: { coord: 'src/coord.ts' },
  outdir: join(out, 'program'),
  splitting: true,
  format: 'esm',
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);",
  },
});
await build({
  ...common,
  entryPoints: { shell: 'src/coord.ts', index: 'src/index.ts' },
  outdir: out,
  format: 'cjs',
  plugins: [withoutLanguages, withoutServers, lazyModules],
});
writeFileSync(join(out, 'package.json'), '{ "type": "commonjs" }\n');
writeFileSync(join(out, 'program', 'package.json'), '{ "type": "module" }\n');
writeFileSync(join(out, 'coord.js'), starter);
chmodSync(join(out, 'coord.js'), 0o755);
writeCache();
