// The policy of a clone: from the remote's default branch, else the local one; never from the work tree.
import { Fault } from '../../kernel/fault.ts';
import type { PolicyInForce } from '../../policy/in-force.ts';
import { defaultPolicy } from '../../policy/default.ts';
import { parsePolicy, policyPath, policyProblemsText } from '../../policy/load.ts';
import { problemText } from '../../policy/problem.ts';
import { blobWithoutGit } from './store/direct-blob.ts';
import { blobAt } from './repository.ts';
import type { Repository } from './repository.ts';

const localBranches = ['refs/heads/main', 'refs/heads/master', 'HEAD'];

/** Where the policy is looked for, the first that exists wins. */
export function policyRevisions(remote: string | null): string[] {
  const names = remote === null ? [] : ['HEAD', 'main', 'master'];
  return [...names.map((name) => `refs/remotes/${remote ?? ''}/${name}`), ...localBranches];
}

/** Reads the policy at the first of the revisions that has one; Fault `policy-invalid` with every problem. */
export async function policyAt(
  repository: Repository,
  revisions: readonly string[],
): Promise<PolicyInForce> {
  const direct = blobWithoutGit(repository, revisions, policyPath);
  const blob = direct === undefined ? await blobAt(repository, revisions, policyPath) : direct;
  if (blob === null) return { oid: 'none', policy: defaultPolicy() };
  const parsed = parsePolicy(blob.text, policyPath);
  if (parsed.ok) {
    const warnings = parsed.warnings.map((problem) => problemText(problem, policyPath));
    return { oid: blob.oid, policy: parsed.policy, warnings };
  }
  throw new Fault(
    'policy-invalid',
    `The policy at ${blob.revision} cannot be used; mend it on the base branch.\n${policyProblemsText(parsed)}`,
    { revision: blob.revision, problems: parsed.problems },
  );
}

/** The policy that commands of this clone are decided under. */
export function basePolicy(repository: Repository, remote: string | null): Promise<PolicyInForce> {
  return policyAt(repository, policyRevisions(remote));
}
