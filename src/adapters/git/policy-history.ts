// Every policy that the base branch had: a signature made under an earlier one is no forgery.
import { parsePolicy, policyPath } from '../../policy/load.ts';
import type { Policy } from '../../policy/schema.ts';
import { tryGit } from './native.ts';
import type { Repository } from './repository.ts';

const versionsMax = 200;
const objectHeader = /^[0-9a-f]{40,64} (?<type>[a-z]+) (?<size>\d+)$/;

/** The texts of blobs that `cat-file --batch` printed; what is missing is left out. */
function textsIn(output: Buffer): string[] {
  const texts: string[] = [];
  let offset = 0;
  while (offset < output.length) {
    const end = output.indexOf(10, offset);
    if (end < 0) break;
    const size = objectHeader.exec(output.toString('utf8', offset, end))?.groups?.['size'];
    const length = size === undefined ? -1 : Number(size);
    if (length >= 0) texts.push(output.toString('utf8', end + 1, end + 1 + length));
    offset = end + 2 + length;
  }
  return texts;
}

async function commitsWithPolicy(repository: Repository, revision: string): Promise<string[]> {
  const args = ['log', `-n${versionsMax}`, '--format=%H', '--end-of-options', revision];
  const run = await tryGit([...args, '--', policyPath], { cwd: repository.directory });
  const lines = run.status === 0 ? run.stdout.toString('utf8').split('\n') : [];
  return lines.filter((line) => line !== '');
}

/** The usable policies of the first of the revisions that exists, newest first, at most 200; none without git. */
export async function earlierPolicies(
  repository: Repository,
  revisions: readonly string[],
): Promise<Policy[]> {
  for (const revision of revisions) {
    const commits = await commitsWithPolicy(repository, revision);
    if (commits.length === 0) continue;
    const input = commits.map((commit) => `${commit}:${policyPath}\n`).join('');
    const run = await tryGit(['cat-file', '--batch'], { cwd: repository.directory, input });
    return textsIn(run.stdout).flatMap((text) => {
      const parsed = parsePolicy(text, policyPath);
      return parsed.ok ? [parsed.policy] : [];
    });
  }
  return [];
}
