// A command under a capability: its holder signs it, and it is worth what the token's first issuer lent, no more.
import { capabilities, endedBefore } from '../concepts/capability/capability.ts';
import type { Capabilities } from '../concepts/capability/capability.ts';
import { signedBytes } from '../log/canonical.ts';
import type { Intent } from '../log/record.ts';
import { excessOf } from '../policy/capability.ts';
import type { Capability, Reading, ReadToken } from '../policy/capability.ts';
import type { Fold } from './fold.ts';

/** What the tokens of some commands say, by token. */
export type Readings = ReadonlyMap<string, Reading>;

/** Reads the tokens of commands, each once; where nothing reads tokens, none of them says anything. */
export async function readTokens(
  intents: readonly Intent[],
  readToken: ReadToken | undefined,
): Promise<Readings> {
  const readings = new Map<string, Reading>();
  for (const { capability } of intents) {
    if (capability === undefined || readToken === undefined || readings.has(capability)) continue;
    readings.set(capability, await readToken(capability));
  }
  return readings;
}

/** What a token and the holder's signature come to; whether the key of its root counts is another question. */
export type Lent =
  | {
      readonly ok: true;
      readonly capability: Capability;
      /** The key that issued the root, of the member that the command names as its actor. */
      readonly issuer: string;
    }
  | { readonly ok: false; readonly code: 'invalid' | 'exceeded'; readonly problem: string };

function invalid(problem: string): Lent {
  return { ok: false, code: 'invalid', problem };
}

/** The sentence on a revocation of a link before a record; null where there is none. */
export function endProblem(
  { chain }: Extract<Reading, { ok: true }>,
  fold: Pick<Fold, 'states'>,
  seq: number,
) {
  const state = fold.states.get(capabilities.name) as Capabilities | undefined;
  const ids = chain.map(({ jti }) => jti);
  const end = state === undefined ? undefined : endedBefore(state, ids, seq);
  return end === undefined ? null : `${end.capability} was revoked by ${end.by}: ${end.why}.`;
}

/** When and where a command is looked at. */
export interface Look {
  readonly fold: Pick<Fold, 'states'>;
  /** Whether a signature (base64) over bytes was made with the private half of a key. */
  readonly verify: (bytes: Uint8Array, signature: string, publicKey: string) => boolean;
  /** Revocations before this seq count. */
  readonly seq: number;
  /** Sequencer's time of the command, ISO 8601 UTC. */
  readonly at: string;
}

/** Holds a command against the token that it carries: signature, revocations, and what the token covers. */
export function lentWord(intent: Intent, reading: Reading | undefined, look: Look): Lent {
  if (reading === undefined) return invalid('Nobody reads capabilities here.');
  if (!reading.ok) return invalid(reading.problem);
  const { capability, chain } = reading;
  const { sig } = intent;
  if (sig === undefined || !look.verify(signedBytes(intent), sig, capability.holder)) {
    return invalid('The command is not signed by the holder of its capability.');
  }
  const end = endProblem(reading, look.fold, look.seq);
  if (end !== null) return invalid(end);
  const excess = excessOf(capability, { ...intent, at: look.at });
  if (excess !== null) return { ok: false, code: 'exceeded', problem: excess };
  return { ok: true, capability, issuer: chain[0].iss };
}
