// Signs what is said in this shell wherever its sender has a key here that the policy or the log names.
import { readToken } from '../../adapters/system/capability-token.ts';
import { keyPlace, readSigner } from '../../adapters/system/key-files.ts';
import type { Request } from '../../engine/decide.ts';
import { isInUse, signRequest } from '../../engine/sign-request.ts';
import { UsageError } from '../../kernel/fault.ts';
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

/** The token to speak under, by flag or environment; null for none. */
export function tokenGiven({ globals, environment }: Shell): string | null {
  const set = environment['COORD_CAPABILITY'] ?? '';
  return globals.capability ?? (set === '' ? null : set);
}

function keyElsewhere(holder: string, actor: string): UsageError {
  return new UsageError(
    'key-unknown',
    `This capability is held by ${holder}, and that is no key of ${actor} here. Run it where the key is, as the name it was made for: --as NAME.`,
    { holder, actor },
  );
}

/**
 * The request under a capability: in the name that it lends, signed by its holder. UsageError where the token is none,
 * or the holder's key is not on this machine under the name of whoever says it, or under the name that is lent.
 */
export async function lentHere(
  shell: Shell,
  command: AnyCommand,
  request: Request,
  token: string,
): Promise<Request> {
  const reading = await readToken(token);
  if (!reading.ok) {
    const next = 'Ask whoever issued it for another.';
    throw new UsageError('capability-invalid', `${reading.problem} ${next}`);
  }
  // A session is of whoever says it; the name that is lent has sessions of its own.
  const { id, log, op, actor, hlc, input } = request.intent;
  const { holder, sub } = reading.capability;
  const place = keyPlace(shell.environment, shell.repository(), log);
  const signers = [actor, sub].map((name) => readSigner(place, name));
  const signer = signers.find((each) => each?.publicKey === holder);
  if (signer === undefined || signer === null) throw keyElsewhere(holder, actor);
  const { engine } = await shell.workspace();
  const { policy } = await engine.policy();
  const fold = await engine.projection.load();
  const intent = { id, log, op, actor: sub, hlc, input, capability: token };
  return signRequest({ ...request, intent }, command, { fold, policy }, signer);
}
