// What `coord check` says beside its verdict, on standard error: what the verdict does not speak of.
import { tryGit } from '../../../adapters/git/native.ts';
import { resolveCommit } from '../../../adapters/git/repository.ts';
import type { Repository } from '../../../adapters/git/repository.ts';
import type { Author } from '../../../checks/pull-request.ts';
import { count, quote } from '../../../checks/quote.ts';
import { notFollowed } from '../../../policy/not-followed.ts';
import type { Policy } from '../../../policy/schema.ts';

/** Tracked or staged paths that differ from the last commit; 0 where there is no work tree, or nothing is to be learnt. */
async function uncommitted(repository: Repository): Promise<number> {
  // Without the optional locks git would write its index, and a check changes nothing.
  const args = ['--no-optional-locks', 'status', '--porcelain=v1', '--untracked-files=no'];
  const run = await tryGit(args, { cwd: repository.directory }).catch(() => null);
  if (run?.status !== 0) return 0;
  return run.stdout.toString('utf8').split('\n').length - 1;
}

/** A sentence about changes that are not committed yet; null when there are none, or another head is judged. */
export async function uncommittedNote(
  repository: Repository,
  head: string,
  range: string,
): Promise<string | null> {
  const here = await resolveCommit(repository, 'HEAD').catch(() => null);
  if (here !== head) return null;
  const files = await uncommitted(repository);
  if (files === 0) return null;
  const verb = files === 1 ? 'is' : 'are';
  return `coord: ${count(files, 'file')} with uncommitted changes ${verb} not part of this check (it compares ${range}).`;
}

/** What the policy makes of a change of nobody it knows. */
function meaningOf({ checks, unknownAuthors }: Policy): string {
  if (checks.scope.mode === 'off') return 'no scope is judged (checks.scope.mode: off)';
  return unknownAuthors === 'fail'
    ? 'the check scope holds that against it (unknownAuthors: fail)'
    : "it is taken for no agent's, and no scope is judged (unknownAuthors: neutral)";
}

/** A sentence about an author whom the policy does not know, so that the verdict is not taken for an agent's; else null. */
export function unknownAuthorNote(author: Author, policy: Policy): string | null {
  if (author.kind !== 'unknown') return null;
  return `coord: the author ${quote(author.login)} is nobody the policy knows: ${meaningOf(policy)}. --as AGENT names whose change it is.`;
}

/** A sentence about what the policy sets and nothing follows yet; null when there is nothing such. */
export function notFollowedNote(policy: Policy): string | null {
  const keys = notFollowed(policy);
  if (keys.length === 0) return null;
  return `coord: the policy sets ${keys.join(', ')}: accepted, but not followed yet.`;
}
