// Signs a command for its sender: first its input is made what the log shall hold, then that is signed. Where it cannot be, says why.
import type { AnyCommand, Moment } from '../kernel/operation.ts';
import { signedBytes } from '../log/canonical.ts';
import type { Policy } from '../policy/schema.ts';
import { rulesOf } from '../policy/rules.ts';
import { tierOfActor } from './authorise.ts';
import { resolveReferences, statesFor } from './decide.ts';
import type { Request } from './decide.ts';
import type { Fold } from './fold.ts';
import { listedKeys, namedKeys, policyKeys } from './keyring.ts';

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

/** Somebody who has to sign, and the machine on which nothing was signed. */
export interface Unsigned {
  readonly actor: string;
  readonly fold: Fold;
  readonly policy: Policy;
  /** The public half of the actor's key on this machine; null where there is none. */
  readonly here: string | null;
  /** The repository has a remote, so that there may be a GitHub to comment on. */
  readonly hasRemote: boolean;
}

/** The keys of somebody that are in use, by policy or log. */
export function keysInUse({ actor, fold, policy }: Omit<Unsigned, 'here' | 'hasRemote'>): string[] {
  return namedKeys(policy, fold, actor).filter((key) => isInUse(key, actor, fold, policy));
}

function isPerson({ actor, policy }: Pick<Unsigned, 'actor' | 'policy'>): boolean {
  return actor.includes(':') || policy.people.has(actor);
}

/** Where the policy names somebody's keys. */
export function keysPlace(whose: Pick<Unsigned, 'actor' | 'policy'>): string {
  // The policy calls people by names of its own; `git:pat` is what git says of one that it does not list.
  const name = whose.actor.replace(/^.*:/, '');
  const section = isPerson(whose) ? 'people' : 'agents';
  return `${section}.${name}.keys in .github/coord.yml on the base branch`;
}

function asActor(whose: Pick<Unsigned, 'actor' | 'policy'>): string {
  return isPerson(whose) ? '' : ` --as ${whose.actor}`;
}

function namedText(unsigned: Unsigned, inUse: readonly string[]): string {
  const { actor, policy } = unsigned;
  if (inUse.length === 0) {
    return `All its keys were ended on the log (coord agent key list ${actor}), but nobody vouches for that, so it still has to sign.`;
  }
  const rooted = new Set(policyKeys(policy, actor));
  const named = inUse.map((key) =>
    rooted.has(key)
      ? `${key}, which the policy names (${keysPlace(unsigned)})`
      : `${key}, which the log names`,
  );
  return `${named.length === 1 ? 'Its key is' : 'Its keys are'} ${named.join(', and ')}.`;
}

/** Where it can be said as it is. */
function elsewhereText({ hasRemote }: Unsigned, inUse: readonly string[]): string[] {
  const which = inUse.length === 1 ? 'that key' : 'one of those keys';
  return [
    ...(inUse.length === 0 ? [] : [`Run it on a machine that has ${which}.`]),
    ...(hasRemote ? ['A comment on GitHub needs no signature.'] : []),
  ];
}

/** How a key that is on this machine comes to count, as far as that is possible here. */
function waysToCount(unsigned: Unsigned, key: string, inUse: readonly string[]): string[] {
  const { actor, fold, hasRemote } = unsigned;
  const wasEnded = listedKeys(fold, actor).some((each) => each.key === key);
  const adding = `key add ${key} ${actor}`;
  const ways: readonly (readonly [isPossible: boolean, way: string])[] = [
    [inUse.length > 0, `say on such a machine: coord key add ${key}${asActor(unsigned)}`],
    [!wasEnded, `write it under ${keysPlace(unsigned)}`],
    // `git:pat` is a name that no command takes.
    [hasRemote && !actor.includes(':'), `comment on GitHub: /coord ${adding}`],
    [!hasRemote && !isPerson(unsigned), `say it as a person: coord ${adding}`],
  ];
  return ways.flatMap(([isPossible, way]) => (isPossible ? [way] : []));
}

function hereText(unsigned: Unsigned, inUse: readonly string[]): string {
  const { actor, here } = unsigned;
  if (here === null) {
    return `No key of ${actor} is on this machine. To sign here too, make one, and read how it comes to count: coord agent key add${asActor(unsigned)}`;
  }
  const ways = waysToCount(unsigned, here, inUse).join('; or ');
  return `The key of ${actor} on this machine is another, ${here}, and does not count. For it to count, ${ways}`;
}

/** Why a command was refused for want of a signature, and what can be done about it on this machine. */
export function unsignedText(unsigned: Unsigned): string {
  const inUse = keysInUse(unsigned);
  return [
    `${unsigned.actor} signs its commands, and this one has no signature.`,
    namedText(unsigned, inUse),
    ...elsewhereText(unsigned, inUse),
    hereText(unsigned, inUse),
  ].join(' ');
}
