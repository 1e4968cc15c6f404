// What `coord doctor` says of the policy: whether the one that counts can be used, and whether it is the one in the work tree.
import { policyRevisions } from '../../../adapters/git/base-policy.ts';
import { tryGit } from '../../../adapters/git/native.ts';
import type { Repository } from '../../../adapters/git/repository.ts';
import { commitsNamed } from '../../../adapters/git/revisions.ts';
import { messageOf } from '../../../kernel/fault.ts';
import { policyPath } from '../../../policy/load.ts';
import { isPolicyFault } from '../policy-source.ts';
import type { Shell } from '../shell.ts';
import type { Finding } from './doctor-checks.ts';

const check = 'policy';

/** Blob id that the file of the work tree would have; null where there is no such file, or no work tree. */
async function workTreeBlob({ directory }: Repository): Promise<string | null> {
  const top = await tryGit(['rev-parse', '--show-toplevel'], { cwd: directory });
  if (top.status !== 0) return null;
  const cwd = top.stdout.toString('utf8').replace(/\n$/, '');
  const hashed = await tryGit(['hash-object', '--', policyPath], { cwd });
  return hashed.status === 0 ? hashed.stdout.toString('utf8').trim() : null;
}

/** The branch whose policy counts, as people call it. */
async function baseName(repository: Repository, remote: string | null): Promise<string> {
  const names = policyRevisions(remote);
  const commits = await commitsNamed(repository, names);
  const base = names.find((_, index) => commits[index] !== null) ?? 'HEAD';
  return base.replace(/^refs\/(?:heads|remotes)\//, '');
}

/** What the work tree has, against the policy that counts (`none` where the base branch has no file). */
function compared(oid: string, here: string | null, base: string): Finding {
  if (here === null || here === oid) {
    const message =
      oid === 'none'
        ? `There is no ${policyPath} on ${base}: everything is judged, nothing fails.`
        : `The policy on ${base} can be used.`;
    return { check, status: 'ok', message, next: null };
  }
  const message =
    oid === 'none'
      ? `${policyPath} is in the work tree and not on ${base}: it does not count yet.`
      : `${policyPath} in the work tree is another than the one on ${base}, which counts.`;
  const next = `commit it and bring it to ${base}; if ${base} is ahead of you, update your branch`;
  return { check, status: 'warn', message, next };
}

/** Whether commands are decided under a policy, and under the one that its author sees. */
export async function checkPolicy(shell: Shell): Promise<Finding> {
  const { repository, policy, remote } = await shell.workspace();
  try {
    const { oid } = await policy.strict();
    const [here, base] = await Promise.all([
      workTreeBlob(repository),
      baseName(repository, remote?.name ?? null),
    ]);
    return compared(oid, here, base);
  } catch (error) {
    if (!isPolicyFault(error)) throw error;
    const next = `mend ${policyPath} on the base branch; coord check --policy ${policyPath} tries it out`;
    return { check, status: 'fail', message: messageOf(error), next };
  }
}
