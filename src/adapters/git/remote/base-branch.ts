// Where the policy of a clone is read, and where the remote's default branch is: two commits that ought to be the same.
import { tryGit } from '../native.ts';
import { policyRevisions } from '../base-policy.ts';
import { storeHandle } from '../local-log.ts';
import type { Repository } from '../repository.ts';
import { transportTo } from './remote-transport.ts';
import type { Environment } from './remote-transport.ts';
import type { Tip } from './transport.ts';

/** The branch that the policy is read from; null where none of them exists. Fault `git-missing`. */
export async function policyBranch(repository: Repository, remote: string): Promise<Tip | null> {
  const revisions = policyRevisions(remote);
  const options = { cwd: repository.directory };
  const input = revisions.map((each) => `${each}^{commit}\n`).join('');
  const { stdout } = await tryGit(['cat-file', '--batch-check'], { ...options, input });
  const lines = stdout.toString('utf8').split('\n');
  const found = lines.findIndex((line) => / commit \d+$/.test(line));
  const [revision, oid] = [revisions[found], lines[found]?.split(' ')[0]];
  if (revision === undefined || oid === undefined) return null;
  const named = await tryGit(['rev-parse', '--symbolic-full-name', revision], options);
  return { ref: named.stdout.toString('utf8').trim(), oid };
}

/**
 * The default branch on the remote, asked for over the network; null where it has none. It is the branch of the code:
 * a log that is kept apart does not matter here. Fault `remote-unreachable`.
 */
export async function defaultBranchOf(
  repository: Repository,
  name: string,
  environment: Environment,
): Promise<Tip | null> {
  const handle = storeHandle(repository.commonDir);
  const transport = await transportTo({ repository, name, handle, environment }, 'fetch');
  return transport.defaultBranch();
}
