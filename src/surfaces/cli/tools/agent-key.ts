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
import { policyKeys } from '../../../engine/keyring.ts';
import { refuse } from '../../../kernel/decider.ts';
import type { Refusal } from '../../../kernel/decider.ts';
import { Fault, UsageError } from '../../../kernel/fault.ts';
import { agentName, reason } from '../../../kernel/fields.ts';
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
interface Matter {
  readonly owner: string;
  readonly actor: string;
  readonly place: KeyPlace;
}

async function matterOf(shell: Shell, { name }: Input): Promise<Matter | null> {
  const workspace = await shell.workspace();
  await freshen(workspace, shell.globals.isOffline);
  const { log } = await workspace.engine.projection.load();
  if (log === null) return null;
  const { actor } = await shell.identity();
  const place = keyPlace(shell.environment, shell.repository(), log);
  return { owner: name ?? actor, actor, place };
}

function ofAnother({ owner, actor }: Matter): { readonly agent?: string } {
  return owner === actor ? {} : { agent: owner };
}

/** How somebody vouches for a key. */
function vouching({ owner }: Matter, key: string): string {
  // The policy calls people by names of its own; `git:pat` is what git says of one that it does not list yet.
  const place = owner.includes(':') ? `people.${owner.replace(/^.*:/, '')}` : `agents.${owner}`;
  return (
    `It counts once somebody vouches for it: write it under ${place}.keys in the policy on the base branch, or ` +
    `comment on GitHub: /coord key add ${key} ${owner}`
  );
}

/** A key of which the log does not know yet: nothing is signed with it. */
function halfDone({ owner }: Matter, key: string): string {
  return (
    `Done: the private key of ${owner} is on this machine, and stays; the public one is ${key}. ` +
    `Not done: it is not on the log, so nothing is signed with it.`
  );
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

async function addKey(shell: Shell, matter: Matter): Promise<Said> {
  const { owner, place } = matter;
  refuseLent(shell);
  const { policy } = await (await shell.workspace()).engine.policy();
  const { publicKey: key } = createSigner(place, owner);
  if (policyKeys(policy, owner).includes(key)) {
    const text = `The policy names ${key}: ${owner} signs with it.`;
    return { ok: true, result: { key: { agent: owner, key, state: 'policy' } }, text };
  }
  return sayKey(shell, matter, key);
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
  const current = readSigner(place, owner);
  if (current === null) {
    return refuse('key-unknown', `There is no key of ${owner} here. Make one: coord agent key add`);
  }
  const next = createNextSigner(place, owner);
  const said = await runCommand(shell, rotate, { to: next.publicKey, from: current.publicKey });
  if (said.ok) adoptNextSigner(place, owner);
  return said;
}

async function revokeKey(shell: Shell, matter: Matter, wanted: Input): Promise<Said> {
  const { owner, place } = matter;
  const here = readSigner(place, owner)?.publicKey ?? null;
  const key = wanted.key ?? here;
  if (key === null) {
    return refuse(
      'key-unknown',
      `There is no key of ${owner} here. Say which one: coord agent key revoke ${owner} --key KEY`,
    );
  }
  const why = wanted.reason === undefined ? {} : { reason: wanted.reason };
  const said = await runCommand(shell, revoke, { key, ...ofAnother(matter), ...why });
  if (said.ok && key === here) retireSigner(place, owner);
  return said;
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
  const none = 'Neither the policy nor the log names a key. Add yours: coord agent key add';
  return { ok: true, result: { keys }, text: keys.length === 0 ? none : keyTable(keys) };
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
    const matter = await matterOf(shell, wanted);
    if (matter === null) {
      return refuse('no-log', 'There is no coordination log here yet. Begin with: coord init');
    }
    return actions[action](shell, matter, wanted);
  },
});
