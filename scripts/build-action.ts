// Builds the Action into dist/; with --check it builds elsewhere and fails when dist/ differs.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildInto } from './action-bundle.ts';

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
