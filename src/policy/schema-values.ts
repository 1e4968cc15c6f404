// The small values a policy is made of; each says in words what it expects, and messages are built from those words.
import { z } from 'zod';
import { parseDuration } from '../kernel/duration.ts';
import { limits } from '../kernel/limits.ts';
import { parseGlob } from '../kernel/scope-glob.ts';
import { anyCaseName } from './name.ts';

const expectedName =
  'a name of 1 to 64 letters, digits, dots, dashes and underscores that starts with a letter or digit';

/** A name as a value: an agent, a person, a phase. */
export const name = z
  .string({ error: expectedName })
  .regex(anyCaseName, { error: expectedName })
  .meta({ title: 'name' })
  .transform((text) => text.toLowerCase());

/** A map from names to values; the output is a Map, because any name (`constructor` too) may be asked for. */
export function byName<Value extends z.ZodType>(value: Value) {
  return z
    .record(z.string().regex(anyCaseName, { error: expectedName }), value)
    .transform((record): ReadonlyMap<string, z.output<Value>> => {
      return new Map(Object.entries(record).map(([key, item]) => [key.toLowerCase(), item]));
    });
}

/** A duration as people write it, read into whole seconds. */
export const durationSeconds = z
  .string({ error: 'a duration such as 30s, 15m, 2h or 7d' })
  .regex(/^[1-9][0-9]{0,5}[smhd]$/, { error: 'a duration such as 30s, 15m, 2h or 7d' })
  .meta({ title: 'duration' })
  .transform((text) => parseDuration(text) ?? 0);

/** A path glob, checked for its form; the text is kept. */
export const glob = z
  .string({ error: 'a path glob such as "src/**"' })
  .max(limits.inputGlobCharsMax, {
    error: `a path glob of at most ${limits.inputGlobCharsMax} characters`,
    abort: true,
  })
  .superRefine((text, context) => {
    const parsed = parseGlob(text);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.problem });
  })
  .meta({ title: 'glob' });

export const globs = z.array(glob).max(limits.policyGlobsMax, {
  error: `at most ${limits.policyGlobsMax} globs`,
});

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number, orElse = '') {
  const error = `a whole number from ${min} to ${max}${orElse}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A whole number within bounds, or `none` for no bound, which is null in the output. */
export function bound(min: number, max: number) {
  return z
    .union([wholeNumber(min, max, ', or none'), z.literal('none')], {
      error: `a whole number from ${min} to ${max}, or none`,
    })
    .transform((value) => (value === 'none' ? null : value));
}

/** One text or a list of them; the output is always a list. */
export function oneOrMany<Item extends z.ZodType<string, string>>(item: Item, expected: string) {
  // The list is checked item by item behind the union, so that a message points at the item.
  const items = z.array(z.unknown()).meta({ items: { type: 'string' } });
  return z
    .union([z.string(), items], { error: expected })
    .transform((value) => (typeof value === 'string' ? [value] : value))
    .pipe(list(item));
}

/** A list of values, bounded. */
export function list<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .max(limits.listItemsMax, { error: `a list of at most ${limits.listItemsMax} entries` });
}

const expectedLogin = 'a GitHub login such as octocat or "codex-bot[bot]"';

/** A GitHub login of a person or, with `[bot]` behind it, of an app; without the `@`. */
export const login = z
  .string({ error: expectedLogin })
  .regex(/^@?[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\[bot\])?$/, { error: expectedLogin })
  .transform((text) => text.replace(/^@/, ''));

const expectedEmail = 'an e-mail address such as octocat@example.org';

/** An address as git knows it; compared without regard to case. */
export const email = z
  .string({ error: expectedEmail })
  .regex(/^[^\s@<>]{1,128}@[^\s@<>]{1,126}$/, { error: expectedEmail });

const expectedKey = 'a public key on one line';

/** A public key; a private key pasted here by mistake is refused. */
export const publicKey = z
  .string({ error: expectedKey })
  .max(1000, { error: expectedKey })
  .regex(/^(?!.*PRIVATE KEY)\S(?:[^\r\n]*\S)?$/, { error: expectedKey });

const expectedUrl = 'an address such as https://coord.example.com, without a query';

/** The address of a server of ours; plain HTTP only on this machine. A slash at the end is left out. */
export const appUrl = z
  .string({ error: expectedUrl })
  .max(300, { error: expectedUrl })
  .regex(
    /^(?:https:\/\/[A-Za-z0-9.-]+|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(?:\/[A-Za-z0-9._~-]+)*\/?$/,
    { error: expectedUrl },
  )
  .transform((text) => text.replace(/\/$/, ''));

const expectedWorkflow = 'a workflow such as .github/workflows/agent.yml';

/** A workflow's file, with the repository before it where that is another one. */
export const workflow = z
  .string({ error: expectedWorkflow })
  .max(300, { error: expectedWorkflow })
  .regex(
    /^(?:[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}\/)?\.github\/workflows\/[A-Za-z0-9._-]+\.ya?ml$/,
    { error: expectedWorkflow },
  );

const expectedPrefix = 'the beginning of a branch name such as "codex/"';

/** What an agent's branches begin with. */
export const branchPrefix = z
  .string({ error: expectedPrefix })
  .regex(/^[^\s~^:?*[\\/-][^\s~^:?*[\\]{0,99}$/, { error: expectedPrefix });
