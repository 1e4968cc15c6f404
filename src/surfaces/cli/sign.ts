// Signs what is said in this shell wherever its sender has a key here that the policy or the log names.
import { hasRemotes } from '../../adapters/git/repository.ts';
import { readToken } from '../../adapters/system/capability-token.ts';
import { keyPlace, readSigner } from '../../adapters/system/key-files.ts';
import type { Request } from '../../engine/decide.ts';
import { isInUse, keysInUse, signRequest, unsignedText } from '../../engine/sign-request.ts';
import { fieldsOf } from '../../grammar/verb.ts';
import type { Verb } from '../../grammar/verb.ts';
import { refuse } from '../../kernel/decider.ts';
import type { Refusal } from '../../kernel/decider.ts';
import { UsageError } from '../../kernel/fault.ts';
import type { AnyCommand } from '../../kernel/operation.ts';
import { keyHere } from './key-here.ts';
import type { Shell } from './shell.ts';

/** The request, signed where it can be. */
export async function signedHere(
  shell: Shell,
  command: AnyCommand,
  request: Request,
): Promise<Request> {
  const { actor, log } = request.intent;
  if (log === '') return request;
  const { engine } = await shell.workspace();
  const { policy } = await engine.policy();
  const fold = await engine.projection.load();
  const place = keyPlace(shell.environment, shell.repository(), log);
  const signer = (await keyHere(shell, place, actor, { fold, policy }))?.signer ?? null;
  if (signer === null || !isInUse(signer.publicKey, actor, fold, policy)) return request;
  return signRequest(request, command, { fold, policy }, signer);
}

/** A refusal as it is; one for want of a signature says what can be done about it on this machine. */
export async function withKeysHere(shell: Shell, refusal: Refusal): Promise<Refusal> {
  const { code, data } = refusal;
  const { actor } = data;
  if (code !== 'signature-required' || typeof actor !== 'string') return refusal;
  const { engine, repository } = await shell.workspace();
  const { policy } = await engine.policy();
  const fold = await engine.projection.load();
  const place = keyPlace(shell.environment, repository, fold.log ?? '');
  const here = (await keyHere(shell, place, actor, { fold, policy }))?.signer.publicKey ?? null;
  const unsigned = { actor, fold, policy, here, hasRemote: hasRemotes(repository) };
  const keys = keysInUse(unsigned);
  // By what is known here it would have been signed: whoever refused it knows something else.
  if (here !== null && keys.includes(here)) return refusal;
  return refuse(code, unsignedText(unsigned), { ...data, keys, here });
}

/** The token to speak under, by flag or environment; null for none. */
export function tokenGiven({ globals, environment }: Shell): string | null {
  const set = environment['COORD_CAPABILITY'] ?? '';
  return globals.capability ?? (set === '' ? null : set);
}

/** `problem` is a sentence on the token, which itself is never shown. */
function unusable(source: '--capability' | 'COORD_CAPABILITY', problem: string): UsageError {
  return new UsageError(
    'capability-invalid',
    `The token of ${source} cannot be used. ${problem} Give it as \`coord capability grant\` printed it, in one line, or ask whoever issued it for another; without it you speak for yourself.`,
    { from: source },
  );
}

/** What stands behind a flag wherever it is given, up to `--`; what is the value of another flag is none. */
function valuesOf(flag: string, verb: Verb, words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const said = end < 0 ? words : words.slice(0, end);
  const others = fieldsOf(verb).filter((field) => field.type !== 'switch' && field.flag !== flag);
  const isValue = (index: number): boolean =>
    others.some((field) => field.flag === said[index - 1]);
  return said.flatMap((word, index) => {
    if (isValue(index)) return [];
    if (word === flag) return [said[index + 1] ?? ''];
    return word.startsWith(`${flag}=`) ? [word.slice(flag.length + 1)] : [];
  });
}

/**
 * A token that lost so much that it no longer looks like one was left among the words of the command, as are the skills
 * that some commands take by a flag of the same name: UsageError for it. No skill begins as every token does.
 */
export function refuseCutToken(verb: Verb, words: readonly string[]): void {
  const takesSkills = 'capability' in verb.input.shape;
  const isToken = (value: string): boolean => !takesSkills || value.startsWith('eyJ');
  if (!valuesOf('--capability', verb, words).some(isToken)) return;
  throw unusable('--capability', 'It is no whole token: a part of it is missing.');
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
    const source = shell.globals.capability === null ? 'COORD_CAPABILITY' : '--capability';
    throw unusable(source, reading.problem);
  }
  // A session is of whoever says it; the name that is lent has sessions of its own.
  const { id, log, op, actor, hlc, input } = request.intent;
  const { holder, sub } = reading.capability;
  const place = keyPlace(shell.environment, shell.repository(), log);
  const { ownName, gitName } = await shell.identity();
  const names = actor === ownName ? [actor, sub, gitName] : [actor, sub];
  const signers = names.map((name) => readSigner(place, name));
  const signer = signers.find((each) => each?.publicKey === holder);
  if (signer === undefined || signer === null) throw keyElsewhere(holder, actor);
  const { engine } = await shell.workspace();
  const { policy } = await engine.policy();
  const fold = await engine.projection.load();
  const intent = { id, log, op, actor: sub, hlc, input, capability: token };
  return signRequest({ ...request, intent }, command, { fold, policy }, signer);
}
