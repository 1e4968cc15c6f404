// What `coord verify` says of senders: signatures against the keys of the policy, of its history, and of the log.
import { policyRevisions } from '../../../adapters/git/base-policy.ts';
import { earlierPolicies } from '../../../adapters/git/policy-history.ts';
import { verifySignature } from '../../../adapters/system/signature.ts';
import { listedKeys, policyKeys } from '../../../engine/keyring.ts';
import { mayForce, mayUse } from '../../../engine/signed-word.ts';
import { signatureJudge } from '../../../log/verify-signature.ts';
import type { SignatureJudge } from '../../../log/verify-signature.ts';
import type { Shell } from '../shell.ts';

export interface SignatureJudges {
  /** Without a remote the word of this machine's shells counts. */
  readonly trustsShell: boolean;
  /** Makes a judge; a history that does not start at the genesis does not show when its keys were added. */
  open(startsAtGenesis: boolean): SignatureJudge;
}

/** Reads the keys that senders may have signed with. */
export async function signatureJudges(shell: Shell): Promise<SignatureJudges> {
  const workspace = await shell.workspace();
  const { repository, log, remote, asking, engine } = workspace;
  const revisions = policyRevisions(remote === null ? null : shell.globals.remote);
  const earlier = await earlierPolicies(repository, revisions).catch(() => []);
  const { policy } = await asking.policy();
  const { commits } = await log.read({ commitsMax: 1 }).catch(() => ({ commits: [] }));
  const fold = await engine.projection.load().catch(() => null);
  const named = (actor: string): string[] =>
    [policy, ...earlier].flatMap((each) => policyKeys(each, actor));
  const onLog = (actor: string): string[] =>
    fold === null ? [] : listedKeys(fold, actor).map(({ key }) => key);
  const trustsShell = commits.at(-1)?.provenance === 'here';
  return {
    trustsShell,
    open: (startsAtGenesis) =>
      signatureJudge({
        verify: verifySignature,
        roots: (actor) => policyKeys(policy, actor),
        everNamed: (actor) => [...named(actor), ...(startsAtGenesis ? [] : onLog(actor))],
        mayUse: (actor, op) => mayUse(actor, op, { registry: shell.registry, policy }),
        isPerson: (actor) => policy.people.has(actor),
        mayForce: (actor) => mayForce(actor, policy),
        trustsShell,
      }),
  };
}
