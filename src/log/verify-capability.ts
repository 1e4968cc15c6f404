// The verifier's own reading of a capability: its links, and whether a record keeps to it. Shares nothing with the writer.
import { limits } from '../kernel/limits.ts';
import { parseDuration } from '../kernel/duration.ts';
import { containedInUnion, parseGlob } from '../kernel/scope-glob.ts';
import type { Fields, Spoken } from './verify-permit.ts';

type Verify = (bytes: Uint8Array, signature: string, publicKey: string) => boolean;

/** The claims of a link, as far as they have the right types. */
interface Link {
  readonly jti: string;
  readonly aud: string;
  readonly sub: string;
  readonly iss: string;
  readonly holder: string;
  readonly operations: readonly string[];
  readonly globs: readonly string[];
  readonly seconds: number;
  /** Most scopes of a command; infinite where the token does not say. */
  readonly scopes: number;
  /** The most urgent, as a rank; infinite where the token does not say. */
  readonly urgency: number;
  readonly exp: number;
  readonly parent: string | null;
}

/** Who issued a capability that a record keeps to, and the ids of its links. */
export interface KeptTo {
  readonly issuer: string;
  readonly ids: readonly string[];
}

const head = '{"alg":"EdDSA","typ":"JWT"}';
const lastSecond = 253_402_300_799;
const MS = 1000;
const scopeFields = ['scope', 'glob', 'files'];
const durationFields = ['ttl', 'duration'];
const urgencies = ['normal', 'high', 'critical'];

function plain(base64url: string): string {
  return base64url.replaceAll('-', '+').replaceAll('_', '/');
}

function decoded(base64url: string): string {
  const bytes = Uint8Array.from(atob(plain(base64url)), (letter) => letter.charCodeAt(0));
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function texts(value: unknown): readonly string[] | null {
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'string');
  return isList ? value : null;
}

function whole(value: unknown, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= most;
}

/** Whether these are operations, none of them one that would give all of a name away. */
function areLent(operations: unknown): boolean {
  const listed = texts(operations);
  return listed !== null && !listed.some((op) => /^(?:key\.|agent\.join$)/.test(op));
}

/** How urgent a word is; what is no word for it is more urgent than any. */
function urgencyOf(word: unknown): number {
  if (word === undefined || word === null || word === 'low' || word === 'info') return 0;
  const rank = urgencies.findIndex((each) => each === word);
  return rank < 0 ? urgencies.length : rank;
}

function areBounds({ durationSeconds, scopes, priority, ...others }: Fields): boolean {
  return (
    whole(durationSeconds, limits.durationSecondsMax) &&
    (scopes === undefined || whole(scopes, limits.listItemsMax)) &&
    (priority === undefined || priority === 'normal' || priority === 'high') &&
    Object.keys(others).length === 0
  );
}

/** The bounds of a link; null where they say something else than bounds say. */
function boundsIn(claim: unknown): Pick<Link, 'seconds' | 'scopes' | 'urgency'> | null {
  const bounds = (claim ?? {}) as Fields;
  if (!areBounds(bounds)) return null;
  const { durationSeconds, scopes = Infinity, priority } = bounds;
  const urgency = priority === undefined ? Infinity : urgencyOf(priority);
  return { seconds: durationSeconds as number, scopes: scopes as number, urgency };
}

function linkIn(claims: Fields): Link | null {
  const { jti, aud, sub, iss, holder, operations, globs, bounds, exp, parent } = claims;
  const words = [jti, aud, sub, iss, holder, parent ?? ''].every(
    (each) => typeof each === 'string',
  );
  const bounded = boundsIn(bounds);
  const lists = areLent(operations) && texts(globs) !== null;
  const isWhole = words && lists && bounded !== null && whole(exp, lastSecond);
  return isWhole ? ({ ...claims, ...bounded } as unknown as Link) : null;
}

function parsed(text: string): Link | null {
  try {
    const [header = '', payload = ''] = text.split('.');
    if (decoded(header) !== head) return null;
    return linkIn(JSON.parse(decoded(payload)) as Fields);
  } catch {
    return null;
  }
}

function isSigned(text: string, { iss }: Link, verify: Verify): boolean {
  const cut = text.lastIndexOf('.');
  const bytes = new TextEncoder().encode(text.slice(0, cut));
  return verify(bytes, `${plain(text.slice(cut + 1))}==`, iss);
}

/** Whether scopes hold another one; what cannot be compared is not held. */
function isWithin(scopes: readonly string[], inner: string): boolean {
  if (scopes.includes(inner)) return true;
  const glob = parseGlob(inner);
  if (inner.startsWith('@') || !glob.ok) return false;
  const outer = scopes.filter((each) => !each.startsWith('@')).map(parseGlob);
  const good = outer.flatMap((each) => (each.ok ? [each.glob] : []));
  try {
    return good.length > 0 && containedInUnion(good, glob.glob);
  } catch {
    return false;
  }
}

type Rule = readonly [isBroken: boolean, sentence: string];

function broken(rules: readonly Rule[]): string | null {
  return rules.find(([isBroken]) => isBroken)?.[1] ?? null;
}

function widening(child: Link, parent: Link): string | null {
  const operation = child.operations.find((each) => !parent.operations.includes(each));
  const glob = child.globs.find((each) => !isWithin(parent.globs, each));
  return broken([
    [child.iss !== parent.holder, 'was not issued by the holder of its parent'],
    [child.parent !== parent.jti, 'names another parent'],
    [child.aud !== parent.aud || child.sub !== parent.sub, 'is for another log or name'],
    [child.exp > parent.exp || child.seconds > parent.seconds, 'lasts longer than its parent'],
    [child.scopes > parent.scopes, 'has more scopes in a command than its parent'],
    [child.urgency > parent.urgency, 'is more urgent than its parent'],
    [operation !== undefined, `has ${operation ?? ''}, which its parent has not`],
    [glob !== undefined, `has ${glob ?? ''}, which its parent has not`],
  ]);
}

function linkProblem(text: string, link: Link | null, parent: Link | undefined, verify: Verify) {
  if (link === null) return 'says nothing that a capability says';
  if (!isSigned(text, link, verify)) return 'is not signed by the key that it names';
  if (parent !== undefined) return widening(link, parent);
  return link.parent === null ? null : 'is no root';
}

function linksOf(token: string, verify: Verify): readonly Link[] | string {
  const parts = token.split('~');
  if (parts.length > limits.capabilityLinksMax || token.length > limits.capabilityCharsMax) {
    return 'Its capability is longer than one may be.';
  }
  const links: Link[] = [];
  for (const [index, text] of parts.entries()) {
    const link = parsed(text);
    const problem = linkProblem(text, link, links.at(-1), verify);
    if (link === null || problem !== null) {
      return `Link ${index + 1} of its capability ${problem ?? ''}.`;
    }
    links.push(link);
  }
  return links;
}

function valuesOf(input: Fields, names: readonly string[]): unknown[] {
  return names.flatMap((name) => {
    const value = input[name];
    return value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value];
  });
}

function isLonger(value: unknown, seconds: number): boolean {
  const asked = typeof value === 'string' ? parseDuration(value) : undefined;
  return asked === undefined || asked > seconds;
}

/** Whether an event gives something that lasts beyond what the capability allows from `at` on. */
function outlasts({ at, events }: Spoken, seconds: number): boolean {
  const latest = Date.parse(at) + seconds * MS;
  return events.some(({ data }) => {
    const until = Object.hasOwn(data, 'until') ? data['until'] : null;
    if (until === null) return false;
    return typeof until !== 'string' || !(Date.parse(until) <= latest);
  });
}

function excess(record: Spoken, link: Link): string | null {
  const { op, actor, log, at, input } = record;
  const scopes = valuesOf(input, scopeFields);
  const scope = scopes.find((each) => typeof each !== 'string' || !isWithin(link.globs, each));
  const isLong = valuesOf(input, durationFields).some((each) => isLonger(each, link.seconds));
  return broken([
    [link.aud !== log, `is for log ${link.aud}`],
    [link.sub !== actor, `is to act as ${link.sub}, not as ${actor}`],
    [!(Date.parse(at) <= link.exp * MS), `had ended at ${at}`],
    [!link.operations.includes(op), `does not have ${op}`],
    [scope !== undefined, `does not hold ${String(scope)}`],
    [isLong || outlasts(record, link.seconds), `allows at most ${link.seconds} s`],
    [scopes.length > link.scopes, `allows at most ${link.scopes} scopes in one command`],
    [urgencyOf(input['priority']) > link.urgency, 'does not allow that priority'],
  ]);
}

/** What a record under a capability is worth by the token alone, or a sentence on why it is worth nothing. */
export function keptTo(record: Spoken, bytes: Uint8Array, verify: Verify): KeptTo | string {
  const { capability: token, sig } = record;
  const links = typeof token === 'string' ? linksOf(token, verify) : 'Its capability is no text.';
  if (typeof links === 'string') return links;
  const [root, last] = [links[0], links.at(-1)];
  if (root === undefined || last === undefined) return 'Its capability is empty.';
  if (sig === undefined || !verify(bytes, sig, last.holder)) {
    return 'It is not signed by the holder of its capability.';
  }
  const problem = excess(record, last);
  if (problem !== null) return `Its capability ${last.jti} ${problem}.`;
  return { issuer: root.iss, ids: links.map(({ jti }) => jti) };
}
