// The ratchet: which function of the base a function of the head used to be, and whether it may stay as it is.
import { candidatesOf } from './ratchet-candidate.ts';
import type { Candidate } from './ratchet-candidate.ts';
import { pairSimilar } from './ratchet-similar.ts';
import type { FileUnits, Unit } from './unit.ts';

/** How surely two units are the same: unchanged, in the same place, moved or renamed, or merely alike. */
export type MatchedBy = 'identical' | 'name' | 'body' | 'similar';

export interface Match {
  /** The unit at the base, and the path it had there. */
  readonly unit: Unit;
  readonly path: string;
  readonly by: MatchedBy;
}

/** What is not matched yet on either side, each in source order, and what is. */
interface Pool {
  base: Candidate[];
  head: Candidate[];
  readonly matches: Map<Unit, Match>;
}

type Key = (candidate: Candidate) => string;

/**
 * Matches the units of a whole pull request, head to base, each base unit at most once and only with its own kind.
 * `renames` leads from a head path to the base path of the same file; other files keep their path.
 * The passes, each over what the earlier ones left:
 * 1. same qualified name and same normalised body, in the same file first, then anywhere (`identical`);
 * 2. same file and qualified name, by order of appearance (`name`);
 * 3. same normalised body anywhere (`body`): moved or renamed;
 * 4. words alike to a ratio of at least 0.7 (`similar`);
 * 5. the same for units that need a past, with what is matched to a unit that needs none: a function whose body was
 *    taken out into a new one leaves its past to that (`similar`), and counts as new itself.
 * Units that match nothing are missing from the answer: they are new.
 * `needsPast` tells whether it matters what a head unit was, which it does only beyond a bound.
 */
export function matchUnits(
  base: readonly FileUnits[],
  head: readonly FileUnits[],
  renames: ReadonlyMap<string, string>,
  needsPast: (file: FileUnits, unit: Unit) => boolean = () => true,
): Map<Unit, Match> {
  const heads = head.flatMap(({ path, units }) => candidatesOf(renames.get(path) ?? path, units));
  const pool: Pool = {
    base: base.flatMap(({ path, units }) => candidatesOf(path, units)),
    head: heads,
    matches: new Map(),
  };
  // Untouched code is by far the most, and comparing it needs no normalised text.
  pairEqual(pool, 'identical', (one) => one.place, bodyOf);
  pairEqual(pool, 'identical', (one) => one.place, normalisedOf);
  pairEqual(
    pool,
    'identical',
    (one) => `${one.unit.kind}\0${one.unit.qualifiedName}`,
    normalisedOf,
  );
  pairPlaces(pool);
  pairEqual(pool, 'body', (one) => one.unit.kind, normalisedOf);
  take(pool, 'similar', pairSimilar(pool.base, pool.head));
  const idle = head.flatMap((file) => file.units.filter((unit) => !needsPast(file, unit)));
  if (idle.length > 0) {
    const bereft = handOver(pool, base, new Set(idle));
    // What gave its past away may have a twin among what is left, like every unit.
    pool.head = [...pool.head, ...heads.filter(({ unit }) => bereft.has(unit))];
    pairEqual(pool, 'body', (one) => one.unit.kind, normalisedOf);
  }
  return pool.matches;
}

/** Pass 5. Nothing is used twice: answers who handed its past over, and has none any more. */
function handOver(
  pool: Pool,
  base: readonly FileUnits[],
  idle: ReadonlySet<Unit>,
): ReadonlySet<Unit> {
  const bereft = new Set<Unit>();
  const heirs = pool.head.filter(({ unit }) => !idle.has(unit));
  if (heirs.length === 0) return bereft;
  const owners = new Map<Unit, Unit>();
  for (const [owner, match] of pool.matches) if (idle.has(owner)) owners.set(match.unit, owner);
  const free = base.map(({ path, units }) => ({
    path,
    units: units.filter((unit) => owners.has(unit)),
  }));
  const pairs = pairSimilar(
    free.flatMap(({ path, units }) => candidatesOf(path, units)),
    heirs,
  );
  for (const { unit } of pairs.values()) {
    const owner = owners.get(unit);
    if (owner === undefined) continue;
    pool.matches.delete(owner);
    bereft.add(owner);
  }
  take(pool, 'similar', pairs);
  return bereft;
}

function bodyOf(candidate: Candidate): string {
  return candidate.unit.body;
}

function normalisedOf(candidate: Candidate): string {
  return candidate.normalised();
}

/** Pairs what agrees in `group` and in `text`, in order of appearance where several do. */
function pairEqual(pool: Pool, by: MatchedBy, group: Key, text: Key): void {
  if (pool.base.length === 0 || pool.head.length === 0) return;
  const waiting = new Map<string, Map<string, Candidate[]>>();
  for (const candidate of [...pool.base].reverse()) {
    const texts = getOrAdd(waiting, group(candidate), () => new Map<string, Candidate[]>());
    getOrAdd(texts, text(candidate), () => []).push(candidate);
  }
  const pairs = new Map<Candidate, Candidate>();
  for (const candidate of pool.head) {
    const texts = waiting.get(group(candidate));
    const partner = texts?.get(text(candidate))?.pop();
    if (partner !== undefined) pairs.set(candidate, partner);
  }
  take(pool, by, pairs);
}

/** Pass 2. Where a name occurs equally often on both sides, order decides; else the ones that look alike go first. */
function pairPlaces(pool: Pool): void {
  const base = groupByPlace(pool.base);
  const pairs = new Map<Candidate, Candidate>();
  for (const [place, heads] of groupByPlace(pool.head)) {
    const bases = base.get(place) ?? [];
    const alike = bases.length === heads.length ? [] : pairSimilar(bases, heads);
    for (const [one, partner] of alike) pairs.set(one, partner);
    pairInOrder(bases, heads, pairs);
  }
  take(pool, 'name', pairs);
}

function pairInOrder(
  bases: readonly Candidate[],
  heads: readonly Candidate[],
  pairs: Map<Candidate, Candidate>,
): void {
  const taken = new Set(heads.map((one) => pairs.get(one)));
  const free = bases.filter((one) => !taken.has(one));
  const left = heads.filter((one) => !pairs.has(one));
  for (const [index, one] of left.entries()) {
    const partner = free[index];
    if (partner !== undefined) pairs.set(one, partner);
  }
}

function groupByPlace(candidates: readonly Candidate[]): Map<string, Candidate[]> {
  const groups = new Map<string, Candidate[]>();
  for (const one of candidates) getOrAdd(groups, one.place, () => []).push(one);
  return groups;
}

/** Records pairs, head to base, and takes both sides out of the pool. */
function take(pool: Pool, by: MatchedBy, pairs: ReadonlyMap<Candidate, Candidate>): void {
  const used = new Set(pairs.values());
  for (const [{ unit }, partner] of pairs) {
    pool.matches.set(unit, { unit: partner.unit, path: partner.path, by });
  }
  pool.base = pool.base.filter((one) => !used.has(one));
  pool.head = pool.head.filter((one) => !pairs.has(one));
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/**
 * Where a value stands towards its bound and its own past.
 * `within` the bound; `new` code beyond it; `crossed` it in this change; `worse` than it was; `unchanged` or `better`.
 */
export type Standing = 'within' | 'new' | 'crossed' | 'worse' | 'unchanged' | 'better';

export interface Judgement {
  readonly fails: boolean;
  readonly standing: Standing;
}

/**
 * Judges one measured value of a head unit, in whatever unit `max` has.
 * `base` is the same value of the matched base unit, or undefined where nothing matched.
 * Old code beyond the bound may stay; what this change brought beyond it, or made worse, fails.
 */
export function judgeUnit(head: number, base: number | undefined, max: number): Judgement {
  const standing = standingOf(head, base, max);
  return { fails: standing === 'new' || standing === 'crossed' || standing === 'worse', standing };
}

function standingOf(head: number, base: number | undefined, max: number): Standing {
  if (head <= max) return 'within';
  if (base === undefined) return 'new';
  if (base <= max) return 'crossed';
  if (head > base) return 'worse';
  return head === base ? 'unchanged' : 'better';
}
