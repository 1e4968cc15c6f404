// The branch that changes are merged into, as far as a clone can tell.
import { resolveCommit } from '../../adapters/git/repository.ts';
import { UsageError } from '../../kernel/fault.ts';
import type { Shell } from './shell.ts';

/** The remote's default branch, else `main` or `master`. UsageError `no-base` where there is none of them. */
export async function baseRevision(shell: Shell): Promise<string> {
  const names = [`refs/remotes/${shell.globals.remote}/HEAD`, 'main', 'master'];
  for (const name of names) {
    const found = await resolveCommit(shell.repository(), name).catch(() => null);
    if (found !== null) return name;
  }
  throw new UsageError(
    'no-base',
    'There is no default branch here: name the one that changes are merged into, with --base or --branch.',
  );
}
