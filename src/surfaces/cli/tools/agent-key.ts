// `coord agent key`: makes keys on this machine and says to the log what their public halves are.
import { z } from 'zod';
import {
  adoptNextSigner,
  createNextSigner,
  createSigner,
  keyPlace,
  readSigner,
  retireSigner,
} from '../../../adapters/system/key-files.ts';
import type { KeyPlace } from '../../../adapters/system/key-files.ts';
import { add } from '../../../concepts/key/add.ts';
import { keyTable, list } from '../../../concepts/key/list.ts';
import type { ListedKey } from '../../../concepts/key/list.ts';
import { publicKey } from '../../../concepts/key/key.ts';
import { revoke } from '../../../concepts/key/revoke.ts';
import { rotate } from '../../../concepts/key/rotate.ts';
import type { TokenSigner } from '../../../adapters/system/signature.ts';
import { policyKeys } from '../../../engine/keyring.ts';
import { isInUse, keysPlace } from '../../../engine/sign-request.ts';
import { keyringFor } from '../../../engine/signing.ts';
import { refuse } from '../../../kernel/decider.ts';
import type { Refusal } from '../../../kernel/decider.ts';
import { Fault, UsageError } from '../../../kernel/fault.ts';
import { agentName, reason } from '../../../kernel/fields.ts';
import { signedBytes } from '../../../log/canonical.ts';
import { keyHere } from '../key-here.ts';
import type { KeyHere, Known } from '../key-here.ts';
import { runCommand, runQuery } from '../operate.ts';
import type { Shell } from '../shell.ts';
import { tokenGiven } from '../sign.ts';
import { tool } from '../tool.ts';
import type { ToolAnswer } from '../tool.ts';
import { freshen } from '../workspace.ts';

const input = () =>
  z.object({
    action: z.enum(['add', 'rotate', 'revoke', 'list']).describe('What to do'),
    name: agentName().optional().describe('Whose key; without it yours'),
    key: publicKey().optional().describe('The key to revoke; without it the one on this machine'),
    reason: reason().optional().describe('Why it is revoked, kept on the log'),
  });
type Input = z.output<ReturnType<typeof input>>;
type Said = ToolAnswer | Refusal;

/** Whose key it is about, who speaks, and where the owner's keys for this log are. */
interface Matter extends Known {
  readonly owner: string;
  readonly actor: string;
  readonly place: KeyPlace;
  readonly log: string;
  /** The address that git gives whoever speaks. */
  readonly email: string;
}

/** A question is asked as if there were no policy where that is broken. */
async function matterOf(
  shell: Shell,
  { name }: Pick<Input, 'name'>,
  isAsking = false,
): Promise<Matter | null> {
  const { engine, policy: source } = await shell.workspace();
  const fold = await engine.projection.load();
  const { log } = fold;
  if (log === null) return null;
  const { actor, auth } = await shell.identity(isAsking);
  const { policy } = await (isAsking ? source.lenient() : source.strict());
  const place = keyPlace(shell.environment, shell.repository(), log);
  return { owner: name ?? actor, actor, place, log, email: auth.subject, fold, policy };
}

async function freshMatter(shell: Shell, wanted: Input): Promise<Matter | null> {
  await freshen(await shell.workspace(), shell.globals.isOffline);
  return matterOf(shell, wanted);
}

/** The owner's key on this machine, wherever its file is. */
function ownKey(shell: Shell, matter: Matter): Promise<KeyHere | null> {
  return keyHere(shell, matter.place, matter.owner, matter);
}

function ofAnother({ owner, actor }: Matter): { readonly agent?: string } {
  return owner === actor ? {} : { agent: owner };
}

/** How somebody vouches for a key. */
function vouching(matter: Matter, key: string): string {
  const { owner, policy } = matter;
  if (owner.includes(':')) return listing(matter, key);
  const place = keysPlace({ actor: owner, policy });
  return `It counts once somebody vouches for it: write it under ${place}, or comment on GitHub: /coord key add ${key} ${owner}`;
}

/** The policy calls people by names of its own; `git:pat` is what git says of one that it does not list yet. */
function listing({ owner, email }: Matter, key: string): string {
  const name = owner.replace(/^.*:/, '');
  const entry = `${name}: { email: ${JSON.stringify(email)}, keys: ["${key}"] }`;
  return `It counts once the policy lists you: write under \`people\` in .github/coord.yml on the base branch \`${entry}\`. From then on you are ${name} here, and sign with it.`;
}

/** A key of which the log does not know yet, or by nobody's word that counts: the adding has come to nothing. */
function halfDone({ owner, fold, policy }: Matter, key: string): string {
  const why = isInUse(key, owner, fold, policy)
    ? 'the log names it, but nobody vouches for that, so it does not count.'
    : 'it is not on the log, so nothing is signed with it.';
  return `Done: the private key of ${owner} is on this machine, and stays; the public one is ${key}. Not done: ${why}`;
}

const again = 'Then run the same command again; it goes on with this key.';

function refusedWithKey(matter: Matter, key: string, refusal: Refusal): Refusal {
  const { code, message, data } = refusal;
  const next = code === 'vouch-needed' ? vouching(matter, key) : `${message} ${again}`;
  const told = { ...data, agent: matter.owner, key, isKeyMade: true };
  return refuse(code, `${halfDone(matter, key)} ${next}`, told);
}

/** The log could not be told, or nobody knows whether it was: a lost connection, a full disk. */
function brokenWithKey({ owner }: Matter, key: string, fault: Fault): Fault {
  const message = `${fault.message} The private key of ${owner} is on this machine, and stays; the public one is ${key}. ${again}`;
  const data = { ...fault.data, agent: owner, key, isKeyMade: true };
  return new Fault(fault.code, message, data, { cause: fault });
}

/** A capability lends no operation on keys; said before a key is made, for a usage error leaves nothing behind. */
function refuseLent(shell: Shell): void {
  if (tokenGiven(shell) === null) return;
  throw new UsageError(
    'capability-given',
    'A key is added in your own name, under no capability. Leave --capability out and COORD_CAPABILITY unset.',
  );
}

async function sayKey(shell: Shell, matter: Matter, key: string): Promise<Said> {
  try {
    const said = await runCommand(shell, add, { key, ...ofAnother(matter) });
    return said.ok ? said : refusedWithKey(matter, key, said);
  } catch (error) {
    throw error instanceof Fault ? brokenWithKey(matter, key, error) : error;
  }
}

/** Whether a command that this key signs would be accepted for it now: found out as for a command. */
async function counts(shell: Shell, matter: Matter, signer: TokenSigner): Promise<boolean> {
  const { owner: actor, log, fold, policy } = matter;
  const intent = { id: '', log, op: add.name, actor, hlc: '', input: {} };
  const signed = { ...intent, sig: signer.sign(signedBytes(intent)) };
  const auth = { by: 'key', subject: signer.publicKey } as const;
  const { engine } = await shell.workspace();
  const request = { intent: signed, auth, isPersonPresent: false };
  const keyring = await keyringFor(engine, [request], fold, policy);
  return keyring.signerOf(signed) === signer.publicKey;
}

async function addKey(shell: Shell, matter: Matter): Promise<Said> {
  const { owner, place, policy } = matter;
  refuseLent(shell);
  const signer = (await ownKey(shell, matter))?.signer ?? createSigner(place, owner);
  const { publicKey: key } = signer;
  if (!(await counts(shell, matter, signer))) return sayKey(shell, matter, key);
  const [where, state] = policyKeys(policy, owner).includes(key)
    ? ['policy', 'policy']
    : ['log', 'live'];
  const text = `The ${where} names ${key}: ${owner} signs with it.`;
  return { ok: true, result: { key: { agent: owner, key, state } }, text };
}

function notYours({ owner, actor }: Matter): Refusal<'not-yourself'> {
  return refuse(
    'not-yourself',
    `You act as ${actor}, and ${owner} rotates its own key. Run it as ${owner}, or revoke the key and add another.`,
    { actor, agent: owner },
  );
}

async function rotateKey(shell: Shell, matter: Matter): Promise<Said> {
  const { owner, actor, place } = matter;
  if (owner !== actor) return notYours(matter);
  const current = await ownKey(shell, matter);
  if (current === null) {
    return refuse('key-unknown', `There is no key of ${owner} here. Make one: coord agent key add`);
  }
  const { signer, keptAs } = current;
  const next = createNextSigner(place, keptAs);
  const said = await runCommand(shell, rotate, { to: next.publicKey, from: signer.publicKey });
  if (said.ok) adoptNextSigner(place, keptAs);
  return said;
}

async function revokeKey(shell: Shell, matter: Matter, wanted: Input): Promise<Said> {
  const { owner, place } = matter;
  const here = await ownKey(shell, matter);
  const keyOfHere = here?.signer.publicKey;
  const key = wanted.key ?? keyOfHere;
  if (key === undefined) {
    return refuse(
      'key-unknown',
      `There is no key of ${owner} here. Say which one: coord agent key revoke ${owner} --key KEY`,
    );
  }
  const why = wanted.reason === undefined ? {} : { reason: wanted.reason };
  const said = await runCommand(shell, revoke, { key, ...ofAnother(matter), ...why });
  if (said.ok && here !== null && key === keyOfHere) retireSigner(place, here.keptAs);
  return said;
}

const addYours = 'Add yours: coord agent key add';

/** A key that is here and in no list, with what makes it count: whoever made it need not make another. */
async function unlistedHere(
  shell: Shell,
  name: string | undefined,
  keys: readonly ListedKey[],
): Promise<string | null> {
  const matter = await matterOf(shell, { name }, true);
  if (matter === null) return null;
  const { owner, place } = matter;
  const key = readSigner(place, owner)?.publicKey ?? null;
  if (key === null || keys.some((each) => each.key === key)) return null;
  return `The key of ${owner} on this machine, ${key}, is not listed. ${vouching(matter, key)}`;
}

/** Both places at once: whoever asks for keys does not care where they stand. */
async function listKeys(shell: Shell, name: string | undefined): Promise<Said> {
  const said = await runQuery(shell, list, name === undefined ? {} : { agent: name });
  if (!said.ok) return said;
  const { policy } = await (await shell.workspace()).policy.lenient();
  const members = [...(policy.agents?.keys() ?? []), ...policy.people.keys()];
  const named = members
    .filter((member) => (name ?? member) === member)
    .flatMap((agent) =>
      policyKeys(policy, agent).map((key) => ({ agent, key, state: 'policy' as const })),
    );
  const keys = [...named, ...(said.result['keys'] as readonly ListedKey[])];
  const none = 'Neither the policy nor the log names a key.';
  const lines = [
    keys.length === 0 ? none : keyTable(keys),
    (await unlistedHere(shell, name, keys)) ?? (keys.length === 0 ? addYours : ''),
  ];
  return { ok: true, result: { keys }, text: lines.filter((line) => line !== '').join('\n') };
}

const actions = { add: addKey, rotate: rotateKey, revoke: revokeKey };

export const agentKey = tool({
  name: 'agent.key',
  summary: 'Add, rotate, revoke or list the keys that sign commands.',
  input,
  positional: ['action', 'name'],
  examples: [
    { text: 'agent key add', means: { action: 'add' } },
    { text: 'agent key rotate', means: { action: 'rotate' } },
    {
      text: 'agent key revoke codex --reason "its machine was stolen"',
      means: { action: 'revoke', name: 'codex', reason: 'its machine was stolen' },
    },
    { text: 'agent key list', means: { action: 'list' } },
  ],
  async run(shell, wanted) {
    const { action, name } = wanted;
    if (action === 'list') return listKeys(shell, name);
    const matter = await freshMatter(shell, wanted);
    if (matter === null) {
      return refuse('no-log', 'There is no coordination log here yet. Begin with: coord init');
    }
    return actions[action](shell, matter, wanted);
  },
});
