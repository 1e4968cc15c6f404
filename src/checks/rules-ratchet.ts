// Tells what a pull request adds from what was there before: by function where a rule is about one, else by count.
import type { Breach, RuleName } from './rules-breach.ts';
import type { Held, Looked } from './rules-holders.ts';
import { judgeUnit, matchUnits } from './ratchet.ts';
import type { Match } from './ratchet.ts';
import type { Unit } from './unit.ts';

/** The rules whose breaches belong to one function or class; of the others a file may have as many as it had. */
const aboutUnits: ReadonlySet<RuleName> = new Set(['recursion', 'parameters', 'documentedExports']);

/** The breaches of one file and one kind that count, and how they stand. */
export interface Tally {
  readonly path: string;
  readonly rule: RuleName;
  readonly kind: string;
  /** All at the head, and how many they are. */
  readonly all: readonly Held[];
  readonly count: number;
  /** As many as may stay. */
  readonly allowed: number;
  /** Those that are new, in the order of the file; as many as are too many. */
  readonly added: readonly Held[];
}

export interface Sides {
  readonly base: readonly Looked[];
  readonly head: readonly Looked[];
  /** From a path at the head to the path at the base, for every file that was there. */
  readonly origins: ReadonlyMap<string, string>;
}

/** What every kind of breach in every file of the head comes to. `parametersMax` is the bound of that rule. */
export function tally(sides: Sides, parametersMax: number): Tally[] {
  const past = pastOf(sides);
  return sides.head.flatMap(({ path, breaches }) => {
    return [...groupBy(breaches, kindOf).values()].flatMap((held) => {
      const [first] = held;
      if (first === undefined) return [];
      const { rule, kind } = first.breach;
      const added = aboutUnits.has(rule)
        ? held.filter((one) => isNew(one, past, parametersMax))
        : surplus(path, held, past);
      const count = held.length;
      return [{ ...{ path, rule, kind, count, added, all: held }, allowed: count - added.length }];
    });
  });
}

interface Past {
  readonly matches: ReadonlyMap<Unit, Match>;
  readonly origins: ReadonlyMap<string, string>;
  /** Breaches by the unit of the base that they move with. */
  readonly byHolder: ReadonlyMap<Unit | null, readonly Held[]>;
  /** What is left of each file of the base after what moved to other files; by path. */
  readonly staying: ReadonlyMap<string, readonly Held[]>;
}

function pastOf({ base, head, origins }: Sides): Past {
  const troubled = new Set(head.flatMap(({ breaches }) => breaches.map(({ holder }) => holder)));
  const matches = matchUnits(base, head, origins, (_file, unit) => troubled.has(unit));
  const all = base.flatMap(({ breaches }) => breaches);
  const byHolder = groupBy(all, ({ holder }) => holder);
  const moved = new Set<Unit>();
  for (const { path, units } of head) {
    for (const unit of units) {
      const match = matches.get(unit);
      if (match !== undefined && match.path !== origins.get(path)) moved.add(match.unit);
    }
  }
  const staying = base.map(({ path, breaches }) => {
    return [path, breaches.filter(({ holder }) => holder === null || !moved.has(holder))] as const;
  });
  return { matches, origins, byHolder, staying: new Map(staying) };
}

/** A function's breach is old where the function that it was had the same, or a worse one. */
function isNew({ breach, about }: Held, past: Past, parametersMax: number): boolean {
  const match = about === null ? undefined : past.matches.get(about);
  const before = match && past.byHolder.get(match.unit)?.find((one) => isAlike(one, breach));
  if (breach.rule !== 'parameters') return before === undefined;
  const was = match && Number(before?.breach.value ?? 0);
  return judgeUnit(Number(breach.value), was, parametersMax).fails;
}

function isAlike({ breach, about }: Held, other: Breach): boolean {
  return about !== null && breach.rule === other.rule && breach.kind === other.kind;
}

/**
 * As many breaches as there are too many: more than the file had and than came with functions from other files. Those
 * whose text was not there before are named first.
 */
function surplus(path: string, held: readonly Held[], past: Past): Held[] {
  const [first] = held;
  if (first === undefined) return [];
  const origin = past.origins.get(path);
  const here = origin === undefined ? [] : (past.staying.get(origin) ?? []);
  const kind = kindOf(first);
  const staying = here.filter((one) => kindOf(one) === kind);
  const old = [...staying, ...arrivals(held, kind, past, origin)];
  const surplusCount = held.length - old.length;
  if (surplusCount <= 0) return [];
  const fresh = new Set(withoutTexts(held, old));
  const rest = held.filter((one) => !fresh.has(one));
  const named = new Set([...fresh, ...rest.reverse()].slice(0, surplusCount));
  return held.filter((one) => named.has(one));
}

/** What functions that came from other files had with them there, and still have. */
function arrivals(
  held: readonly Held[],
  kind: string,
  past: Past,
  origin: string | undefined,
): Held[] {
  return [...groupBy(held, ({ holder }) => holder)].flatMap(([holder, kept]) => {
    const match = holder === null ? undefined : past.matches.get(holder);
    if (match === undefined || match.path === origin) return [];
    const had = past.byHolder.get(match.unit) ?? [];
    return had.filter((one) => kindOf(one) === kind).slice(0, kept.length);
  });
}

/** Those whose text no old one has, each old one used once. */
function withoutTexts(held: readonly Held[], old: readonly Held[]): Held[] {
  const texts = new Map<string, number>();
  for (const { breach } of old) texts.set(breach.text, (texts.get(breach.text) ?? 0) + 1);
  return held.filter(({ breach: { text } }) => {
    const left = texts.get(text) ?? 0;
    texts.set(text, left - 1);
    return left <= 0;
  });
}

function kindOf({ breach }: Held): string {
  return `${breach.rule}\0${breach.kind}`;
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
