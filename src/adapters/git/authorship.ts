// Who wrote the commits between two revisions, as far as a clone can tell: addresses, trailers, the branch's name.
import type { AuthorFacts } from '../../policy/identify.ts';
import { runGit, tryGit } from './native.ts';
import type { Repository } from './repository.ts';

const commitsMax = '250';
const addressInTrailer = /<([^<>\s]+)>/g;

async function branchNamed(repository: Repository, revision: string): Promise<string | null> {
  const args = ['rev-parse', '--symbolic-full-name', '--end-of-options', revision];
  const run = await tryGit(args, { cwd: repository.directory });
  const name = run.stdout.toString('utf8').trim().split('\n').pop() ?? '';
  return /^refs\/(?:heads|remotes\/[^/]+)\/(.+)$/.exec(name)?.[1] ?? null;
}

/** The facts by which a policy recognises the author of `mergeBase..head`. */
export async function authorFacts(
  repository: Repository,
  mergeBase: string,
  head: string,
  revision: string,
): Promise<AuthorFacts> {
  const format = '--format=%ae%x00%(trailers:key=Co-authored-by,valueonly,separator=%x2C)%x01';
  const range = `${mergeBase}..${head}`;
  const output = await runGit(['log', `--max-count=${commitsMax}`, format, range], {
    cwd: repository.directory,
  });
  const entries = output
    .toString('utf8')
    .split('\x01')
    .map((entry) => entry.trim().split('\0'))
    .filter(([email]) => email !== '');
  const trailers = entries.flatMap(([, trailer = '']) =>
    [...trailer.matchAll(addressInTrailer)].map((match) => match[1] ?? ''),
  );
  return {
    authorLogin: null,
    authorId: null,
    authorIsBot: false,
    authorEmail: entries[0]?.[0] ?? null,
    headBranch: await branchNamed(repository, revision),
    headOwner: 'local',
    headIsFork: false,
    coAuthorEmails: [...entries.map(([email = '']) => email), ...trailers],
  };
}
