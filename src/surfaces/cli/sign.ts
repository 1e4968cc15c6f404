// Signs what is said in this shell wherever its sender has a key here that the policy or the log names.
import { keyPlace, readSigner } from '../../adapters/system/key-files.ts';
import type { Request } from '../../engine/decide.ts';
import { isInUse, signRequest } from '../../engine/sign-request.ts';
import type { AnyCommand } from '../../kernel/operation.ts';
import type { Shell } from './shell.ts';

/** The request, signed where it can be. */
export async function signedHere(
  shell: Shell,
  command: AnyCommand,
  request: Request,
): Promise<Request> {
  const { actor, log } = request.intent;
  if (log === '') return request;
  const signer = readSigner(keyPlace(shell.environment, shell.repository(), log), actor);
  if (signer === null) return request;
  const { engine } = await shell.workspace();
  const { policy } = await engine.policy();
  const fold = await engine.projection.load();
  if (!isInUse(signer.publicKey, actor, fold, policy)) return request;
  return signRequest(request, command, { fold, policy }, signer);
}
