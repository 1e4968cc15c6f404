// Reads what the comparison needs of the project's clone: its commits, their changed files, and blobs.
import { spawnSync } from 'node:child_process';

/** One changed path of a commit, judged against its first parent. A blob id of zeros means there is none. */
export interface ChangedFile {
  /** A, M, D or R. */
  readonly status: string;
  readonly path: string;
  readonly previousPath: string;
  readonly before: string;
  readonly after: string;
}

/** The git commands of one clone; every method throws a sentence with git's own words when git fails. */
export class Clone {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  git(args: readonly string[]): string {
    const run = spawnSync('git', ['-C', this.directory, ...args], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (run.status === 0) return run.stdout;
    const why = run.error?.message ?? run.stderr.trim();
    throw new Error(`git ${args.join(' ')} failed in the clone: ${why}`);
  }

  /** Full ids along the first parent, oldest first, `last` included. */
  commits(last: string, count: number): string[] {
    const listed = this.git(['rev-list', '--first-parent', `--max-count=${count}`, last]);
    return listed.trim().split('\n').reverse();
  }

  changes(commit: string): ChangedFile[] {
    const words = ['diff', '--raw', '-M', '--no-abbrev', '-z', `${commit}^`, commit];
    const records = this.git(words)
      .split(/(?:^|\0):/)
      .slice(1);
    return records.map(changeOf);
  }

  blob(id: string): string {
    return this.git(['cat-file', 'blob', id]);
  }
}

/** One record of `git diff --raw -z` without its colon: modes, ids and status, then one name, or two of a rename. */
function changeOf(record: string): ChangedFile {
  const [head = '', previousPath = '', newPath = ''] = record.split('\0');
  const [, , before = '', after = '', mark = ''] = head.split(' ');
  const path = newPath === '' ? previousPath : newPath;
  return { status: mark.slice(0, 1), path, previousPath, before, after };
}
