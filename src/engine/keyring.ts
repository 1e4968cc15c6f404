// Which keys count for whom at which record: those of the policy, and those of the log that somebody vouches for.
import { keys } from '../concepts/key/key.ts';
import type { KeyMark, Keys, MemberKey } from '../concepts/key/key.ts';
import type { View } from '../kernel/decider.ts';
import { signedBytes } from '../log/canonical.ts';
import { canonicalKey } from '../log/public-key.ts';
import type { Intent } from '../log/record.ts';
import type { Policy } from '../policy/schema.ts';
import type { Fold } from './fold.ts';
import { endProblem, lentWord } from './lent-word.ts';
import type { Lent, Readings } from './lent-word.ts';

/** Checks an Ed25519 signature (base64) over bytes with a public key as the policy writes it. */
export type VerifySignature = (bytes: Uint8Array, signature: string, publicKey: string) => boolean;

/** Whether somebody vouches for what a record says of a key; `unknown` where the record is not here. */
export type Standing = 'vouched' | 'unvouched' | 'unknown';
export type StandingOf = (mark: KeyMark, agent: string, key: string) => Standing;

/** The keys that the policy names for an agent or a person, in the one form; what is no Ed25519 key is none. */
export function policyKeys(policy: Policy, actor: string): readonly string[] {
  const named = policy.agents?.get(actor)?.keys ?? policy.people.get(actor)?.keys ?? [];
  return named.map(canonicalKey).filter((key) => key !== null);
}

/** What the log says of the keys of a member. */
export function listedKeys(fold: Pick<Fold, 'states'>, actor: string): readonly View<MemberKey>[] {
  const state = fold.states.get(keys.name) as Keys | undefined;
  return state?.byAgent.get(actor) ?? [];
}

/** The keys of a member that may have made a signature: all that policy or log name, whether they count or not. */
export function namedKeys(policy: Policy, fold: Pick<Fold, 'states'>, actor: string): string[] {
  const listed = listedKeys(fold, actor).map(({ key }) => key);
  return [...new Set([...policyKeys(policy, actor), ...listed])];
}

/** The named key that made the signature of an intent; null for none. Whether it counts is another question. */
export function signingKey(
  intent: Intent,
  named: readonly string[],
  verify: VerifySignature,
): string | null {
  const { sig } = intent;
  if (sig === undefined || named.length === 0) return null;
  const bytes = signedBytes(intent);
  return named.find((key) => verify(bytes, sig, key)) ?? null;
}

function isEnd({ what }: KeyMark): boolean {
  return what === 'ended';
}

/** The marks of a key before a record, oldest first. */
export function marksBefore(
  fold: Pick<Fold, 'states'>,
  [actor, key]: readonly [string, string],
  seq: number,
): readonly KeyMark[] {
  const listed = listedKeys(fold, actor).find((each) => each.key === key);
  return (listed?.marks ?? []).filter((mark) => mark.seq < seq);
}

/** The additions that a key may count by: those after its last end. An end restricts, so it counts whoever said it. */
export function openAdditions(marks: readonly KeyMark[]): readonly KeyMark[] {
  return marks.slice(marks.findLastIndex(isEnd) + 1);
}

/** Whether the policy's own word is enough for a key: nothing on the log ended it. */
export function isRooted(
  key: string,
  named: readonly string[],
  marks: readonly KeyMark[],
): boolean {
  return named.includes(key) && !marks.some(isEnd);
}

/** The keys of the senders of a batch, as far as they count when a command of theirs is decided. */
export interface Keyring {
  /** The key that made the signature of a command and counts now; null where none does. */
  signerOf(intent: Intent): string | null;
  /** What the capability of a command that carries one comes to now; `at` is the sequencer's time. */
  lentTo(intent: Intent, at: string): Lent;
  /** Why a token is worth nothing now whatever is said under it, as a sentence; null where it is worth something. */
  tokenProblem(token: string): string | null;
  /** Whether commands of this name are never accepted without a signature. */
  needsSignature(actor: string): boolean;
  /** Whether the word of this machine's shell is as good as a vouch: the log has no remote. */
  readonly trustsShell: boolean;
}

interface Parts {
  readonly fold: Fold;
  readonly policy: Policy;
  readonly verify: VerifySignature;
  readonly standingOf: StandingOf;
  readonly trustsShell: boolean;
  readonly readings: Readings;
}

/** An addition whose record is not here is believed, as everything is that a shallow copy begins with. */
function countsNow({ policy, standingOf }: Parts, { agent, key, marks }: View<MemberKey>): boolean {
  if (isRooted(key, policyKeys(policy, agent), marks)) return true;
  return openAdditions(marks).some((mark) => standingOf(mark, agent, key) !== 'unvouched');
}

/** Whether a key was added by a word that counts, and no word that counts ended it: an end by anybody frees nobody. */
function binds({ standingOf }: Parts, { agent, key, marks }: View<MemberKey>, rooted: boolean) {
  let isOn = rooted;
  for (const mark of marks) {
    if (standingOf(mark, agent, key) !== 'unvouched') isOn = !isEnd(mark);
  }
  return isOn;
}

/** Why the root of a token is worth nothing, as a sentence. */
function noIssuer(actor: string): string {
  return `Its root was not issued by a key of ${actor} that counts.`;
}

/** The keyring over a fold; it follows the fold as commands of the batch are applied to it. */
export function keyringOf(parts: Parts): Keyring {
  const { fold, policy, verify, trustsShell } = parts;
  const withMarks = (actor: string, key: string): View<MemberKey> =>
    listedKeys(fold, actor).find((each) => each.key === key) ?? { agent: actor, key, marks: [] };
  return {
    trustsShell,
    signerOf(intent) {
      const { actor } = intent;
      const key = signingKey(intent, namedKeys(policy, fold, actor), verify);
      return key !== null && countsNow(parts, withMarks(actor, key)) ? key : null;
    },
    lentTo(intent, at) {
      const { actor, capability: token = '' } = intent;
      const look = { fold, verify, at, seq: Number.POSITIVE_INFINITY };
      const lent = lentWord(intent, parts.readings.get(token), look);
      if (!lent.ok || countsNow(parts, withMarks(actor, lent.issuer))) return lent;
      return { ok: false, code: 'invalid', problem: noIssuer(actor) };
    },
    tokenProblem(token) {
      const reading = parts.readings.get(token);
      if (reading?.ok !== true) return reading?.problem ?? 'Nobody reads capabilities here.';
      const [{ sub, iss }] = reading.chain;
      const end = endProblem(reading, fold, Number.POSITIVE_INFINITY);
      return end ?? (countsNow(parts, withMarks(sub, iss)) ? null : noIssuer(sub));
    },
    needsSignature(actor) {
      const rooted = policyKeys(policy, actor);
      if (rooted.length === 0 && listedKeys(fold, actor).length === 0) return false;
      return namedKeys(policy, fold, actor).some((key) =>
        binds(parts, withMarks(actor, key), rooted.includes(key)),
      );
    },
  };
}
