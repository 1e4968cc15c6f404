// Bundles an entry of the benchmark as the shell is bundled: what is timed then is the code that is shipped, and it starts at once.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const require =
  'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);';

/** The path of the bundle of an entry (a file of this folder) in `directory`. */
export function bundled(entry: string, directory: string): string {
  const outfile = join(directory, 'bundle.mjs');
  buildSync({
    entryPoints: [fileURLToPath(new URL(`./${entry}`, import.meta.url))],
    ...{ bundle: true, platform: 'node', format: 'esm', outfile, banner: { js: require } },
    logLevel: 'error',
  });
  return outfile;
}
