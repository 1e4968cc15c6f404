// The key of a member on this machine, also where it was made before the policy gave its owner a name.
import { readSigner } from '../../adapters/system/key-files.ts';
import type { KeyPlace } from '../../adapters/system/key-files.ts';
import type { TokenSigner } from '../../adapters/system/signature.ts';
import type { Fold } from '../../engine/fold.ts';
import { isInUse, keysInUse } from '../../engine/sign-request.ts';
import type { Policy } from '../../policy/schema.ts';
import type { Shell } from './shell.ts';

/** What is known of everybody's keys. */
export interface Known {
  readonly fold: Fold;
  readonly policy: Policy;
}

export interface KeyHere {
  readonly signer: TokenSigner;
  /** The name under which its file is kept: the member's own, or `git:NAME` from before it was listed. */
  readonly keptAs: string;
}

/** The key under the name that git alone gives whoever speaks; null where that is no other name of this member. */
async function keyFromBefore(
  shell: Shell,
  place: KeyPlace,
  member: string,
): Promise<KeyHere | null> {
  const { ownName, gitName } = await shell.identity();
  if (member !== ownName || member === gitName) return null;
  const signer = readSigner(place, gitName);
  return signer === null ? null : { signer, keptAs: gitName };
}

/**
 * The key of a member here, one in use before one that is not; null where there is none. Faults are those of reading a key.
 */
export async function keyHere(
  shell: Shell,
  place: KeyPlace,
  member: string,
  { fold, policy }: Known,
): Promise<KeyHere | null> {
  const signer = readSigner(place, member);
  const own = signer === null ? null : { signer, keptAs: member };
  const inUse = keysInUse({ actor: member, fold, policy });
  if (inUse.length === 0 || (signer !== null && inUse.includes(signer.publicKey))) return own;
  const before = await keyFromBefore(shell, place, member);
  if (before === null) return own;
  return isInUse(before.signer.publicKey, member, fold, policy) ? before : own;
}
