// Signs a command for its sender: first its input is made what the log shall hold, then that is signed.
import type { AnyCommand, Moment } from '../kernel/operation.ts';
import { signedBytes } from '../log/canonical.ts';
import type { Policy } from '../policy/schema.ts';
import { rulesOf } from '../policy/rules.ts';
import { tierOfActor } from './authorise.ts';
import { resolveReferences, statesFor } from './decide.ts';
import type { Request } from './decide.ts';
import type { Fold } from './fold.ts';
import { policyKeys, listedKeys } from './keyring.ts';

/** The private half of a key. */
export interface Signer {
  readonly publicKey: string;
  /** The signature over these bytes, base64. */
  readonly sign: (bytes: Uint8Array) => string;
}

/** Whether policy or log name a key as one in use: a signature of another key would be refused. */
export function isInUse(key: string, actor: string, fold: Fold, policy: Policy): boolean {
  const listed = listedKeys(fold, actor).find((each) => each.key === key);
  const last = listed?.marks.at(-1);
  if (last !== undefined) return last.what !== 'ended';
  return policyKeys(policy, actor).includes(key);
}

/** References by id and what the sender saw, such as fencing tokens: nobody can add these to what is signed. */
function settledInput(request: Request, command: AnyCommand, fold: Fold, policy: Policy) {
  const { intent, isPersonPresent } = request;
  const input = resolveReferences(command, fold, intent.input);
  const tier = tierOfActor(intent.actor, fold, policy) ?? 'validator';
  const moment: Moment = {
    actor: { name: intent.actor, tier, isPersonPresent },
    session: intent.session ?? null,
    now: fold.position?.at ?? '',
    id: intent.id,
    seq: (fold.position?.seq ?? 0) + 1,
    rules: rulesOf(policy),
    history: [],
  };
  return command.complete?.(input, statesFor(command, fold) as never, moment) ?? input;
}

/** The request with its input settled on the fold, and signed. */
export function signRequest(
  request: Request,
  command: AnyCommand,
  { fold, policy }: { readonly fold: Fold; readonly policy: Policy },
  signer: Signer,
): Request {
  const intent = { ...request.intent, input: settledInput(request, command, fold, policy) };
  return { ...request, intent: { ...intent, sig: signer.sign(signedBytes(intent)) } };
}
