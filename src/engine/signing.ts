// Who signed a command, and whether its sender has to: `auth.by: key` is said here after a check, never by input.
import { refuse } from '../kernel/decider.ts';
import type { Refusal } from '../kernel/decider.ts';
import type { AnyCommand } from '../kernel/operation.ts';
import type { LogStore } from '../log/store.ts';
import type { ReadToken } from '../policy/capability.ts';
import type { Policy } from '../policy/schema.ts';
import type { Request } from './decide.ts';
import type { Fold } from './fold.ts';
import { keyringOf, listedKeys, policyKeys } from './keyring.ts';
import { readTokens } from './lent-word.ts';
import type { Lent } from './lent-word.ts';
import type { Keyring, Standing, VerifySignature } from './keyring.ts';
import { operationNamed } from './registry-port.ts';
import type { Registry } from './registry-port.ts';
import { keysPlace } from './sign-request.ts';
import { markStandings, recordFinder } from './vouch.ts';

/** What a keyring is made of; an engine will do. */
export interface Signing {
  readonly store: LogStore;
  readonly registry: Registry;
  readonly verify: VerifySignature;
  /** Reads capabilities; where it is left out, none is believed. */
  readonly readToken?: ReadToken;
}

/** GitHub knows these senders itself; their commands carry no signature. */
function isKnownByGitHub({ auth }: Request): boolean {
  return auth.by === 'github' || auth.by === 'app';
}

/** It is said under a capability: that narrows whoever sent it, so it is always looked at. */
function isLent({ intent }: Request): boolean {
  return intent.capability !== undefined;
}

async function trustsShell({ store, registry }: Signing, requests: readonly Request[]) {
  const asks = ({ intent }: Request): boolean => {
    const operation = operationNamed(registry, intent.op);
    return operation?.kind === 'command' && operation.needsVouch === true;
  };
  if (!requests.some(asks)) return false;
  const { commits } = await store.read({ commitsMax: 1 });
  return commits.at(-1)?.provenance === 'here';
}

/** Finds out which keys of the senders count, so that deciding need not wait for anything. */
export async function keyringFor(
  signing: Signing,
  requests: readonly Request[],
  fold: Fold,
  policy: Policy,
): Promise<Keyring> {
  const { store, verify, readToken } = signing;
  const others = requests.filter((request) => !isKnownByGitHub(request) || isLent(request));
  const readings = await readTokens(
    others.map(({ intent }) => intent),
    readToken,
  );
  const actors = [...new Set(others.map(({ intent }) => intent.actor))];
  const listed = actors.flatMap((actor) => listedKeys(fold, actor));
  const base = fold.position?.seq ?? 0;
  const standings =
    listed.length === 0
      ? new Map<string, Standing>()
      : await markStandings(listed, recordFinder(store), { ...signing, policy, fold });
  return keyringOf({
    ...{ fold, policy, verify, readings, trustsShell: await trustsShell(signing, others) },
    // What this batch says of keys was let in by the rule below, so somebody vouches for it.
    standingOf: ({ seq }, agent, key) =>
      seq > base ? 'vouched' : (standings.get(`${seq} ${agent} ${key}`) ?? 'unvouched'),
  });
}

/** Where to look somebody's keys up: those of the policy stand in no list of the log. */
function whereKeys(actor: string, policy: Policy): string {
  const onLog = `\`coord agent key list ${actor}\` shows those of the log`;
  const isRooted = policyKeys(policy, actor).length > 0;
  return isRooted ? `The policy names its keys (${keysPlace({ actor, policy })}); ${onLog}` : onLog;
}

function signatureRequired(actor: string, policy: Policy): Refusal<'signature-required'> {
  return refuse(
    'signature-required',
    `${actor} signs its commands, and this one has no signature. ${whereKeys(actor, policy)}. Run it on a machine that has one of them, or say it in a comment on GitHub, which needs none.`,
    { actor },
  );
}

function signatureInvalid(actor: string, policy: Policy): Refusal<'signature-invalid'> {
  return refuse(
    'signature-invalid',
    `The command is signed, but by no key of ${actor} that counts now. ${whereKeys(actor, policy)}. Run it on a machine that has one that counts, or say it in a comment on GitHub, which needs none.`,
    { actor },
  );
}

function vouchNeeded(operation: string): Refusal<'vouch-needed'> {
  return refuse(
    'vouch-needed',
    `${operation} counts only where somebody vouches for it, and nobody vouches for a shell. Say it in a comment on GitHub (/coord ${operation.replace('.', ' ')} ...), or sign it with a key that the policy names under \`keys\` on the base branch.`,
    { operation },
  );
}

/** Whoever is checked last knows best: what an earlier sequencer said of a key is not believed. */
function unsigned(request: Request): Request {
  const { auth } = request;
  return auth.by === 'key' ? { ...request, auth: { ...auth, by: 'shell' } } : request;
}

function notLent({ code, problem }: Extract<Lent, { ok: false }>): Refusal {
  const next =
    code === 'invalid'
      ? '`coord capability verify` looks at it; ask whoever issued it for another.'
      : 'Ask whoever issued it for another, or say the command without it.';
  return refuse(`capability-${code}`, `${problem} ${next}`);
}

/** Who says a command under a capability: its holder, in the issuer's name. No person is at hand, whoever issued it. */
function holderOf(request: Request, keyring: Keyring, at: string): Request | Refusal {
  const { intent } = request;
  const lent = keyring.lentTo(intent, at);
  if (!lent.ok) return notLent(lent);
  const subject = lent.capability.holder;
  return { ...request, auth: { by: 'key', subject }, isPersonPresent: false };
}

function senderOf(request: Request, keyring: Keyring, policy: Policy): Request | Refusal {
  if (isKnownByGitHub(request)) return request;
  const { intent, auth, isPersonPresent } = request;
  const { actor, sig } = intent;
  if (sig === undefined) {
    return keyring.needsSignature(actor) ? signatureRequired(actor, policy) : unsigned(request);
  }
  const key = keyring.signerOf(intent);
  if (key === null) return signatureInvalid(actor, policy);
  return {
    ...request,
    auth: { ...auth, by: 'key', subject: key },
    isPersonPresent: isPersonPresent || policy.people.has(actor),
  };
}

/** The request with what is known of its sender by signature, or why it cannot be accepted from this sender. */
export function authenticate(
  request: Request,
  command: AnyCommand,
  keyring: Keyring,
  { policy, now }: { readonly policy: Policy; readonly now: string },
): Request | Refusal {
  const sender = isLent(request)
    ? holderOf(request, keyring, now)
    : senderOf(request, keyring, policy);
  if ('ok' in sender || command.needsVouch !== true) return sender;
  const isVouched = sender.auth.by !== 'shell' || keyring.trustsShell;
  return isVouched ? sender : vouchNeeded(command.name);
}

/** A request as the record of its loss shows it: refused, it was never found out whether its signature counts. */
export function lostRequest(request: Request): Request {
  return unsigned(request);
}
