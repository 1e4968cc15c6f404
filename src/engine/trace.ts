// Causes and effects of one command: what its record names, and what later records name it for.
import { limits } from '../kernel/limits.ts';
import { Fault } from '../kernel/fault.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogCommit, LogStore, Provenance } from '../log/store.ts';
import type { Evolutions, Fold } from './fold.ts';
import type { Readings } from './lent-word.ts';

/** A record with the commit that carries it. */
export interface Traced {
  readonly record: LogRecord;
  readonly commit: string;
  readonly provenance: Provenance;
  /** Where one of the two names the other: `cause`, `input.task`, `task.claimed.task`. */
  readonly by: readonly string[];
}

export interface Trace {
  readonly traced: Traced;
  /** Records that it names, oldest first. */
  readonly causes: readonly Traced[];
  /** Later records that name it, oldest first. */
  readonly effects: readonly Traced[];
  /** Ids that it names and whose records the log does not have. */
  readonly unknown: readonly string[];
}

/** What is traced: by its id, or by where it stands. */
export type Wanted = { readonly id: string } | { readonly seq: number };

const pageCommits = limits.tailCommitsMax + 1;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

type Find = (state: object, text: string) => string | undefined;

/** The command that a text names: a seq, an id, or the number of a thing it made, such as T-3; null where none is meant. */
export function wantedBy(text: string, fold: Fold, { list }: Evolutions): Wanted | null {
  if (/^[1-9]\d{0,14}$/.test(text)) return { seq: Number(text) };
  if (uuid.test(text)) return { id: text };
  for (const { name, find } of list) {
    const state = fold.states.get(name);
    const id = state === undefined ? undefined : (find as Find | undefined)?.(state, text);
    if (id !== undefined) return { id };
  }
  return null;
}

/** The ids in a value, each with the path that leads to it. */
function* idsIn(value: unknown, path: string): Generator<readonly [id: string, path: string]> {
  if (typeof value === 'string' && uuid.test(value)) yield [value, path];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield* idsIn(inner, Array.isArray(value) ? path : `${path}.${key}`);
  }
}

/** What a record names, by id. */
function namedBy({ id, log, cause, input, events }: LogRecord): Map<string, string[]> {
  const found = [
    ...idsIn(cause, 'cause'),
    ...idsIn(input, 'input'),
    ...events.flatMap(({ type, data }) => [...idsIn(data, type)]),
  ];
  const named = new Map<string, string[]>();
  for (const [each, path] of found) {
    if (each === id || each === log) continue;
    named.set(each, [...new Set([...(named.get(each) ?? []), path])]);
  }
  return named;
}

/** Walks back over the commits that are here; Fault `past-not-here` at an end that is not the genesis. */
async function* backwards(store: LogStore): AsyncGenerator<LogCommit> {
  let from = await store.head();
  while (from !== null) {
    const { commits } = await store.read({ from, commitsMax: pageCommits });
    yield* [...commits].reverse();
    const [first] = commits;
    const next = first?.parents[0] ?? null;
    if (next !== null && commits.length < pageCommits) {
      const message = `The log at ${store.place} begins after what is to be traced. Where the remote can be reached, leave --offline out.`;
      throw new Fault('past-not-here', message, { first: first?.oid ?? null });
    }
    from = next;
  }
}

function isWanted({ id, seq }: LogRecord, wanted: Wanted): boolean {
  return 'id' in wanted ? id === wanted.id : seq === wanted.seq;
}

function tracedIn(commit: LogCommit, by: (record: LogRecord) => readonly string[] | undefined) {
  return decodeBatch(commit.batch, commit.oid).flatMap((record): Traced[] => {
    const paths = by(record);
    if (paths === undefined) return [];
    return [{ record, commit: commit.oid, provenance: commit.provenance, by: paths }];
  });
}

/** The record that is wanted; the first of its id, for every later one is a copy that somebody made. */
async function findWanted(store: LogStore, wanted: Wanted): Promise<Traced | null> {
  let found: Traced | null = null;
  for await (const commit of backwards(store)) {
    if ('id' in wanted && !commit.batch.includes(wanted.id)) continue;
    const [hit] = tracedIn(commit, (record) => (isWanted(record, wanted) ? [] : undefined));
    found = hit ?? found;
    if (hit !== undefined && 'seq' in wanted) return hit;
  }
  return found;
}

interface Around {
  readonly causes: Traced[];
  readonly effects: Traced[];
}

/** One way back from the head: later records that name it, then the earlier ones that it names. */
async function around(
  store: LogStore,
  { record }: Traced,
  open: Map<string, string[]>,
): Promise<Around> {
  const found: Around = { causes: [], effects: [] };
  for await (const commit of backwards(store)) {
    if (commit.batch.includes(record.id)) {
      const effects = tracedIn(commit, (each) =>
        each.seq > record.seq ? namedBy(each).get(record.id) : undefined,
      );
      found.effects.push(...effects.reverse());
    }
    const causes = tracedIn(commit, (each) =>
      each.seq < record.seq ? open.get(each.id) : undefined,
    );
    found.causes.push(...causes.reverse());
    for (const { record: cause } of causes) open.delete(cause.id);
    if (open.size === 0 && commitIsPast(commit, record.seq)) return found;
  }
  return found;
}

function commitIsPast({ batch, oid }: LogCommit, seq: number): boolean {
  return (decodeBatch(batch, oid)[0]?.seq ?? 0) <= seq;
}

/**
 * Causes and effects of a command; null where the log has no such record. Fault `past-not-here` where a shallow store
 * begins after them.
 */
export async function traceOf(store: LogStore, wanted: Wanted): Promise<Trace | null> {
  const traced = await findWanted(store, wanted);
  if (traced === null) return null;
  const open = namedBy(traced.record);
  const { causes, effects } = await around(store, traced, open);
  return {
    ...{ traced, unknown: [...open.keys()] },
    causes: causes.reverse(),
    effects: effects.reverse(),
  };
}

/** One link of a token: its id, and the public key that issued it. */
interface TracedLink {
  readonly id: string;
  readonly issuer: string;
}

/** The capability that a record was said under, as far as its token says; whether it counts, `coord verify` finds out. */
export type TracedCapability =
  | (TracedLink & {
      /** The member in whose name it lets speak. */
      readonly name: string;
      /** The key that has to sign what is said under it. */
      readonly holder: string;
      /** What it narrows, the next first; the last is the root, which a key of the member issued. */
      readonly narrows: readonly TracedLink[];
    })
  /** A sentence on why the token says nothing. */
  | { readonly problem: string };

/** The capability of a record, its token read; null where it was said without one. */
export function capabilityOf(
  { capability: token }: Pick<LogRecord, 'capability'>,
  readings: Readings,
): TracedCapability | null {
  if (token === undefined) return null;
  const reading = readings.get(token);
  if (reading?.ok !== true) {
    return { problem: reading?.problem ?? 'Nobody reads capabilities here.' };
  }
  const { sub: name, jti: id, iss: issuer, holder } = reading.capability;
  const above = reading.chain.slice(0, -1).reverse();
  const narrows = above.map(({ jti, iss }) => ({ id: jti, issuer: iss }));
  return { id, issuer, name, holder, narrows };
}
