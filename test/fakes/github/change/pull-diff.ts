// What a pull request changes: always measured from the merge base with the base branch as it is now.
import type { FileChange } from '../git/diff.ts';
import { changedFiles } from '../git/diff.ts';
import { commitsBetween, mergeBase } from '../git/history.ts';
import { branchHead } from '../git/ref.ts';
import type { Repository } from '../state/repository.ts';
import type { PullThread } from '../state/thread.ts';
import type { PullFigures } from '../view/thread-view.ts';

/** The commit the difference starts from. */
async function startOf({ repository, pull }: PullThread): Promise<string> {
  if (pull.mergedFrom !== null) return pull.mergedFrom;
  const base = (await branchHead(repository.objects, pull.baseRef)) ?? pull.baseSha;
  return (await mergeBase(repository.gitDir, base, pull.headSha)) ?? base;
}

/** The changed files between two commits, computed once per pair. */
export async function filesBetween(
  repository: Repository,
  base: string,
  head: string,
): Promise<readonly FileChange[]> {
  const key = `${base}..${head}`;
  const known = repository.diffs.get(key) ?? changedFiles(repository.gitDir, base, head);
  repository.diffs.set(key, known);
  return await known;
}

/** The files of a pull request, all of them; the API shows at most 3,000. */
export async function pullFiles(thread: PullThread): Promise<readonly FileChange[]> {
  return await filesBetween(thread.repository, await startOf(thread), thread.pull.headSha);
}

/** The commits of a pull request, oldest first. */
export async function pullCommits(thread: PullThread): Promise<readonly string[]> {
  return await commitsBetween(thread.repository.gitDir, await startOf(thread), thread.pull.headSha);
}

export async function pullFigures(thread: PullThread): Promise<PullFigures> {
  const [files, commits] = await Promise.all([pullFiles(thread), pullCommits(thread)]);
  return {
    commits: commits.length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: files.length,
  };
}
