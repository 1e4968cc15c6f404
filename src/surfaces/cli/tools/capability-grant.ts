// `coord capability grant`: signs on this machine that somebody's key may say some things in one's name, and prints the token.
import { z } from 'zod';
import { encodeLink, readToken } from '../../../adapters/system/capability-token.ts';
import { keyPlace } from '../../../adapters/system/key-files.ts';
import type { TokenSigner } from '../../../adapters/system/signature.ts';
import { publicKey } from '../../../concepts/key/key.ts';
import { authorise } from '../../../engine/authorise.ts';
import type { Fold } from '../../../engine/fold.ts';
import { namedKeys } from '../../../engine/keyring.ts';
import { operationNamed } from '../../../engine/registry-port.ts';
import { isInUse } from '../../../engine/sign-request.ts';
import { refuse } from '../../../kernel/decider.ts';
import type { Refusal } from '../../../kernel/decider.ts';
import { parseDuration } from '../../../kernel/duration.ts';
import { durationSeconds } from '../../../kernel/fields.ts';
import { limits } from '../../../kernel/limits.ts';
import { nearest } from '../../../kernel/nearest.ts';
import type { AnyCommand } from '../../../kernel/operation.ts';
import { idRandomBytes, uuidv7 } from '../../../log/id.ts';
import {
  lendable,
  lendableScope,
  narrowingProblem,
  scopeFields,
} from '../../../policy/capability.ts';
import type { Capability } from '../../../policy/capability.ts';
import { boundPriorities, capabilityBounds } from '../../../policy/capability-bounds.ts';
import type { Bounds } from '../../../policy/capability-bounds.ts';
import type { Policy } from '../../../policy/schema.ts';
import { keyHere } from '../key-here.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';
import type { ToolAnswer } from '../tool.ts';
import { freshen } from '../workspace.ts';
import { shownCapability } from './capability-show.ts';

type SomeBounds = { readonly [Name in keyof Bounds]?: Bounds[Name] | undefined };

/** What one bound may be said as, by the claim that it becomes. */
const boundForms: Readonly<Record<string, (value: string) => object>> = {
  duration: (value) => ({ durationSeconds: parseDuration(value) ?? NaN }),
  scopes: (value) => ({ scopes: Number(value) }),
  priority: (value) => ({ priority: value.toLowerCase() }),
};

function readBound(text: string): SomeBounds | null {
  const [, form = '', value = ''] = /^(duration|scopes|priority)=(.+)$/.exec(text) ?? [];
  const read = capabilityBounds().partial().safeParse(boundForms[form]?.(value));
  return read.success ? read.data : null;
}

const bound = () =>
  z.string().transform((text, context): SomeBounds => {
    const read = readBound(text);
    if (read !== null) return read;
    context.addIssue({
      code: 'custom',
      message: `A bound is \`duration=\` and a time such as 2h, \`scopes=\` and a number, or \`priority=\` and one of ${boundPriorities.join(', ')}.`,
    });
    return z.NEVER;
  });

function areDifferent(bounds: readonly SomeBounds[]): boolean {
  return new Set(bounds.flatMap((each) => Object.keys(each))).size === bounds.length;
}

const input = () =>
  z.object({
    holder: z.string().min(1).describe('Who is to hold it: a public key, or a name that has one'),
    op: z
      .array(lendable())
      .min(1)
      .max(limits.listItemsMax)
      .describe('Operations it lends, such as lock.acquire; never key.* and agent.join'),
    glob: z
      .array(lendableScope())
      .max(limits.listItemsMax)
      .default([])
      .describe('Paths and resources it may name; without any, none'),
    bound: z
      .array(bound())
      .refine(areDifferent, { error: 'Each bound is said once.' })
      .default([])
      .describe(
        'duration=D, the longest time of what it makes; scopes=N, the most scopes of a command; priority=P, the most urgent',
      ),
    expires: durationSeconds().prefault('1d').describe('How long it is good'),
    parent: z.string().optional().describe('Token that it narrows; you hold its key'),
  });
type Input = z.output<ReturnType<typeof input>>;

/** Who lends, with what is known of everybody's keys. */
interface Issuing {
  readonly actor: string;
  readonly signer: TokenSigner;
  readonly fold: Fold;
  readonly policy: Policy;
  readonly log: string;
  readonly now: string;
}

async function issuingHere(shell: Shell): Promise<Issuing | Refusal> {
  const workspace = await shell.workspace();
  await freshen(workspace, shell.globals.isOffline);
  const { policy } = await workspace.engine.policy();
  const { actor } = await shell.identity();
  const fold = await workspace.engine.projection.load();
  const { log } = fold;
  if (log === null) {
    return refuse('no-log', 'There is no coordination log here yet. Begin with: coord init');
  }
  const place = keyPlace(shell.environment, shell.repository(), log);
  const signer = (await keyHere(shell, place, actor, { fold, policy }))?.signer;
  if (signer === undefined) {
    const message = `There is no key of ${actor} here to sign it with. Make one: coord agent key add`;
    return refuse('key-unknown', message, { actor });
  }
  return { actor, signer, fold, policy, log, now: shell.clock.now() };
}

function holderKey({ holder }: Input, { fold, policy }: Issuing): string | Refusal {
  if (publicKey().safeParse(holder).success) return holder;
  const name = holder.replace(/^@/, '').toLowerCase();
  const keys = namedKeys(policy, fold, name).filter((key) => isInUse(key, name, fold, policy));
  const [only] = keys;
  if (only !== undefined && keys.length === 1) return only;
  const message =
    keys.length === 0
      ? `${name} has no key in use. Let it make one (coord agent key add), or name a public key.`
      : `${name} has ${keys.length} keys in use. Name the one that you mean: ${keys.join(', ')}`;
  return refuse('key-unknown', message, { holder: name, keys });
}

function unknownOperation(shell: Shell, name: string): Refusal {
  const commands = shell.registry.operations.filter(({ kind }) => kind === 'command');
  const near = nearest(
    name,
    commands.map((each) => each.name),
  );
  const hint = near === undefined ? 'See `coord help`.' : `Did you mean ${near}?`;
  const data = near === undefined ? { op: name } : { op: name, nearest: near };
  return refuse('operation-unknown', `There is no command ${name}. ${hint}`, data);
}

/** Whether it cannot be said without naming a path or a resource, so that lent on none it is lent in vain. */
function namesScopes({ input: { shape } }: AnyCommand): boolean {
  return scopeFields.some(
    (field) => shape[field] !== undefined && !z.safeParse(shape[field], undefined).success,
  );
}

function lentInVain(name: string): Refusal {
  return refuse(
    'glob-missing',
    `${name} names paths or resources, and this lends it on none. Say on which: --glob 'src/api/**', or --glob @build.`,
    { op: name },
  );
}

/** Nobody lends what it may not do itself, or with a key that does not count. */
function rootProblem(shell: Shell, { op, glob }: Input, issuing: Issuing): Refusal | null {
  const { actor, signer, fold, policy, log } = issuing;
  if (!isInUse(signer.publicKey, actor, fold, policy)) {
    const message = `The key of ${actor} here is named by neither policy nor log. Add it: coord agent key add`;
    return refuse('key-unknown', message, { actor, key: signer.publicKey });
  }
  const request = {
    intent: { id: '', log, op: '', actor, hlc: '', input: {} },
    auth: { by: 'key', subject: signer.publicKey } as const,
    isPersonPresent: false,
  };
  for (const name of op) {
    const operation = operationNamed(shell.registry, name);
    if (operation?.kind !== 'command') return unknownOperation(shell, name);
    const permitted = authorise(request, operation, fold, policy);
    if (!permitted.ok) return permitted;
    if (glob.length === 0 && namesScopes(operation)) return lentInVain(name);
  }
  return null;
}

function claimsOf(shell: Shell, wanted: Input, issuing: Issuing, holder: string): Capability {
  const { actor, signer, log, now } = issuing;
  const { op, glob, bound: bounds, expires } = wanted;
  return {
    jti: uuidv7(Date.parse(now), shell.clock.randomBytes(idRandomBytes)),
    ...{ aud: log, sub: actor, iss: signer.publicKey, holder, operations: op, globs: glob },
    bounds: Object.assign({ durationSeconds: expires }, ...bounds) as Bounds,
    exp: Math.floor(Date.parse(now) / 1000) + expires,
    parent: null,
  };
}

/** The child of a token: what was not said is as in the parent, what is wider is refused. */
async function narrowed(own: Capability, wanted: Input): Promise<Capability | Refusal> {
  const reading = await readToken(wanted.parent ?? '');
  if (!reading.ok) {
    return refuse('capability-invalid', `${reading.problem} Give the parent as it was printed.`);
  }
  const { capability: parent } = reading;
  const child: Capability = {
    ...own,
    ...{ sub: parent.sub, aud: parent.aud, parent: parent.jti },
    globs: wanted.glob.length === 0 ? parent.globs : own.globs,
    bounds: Object.assign({ ...parent.bounds }, ...wanted.bound) as Bounds,
    exp: Math.min(own.exp, parent.exp),
  };
  const problem = narrowingProblem(child, parent);
  if (problem === null) return child;
  const next = 'Lend less, or ask for a wider one: `coord capability show` prints the parent.';
  return refuse('capability-wider', `${problem} ${next}`);
}

const howToUse = "Use it with --capability or COORD_CAPABILITY, where the holder's key is:";

async function lend(shell: Shell, wanted: Input, issuing: Issuing): Promise<ToolAnswer | Refusal> {
  const holder = holderKey(wanted, issuing);
  if (typeof holder !== 'string') return holder;
  const own = claimsOf(shell, wanted, issuing, holder);
  const { parent } = wanted;
  const claims =
    parent === undefined
      ? (rootProblem(shell, wanted, issuing) ?? own)
      : await narrowed(own, wanted);
  if ('ok' in claims) return claims;
  const link = await encodeLink(claims, issuing.signer);
  const token = parent === undefined ? link : `${parent}~${link}`;
  // Beside the answer, so that a script can take the whole of that for the token.
  if (!shell.globals.isJson) shell.terminal.err(`${shownCapability(claims)}\n${howToUse}`);
  return { ok: true, result: { capability: claims, token }, text: token };
}

export const capabilityGrant = tool({
  name: 'capability.grant',
  summary: 'Lend some of what you may do to the holder of a key, in your name, for a time.',
  input,
  positional: ['holder'],
  examples: [
    {
      text: "capability grant codex --op lock.acquire --op lock.release --glob 'src/api/**' --expires 8h",
      means: {
        ...{ holder: 'codex', op: ['lock.acquire', 'lock.release'] },
        ...{ glob: ['src/api/**'], expires: '8h' },
      },
    },
    {
      text: 'capability grant codex --op message.send --bound duration=1h --bound priority=normal',
      means: {
        ...{ holder: 'codex', op: ['message.send'] },
        bound: ['duration=1h', 'priority=normal'],
      },
    },
  ],
  async run(shell, wanted) {
    const issuing = await issuingHere(shell);
    return 'ok' in issuing ? issuing : lend(shell, wanted, issuing);
  },
});
