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

/** The moment as the sender sees it. */
function momentSeen({ intent, isPersonPresent }: Request, fold: Fold, policy: Policy): Moment {
  const tier = tierOfActor(intent.actor, fold, policy) ?? 'validator';
  const { at: now, seq } = fold.position ?? { at: '', seq: 0 };
  return {
    ...{ now, seq: seq + 1, id: intent.id, session: intent.session ?? null },
    actor: { name: intent.actor, tier, isPersonPresent },
    rules: rulesOf(policy),
    history: [],
  };
}

/** References by id and what the sender saw, such as fencing tokens: nobody can add these to what is signed. */
function settledInput(request: Request, command: AnyCommand, fold: Fold, policy: Policy) {
  const input = resolveReferences(command, fold, request.intent.input);
  const moment = momentSeen(request, fold, policy);
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
