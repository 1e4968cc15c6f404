// A capability lets its holder say some operations about some paths, as one member, until a time. A child can only narrow.
import { z } from 'zod';
import { once } from '../kernel/once.ts';
import { addSeconds } from '../kernel/duration.ts';
import { namePattern } from '../kernel/fields.ts';
import { limits } from '../kernel/limits.ts';
import { containedInUnion, parseGlob } from '../kernel/scope-glob.ts';
import type { Glob } from '../kernel/scope-glob.ts';
import { boundsExceeded, capabilityBounds, widerBounds } from './capability-bounds.ts';
import type { Problem } from './capability-bounds.ts';

/** The end of the year 9999: a later time has another form, and cannot be compared as text. */
const lastSecond = 253_402_300_799;
const key = () => z.string().regex(/^ed25519:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/);
/** Who may add keys or members in a name has all of it, so that is lent to nobody. */
const neverLent = /^(?:key\.|agent\.join$)/;
export const lendable = () =>
  z
    .string()
    .regex(/^[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*$/, {
      error:
        'An operation is called by two words with a dot, such as lock.acquire or message.send.',
    })
    .refine((name) => !neverLent.test(name), {
      error:
        'key.* and agent.join are lent to nobody: who may add keys or members in a name has all of it.',
    });
const resource = /^@[a-z0-9][a-z0-9._-]*$/i;
/** A glob or a resource. */
export const lendableScope = () =>
  z
    .string()
    .max(limits.inputGlobCharsMax)
    .refine((text) => resource.test(text) || parseGlob(text).ok, {
      error: 'What it may name is a glob such as src/api/**, or a resource such as @build.',
    })
    .meta({ path: true });

/** The claims of one link of a token, by the names that JWT gives them where it has one. */
export const capabilityClaims = once(() =>
  z.strictObject({
    /** Id of the capability; a revocation names it. */
    jti: z.string().min(1).max(limits.nameCharsMax),
    /** Id of the log it is good for. */
    aud: z.string().min(1).max(limits.nameCharsMax),
    /** Who its holder acts as. */
    sub: z.string().regex(namePattern),
    /** Public key that issued it: of the root a key of a member, of a child its parent's holder. */
    iss: key(),
    /** Public key of the holder, whose signature every use carries. */
    holder: key(),
    operations: z.array(lendable()).min(1).max(limits.listItemsMax),
    /** Globs, and resources such as `@build`. */
    globs: z.array(lendableScope()).max(limits.listItemsMax),
    bounds: capabilityBounds(),
    /** Seconds since 1970 after which it is good for nothing. */
    exp: z.int().positive().max(lastSecond),
    /** Id of the capability that it narrows; null for a root. */
    parent: z.string().min(1).max(limits.nameCharsMax).nullable(),
  }),
);

export type Capability = z.output<ReturnType<typeof capabilityClaims>>;

function globsOf(texts: readonly string[]): Glob[] {
  return texts.flatMap((text) => {
    const parsed = resource.test(text) ? undefined : parseGlob(text);
    return parsed?.ok === true ? [parsed.glob] : [];
  });
}

/** Whether scopes hold another: a resource by its name, a glob with every path of it. What cannot be told is a no. */
function holds(scopes: readonly string[], inner: string): boolean {
  if (scopes.includes(inner)) return true;
  if (resource.test(inner)) return false;
  const parsed = parseGlob(inner);
  const outer = globsOf(scopes);
  if (!parsed.ok || outer.length === 0) return false;
  try {
    return containedInUnion(outer, parsed.glob);
  } catch {
    return false;
  }
}

function firstOf(problems: readonly Problem[]): string | null {
  return problems.find(([isBroken]) => isBroken)?.[1] ?? null;
}

/** Why a child is no narrowing of its parent, as a sentence; null when it is one. */
export function narrowingProblem(child: Capability, parent: Capability): string | null {
  const moreOperations = child.operations.filter((each) => !parent.operations.includes(each));
  const moreGlobs = child.globs.filter((each) => !holds(parent.globs, each));
  return firstOf([
    [child.parent !== parent.jti, 'It names another parent.'],
    [child.iss !== parent.holder, 'It was not issued by the holder of its parent.'],
    [child.aud !== parent.aud, 'It is for another log than its parent.'],
    [child.sub !== parent.sub, `It acts as ${child.sub}, its parent as ${parent.sub}.`],
    [child.exp > parent.exp, 'It lasts longer than its parent.'],
    ...widerBounds(child.bounds, parent.bounds),
    [moreOperations.length > 0, `Its parent does not have ${moreOperations.join(', ')}.`],
    [moreGlobs.length > 0, `Its parent does not hold ${moreGlobs.join(', ')}.`],
  ]);
}

/** What a token says, when its signatures and its narrowing hold; nothing of what the log knows. */
export type Reading =
  | {
      readonly ok: true;
      /** What the holder has: the last link. */
      readonly capability: Capability;
      /** From the root on; a revocation of any ends the last. */
      readonly chain: readonly [Capability, ...Capability[]];
    }
  /** `problem` is a sentence. */
  | { readonly ok: false; readonly problem: string };

/** Reads a token: its signatures and its narrowing, with neither network nor log. */
export type ReadToken = (token: string) => Promise<Reading>;

/** When it ends, ISO 8601 UTC. */
export function endOf({ exp }: Capability): string {
  return new Date(exp * 1000).toISOString();
}

/** A use that is to be judged. */
export interface Use {
  readonly log: string;
  readonly actor: string;
  readonly op: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** The fields of an input that name paths and resources. */
export const scopeFields = ['scope', 'glob', 'files'] as const;
const durationFields = ['ttl', 'duration'];

function textsIn(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

function scopesIn(input: Use['input']): readonly unknown[] {
  return scopeFields.flatMap((field) => textsIn(input[field]));
}

/** Why a capability does not cover a use, as a sentence; null when it does. */
export function excessOf(capability: Capability, use: Use): string | null {
  const { op, input, at } = use;
  const scopes = scopesIn(input);
  const outside = scopes.find((each) => typeof each !== 'string' || !holds(capability.globs, each));
  const durations = durationFields.flatMap((field) => textsIn(input[field]));
  const end = endOf(capability);
  return firstOf([
    [capability.aud !== use.log, 'The capability is for another log.'],
    [capability.sub !== use.actor, `The capability is to act as ${capability.sub}.`],
    [at > end, `The capability was good until ${end}.`],
    [!capability.operations.includes(op), `The capability does not have ${op}.`],
    [outside !== undefined, `The capability does not hold ${String(outside)}.`],
    ...boundsExceeded(capability.bounds, { scopes, durations, priority: input['priority'] }),
  ]);
}

/**
 * Why what came of a use lasts longer than the capability allows, as a sentence; null when it does not. A time that
 * was not asked for is chosen by the rules, so the input alone does not tell. `at` is the sequencer's time.
 */
export function outcomeExcess(
  { bounds: { durationSeconds } }: Capability,
  events: readonly { readonly type: string; readonly data: object }[],
  at: string,
): string | null {
  const latest = addSeconds(at, durationSeconds);
  const isOver = ({ data }: { readonly data: object }): boolean => {
    const until: unknown = Object.hasOwn(data, 'until') ? (data as { until: unknown }).until : null;
    return until !== null && (typeof until !== 'string' || until > latest);
  };
  const over = events.find(isOver);
  if (over === undefined) return null;
  return `The capability allows at most ${durationSeconds} s, and ${over.type} lasts longer.`;
}
