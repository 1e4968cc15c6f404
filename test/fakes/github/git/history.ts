// Questions about ancestry: history pages, merge bases, ahead and behind.
import { git, tryGit } from './run.ts';

export interface HistoryRange {
  /** A commit id. */
  readonly from: string;
  readonly skip: number;
  readonly countMax: number;
  /** Only commits that touched this path. */
  readonly path?: string;
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Commit ids from newest to oldest. */
export async function historyPage(gitDir: string, range: HistoryRange): Promise<string[]> {
  const path = range.path === undefined ? [] : ['--', range.path];
  const args = [`--skip=${range.skip}`, `--max-count=${range.countMax}`, range.from, ...path];
  return lines(await git(gitDir, 'rev-list', ...args));
}

/** How many commits a commit has behind it, itself included. */
export async function historyCount(gitDir: string, from: string, path?: string): Promise<number> {
  const rest = path === undefined ? [] : ['--', path];
  return Number(await git(gitDir, 'rev-list', '--count', from, ...rest));
}

/** Commits reachable from `head` and not from `base`, oldest first. */
export async function commitsBetween(
  gitDir: string,
  base: string,
  head: string,
): Promise<string[]> {
  return lines(await git(gitDir, 'rev-list', '--reverse', `${base}..${head}`));
}

/** The best common ancestor; null for unrelated histories. */
export async function mergeBase(gitDir: string, a: string, b: string): Promise<string | null> {
  const result = await tryGit(gitDir, ['merge-base', a, b]);
  return result.code === 0 ? result.stdout.toString().trim() : null;
}

/** True when `ancestor` is `descendant` or lies behind it. */
export async function isAncestor(
  gitDir: string,
  ancestor: string,
  descendant: string,
): Promise<boolean> {
  if (ancestor === descendant) return true;
  return (await tryGit(gitDir, ['merge-base', '--is-ancestor', ancestor, descendant])).code === 0;
}
