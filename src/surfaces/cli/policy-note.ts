// Says when the policy of this clone may be an old one: nobody fetches the base branch but its owner.
import { defaultBranchOf, policyBranch } from '../../adapters/git/remote/base-branch.ts';
import type { Tip } from '../../adapters/git/remote/transport.ts';
import { Fault } from '../../kernel/fault.ts';
import type { Shell } from './shell.ts';

const oidCharsShown = 10;

function shortName(ref: string): string {
  return ref.replace(/^refs\/(?:heads|remotes)\//, '');
}

/** What to run so that the policy is read from the tip; a clone keeps the default branch that it began with. */
function remedy(remote: string, here: Tip | null, there: Tip): string {
  const tracking = `refs/remotes/${remote}/${shortName(there.ref)}`;
  const fetched = `run \`git fetch ${remote}\``;
  return here?.ref === tracking
    ? `${fetched}.`
    : `${fetched}, then \`git remote set-head ${remote} --auto\`: its default branch is ${shortName(there.ref)}.`;
}

/** A sentence where the policy here is not that of the remote's default branch; null where both are one commit. */
function compared(remote: string, here: Tip | null, there: Tip | null): string | null {
  if (there === null || here?.oid === there.oid) return null;
  const seat =
    here === null
      ? `no branch of ${remote} is here to read a policy from`
      : `policy is read from ${shortName(here.ref)} at ${here.oid.slice(0, oidCharsShown)}, the remote has moved`;
  return `${seat}: ${remedy(remote, here, there)}`;
}

/**
 * Asks the remote whether the policy that is read here stands on its default branch; refs of the user stay as they
 * are. Null where it does, or where no git is installed that could fetch another one.
 */
export async function policyNote(shell: Shell): Promise<string | null> {
  const { environment, globals } = shell;
  const repository = shell.repository();
  try {
    const here = await policyBranch(repository, globals.remote);
    const there = await defaultBranchOf(repository, globals.remote, environment);
    return compared(globals.remote, here, there);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code === 'git-missing') return null;
    return `whether ${globals.remote} has a newer policy is not known. ${error.message}`;
  }
}
