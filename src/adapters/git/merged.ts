// What was merged into a branch, one change after the other, as its first parents tell: merge commits, and single ones.
import { runGit, tryGit } from './native.ts';
import type { Repository } from './repository.ts';

/** One change that is on the branch now. */
export interface Merged {
  /** The commit of the branch that brought it. */
  readonly commit: string;
  /** What it was merged onto, and with what. */
  readonly base: string;
  readonly head: string;
  /** Number of the pull request, where the subject tells. */
  readonly number: number | null;
  readonly subject: string;
  /** Who wrote its last commit. */
  readonly author: { readonly name: string; readonly email: string };
  /** When its first commit was written and when it came onto the branch, ISO 8601 UTC. */
  readonly openedAt: string;
  readonly mergedAt: string;
}

const format = '--format=%H%x00%P%x00%an%x00%ae%x00%aI%x00%cI%x00%s';

interface Listed {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly author: Merged['author'];
  readonly writtenAt: string;
  readonly committedAt: string;
  readonly subject: string;
}

function utc(time: string): string {
  return new Date(time).toISOString();
}

function listedOf(line: string): Listed {
  const [commit = '', parents = '', name = '', email = '', written = '', committed = '', ...rest] =
    line.split('\0');
  return {
    commit,
    parents: parents.split(' ').filter((each) => each !== ''),
    author: { name, email },
    writtenAt: utc(written),
    committedAt: utc(committed),
    subject: rest.join('\0'),
  };
}

async function listing(repository: Repository, args: readonly string[]): Promise<Listed[]> {
  const output = await runGit(['log', format, ...args], { cwd: repository.directory });
  const lines = output.toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map(listedOf);
}

/** `Merge pull request #12 from ...`, as GitHub merges, and `Say it (#12)`, as it squashes. */
function numberIn(subject: string): number | null {
  const found = /^Merge pull request #(\d+)\b|\(#(\d+)\)$/.exec(subject);
  const digits = found?.[1] ?? found?.[2];
  return digits === undefined ? null : Number(digits);
}

/** The title of a merged pull request is the first line of the merge's own text. */
async function titleOf(repository: Repository, { commit, subject }: Listed): Promise<string> {
  if (!subject.startsWith('Merge pull request #')) return subject;
  const run = await tryGit(['log', '-1', '--format=%b', commit], { cwd: repository.directory });
  const [title = ''] = run.stdout.toString('utf8').split('\n');
  return title.trim() === '' ? subject : title.trim();
}

async function mergedBy(
  repository: Repository,
  listed: Listed,
  base: string,
  head: string,
): Promise<Merged> {
  const isMerge = head !== listed.commit;
  const own = isMerge ? await listing(repository, ['--no-merges', `${base}..${head}`]) : [];
  const written = own.map(({ writtenAt }) => writtenAt).sort();
  return {
    ...{ commit: listed.commit, base, head },
    number: numberIn(listed.subject),
    subject: await titleOf(repository, listed),
    author: own[0]?.author ?? listed.author,
    openedAt: written[0] ?? listed.writtenAt,
    mergedAt: listed.committedAt,
  };
}

/**
 * The last changes on a branch, newest first, at most `count`. A root commit, and one at the end of a shallow history,
 * changes nothing that could be told.
 */
export async function mergedInto(
  repository: Repository,
  branch: string,
  count: number,
): Promise<Merged[]> {
  const args = ['--first-parent', `--max-count=${count}`, branch];
  const found: Merged[] = [];
  for (const listed of await listing(repository, args)) {
    const [base, side] = listed.parents;
    if (base === undefined) continue;
    found.push(await mergedBy(repository, listed, base, side ?? listed.commit));
  }
  return found;
}
