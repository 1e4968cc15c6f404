// The changed files between two commits, in the words of GitHub's `diff-entry`.
import { git } from './run.ts';

export type FileStatus = 'added' | 'removed' | 'modified' | 'renamed' | 'changed';

export interface FileChange {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: FileStatus;
  /** Blob id at the head; for removed files the one at the base. */
  readonly oid: string;
  readonly additions: number;
  readonly deletions: number;
  /** From the first hunk header on; null for binary, oversized and content-free changes. */
  readonly patch: string | null;
}

/** GitHub shows no patch for a file whose own diff is larger than this. */
const patchBytesMax = 500 * 1024;
const patchLinesMax = 20_000;

interface RawChange extends Omit<FileChange, 'additions' | 'deletions' | 'patch'> {
  /** A file that became a link (or the reverse) is printed as a removal and an addition. */
  readonly patchCount: 1 | 2;
}

function statusOf(letter: string, isContentSame: boolean): FileStatus {
  if (letter === 'A') return 'added';
  if (letter === 'D') return 'removed';
  if (letter === 'R') return 'renamed';
  return letter === 'T' || isContentSame ? 'changed' : 'modified';
}

/** Reads `:<mode> <mode> <oid> <oid> <letter>` and the one or two paths after it. */
function parseRaw(fields: readonly string[], at: number): { change: RawChange; next: number } {
  const text = (index: number): string => fields[index] ?? '';
  const parts = text(at).split(' ');
  const [baseOid, headOid] = [String(parts[2]), String(parts[3])];
  const letter = String(parts[4]).slice(0, 1);
  const isRename = letter === 'R';
  const change: RawChange = {
    path: text(at + (isRename ? 2 : 1)),
    previousPath: isRename ? text(at + 1) : null,
    status: statusOf(letter, baseOid === headOid),
    oid: letter === 'D' ? baseOid : headOid,
    patchCount: letter === 'T' ? 2 : 1,
  };
  return { change, next: at + (isRename ? 3 : 2) };
}

/** `git diff --raw --numstat -z`: all raw records, then all counts, in the same order. */
function parseRawAndCounts(text: string): { change: RawChange; counts: readonly number[] }[] {
  const fields = text.split('\0');
  const raw: RawChange[] = [];
  let at = 0;
  while (fields[at]?.startsWith(':') === true) {
    const { change, next } = parseRaw(fields, at);
    raw.push(change);
    at = next;
  }
  return raw.map((change) => {
    const [additions = '0', deletions = '0', path = ''] = (fields[at] ?? '').split('\t');
    at += path === '' ? 3 : 1;
    // Binary files are counted with a dash.
    return { change, counts: [additions, deletions].map((count) => Number(count) || 0) };
  });
}

/** Splits `git diff -p` at its file headers and keeps the hunks. */
function parsePatches(text: string): (string | null)[] {
  return `\n${text}`
    .split('\ndiff --git ')
    .slice(1)
    .map((part) => {
      const start = part.indexOf('\n@@ ');
      if (start < 0) return null;
      const patch = part.slice(start + 1).replace(/\n$/, '');
      const isTooLarge = patch.length > patchBytesMax || patch.split('\n').length > patchLinesMax;
      return isTooLarge ? null : patch;
    });
}

const diffOptions = ['-c', 'core.quotePath=false', '-c', 'diff.renameLimit=0'];

/** Every file that differs between two trees or commits, renames detected as GitHub does. */
export async function changedFiles(
  gitDir: string,
  base: string,
  head: string,
): Promise<readonly FileChange[]> {
  const flags = ['--no-color', '--no-ext-diff', '-M', base, head];
  const listArgs = [...diffOptions, 'diff', '--raw', '--numstat', '--no-abbrev', '-z', ...flags];
  const [list, patchText] = await Promise.all([
    git(gitDir, ...listArgs),
    git(gitDir, ...diffOptions, 'diff', '-p', ...flags),
  ]);
  const patches = parsePatches(patchText);
  let at = 0;
  return parseRawAndCounts(list).map(({ change, counts }) => {
    const { patchCount, ...rest } = change;
    const patch = patchCount === 1 ? (patches[at] ?? null) : null;
    at += patchCount;
    return { ...rest, additions: counts[0] ?? 0, deletions: counts[1] ?? 0, patch };
  });
}
