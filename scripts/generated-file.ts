// One way for every generator: write the file, or with `--check` fail when the committed one differs.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Writes `content` to `path` (from the repository's root), or compares where `--check` was given; sets the exit status. */
export function writeOrCheck(path: string, content: string, args: readonly string[]): void {
  const file = join(root, path);
  if (!args.includes('--check')) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    console.log(`${path} is written.`);
  } else if (readCommitted(file) === content) {
    console.log(`${path} is up to date.`);
  } else {
    const script = relative(root, process.argv[1] ?? '').replaceAll('\\', '/');
    console.error(`${path} is not what the source says. Run "npx tsx ${script}" and commit it.`);
    process.exitCode = 1;
  }
}

/** True when the module was started as the program. */
export function isMain(filename: string): boolean {
  return process.argv[1] !== undefined && resolve(process.argv[1]) === filename;
}

function readCommitted(file: string): string | undefined {
  try {
    // A checkout on Windows may have turned the line ends.
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return undefined;
  }
}
