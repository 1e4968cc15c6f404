// Pairs units that are alike but not equal, without comparing each with each.
import { limits } from '../kernel/limits.ts';
import { wordsOf } from './ratchet-candidate.ts';
import type { Candidate } from './ratchet-candidate.ts';

const ratioMin = limits.similarPercentMin / 100;

interface Bag {
  readonly candidate: Candidate;
  readonly index: number;
  readonly words: ReadonlySet<string>;
}

interface Pair {
  readonly head: Bag;
  readonly base: Bag;
  readonly ratio: number;
}

/**
 * Pairs units of one kind whose sets of words share at least 70 % (Jaccard), the most alike first.
 * Units with fewer than 8 distinct words are left out: too little to recognise them by.
 * Two sets this alike must share one of their rarest words, so only units that do are compared, and of those
 * at most `similarCandidatesMax` per unit: beyond that a match can be missed, never invented.
 */
export function pairSimilar(
  base: readonly Candidate[],
  head: readonly Candidate[],
): Map<Candidate, Candidate> {
  if (base.length === 0 || head.length === 0) return new Map();
  const bases = bagsOf(base);
  const heads = bagsOf(head);
  const rarity = countWords([...bases, ...heads]);
  const index = indexByRareWord(bases, rarity);
  const pairs = heads.flatMap((bag) => partnersOf(bag, index, rarity));
  return takeBest(pairs);
}

function bagsOf(candidates: readonly Candidate[]): Bag[] {
  return candidates
    .map((candidate, index) => ({ candidate, index, words: wordsOf(candidate.unit.body) }))
    .filter(({ words }) => words.size >= limits.similarWordsMin);
}

type Rarity = ReadonlyMap<string, number>;

function countWords(bags: readonly Bag[]): Rarity {
  const counts = new Map<string, number>();
  for (const { words } of bags) {
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/**
 * The rarest words, just so many that two sets which share none of theirs cannot be alike enough:
 * of n words at least 0.7 n are common to both, so one of any n - 0.7 n + 1 is.
 */
function rareWords(words: ReadonlySet<string>, rarity: Rarity): string[] {
  const of = (word: string): number => rarity.get(word) ?? 0;
  const sorted = [...words].sort((a, b) => of(a) - of(b) || (a < b ? -1 : 1));
  return sorted.slice(0, words.size - Math.ceil(ratioMin * words.size) + 1);
}

type Index = ReadonlyMap<string, readonly Bag[]>;

function indexByRareWord(bags: readonly Bag[], rarity: Rarity): Index {
  const index = new Map<string, Bag[]>();
  for (const bag of bags) {
    for (const word of rareWords(bag.words, rarity)) {
      const key = keyOf(bag, word);
      const known = index.get(key);
      if (known === undefined) index.set(key, [bag]);
      else known.push(bag);
    }
  }
  return index;
}

function keyOf({ candidate }: Bag, word: string): string {
  return `${candidate.unit.kind}\0${word}`;
}

function partnersOf(head: Bag, index: Index, rarity: Rarity): Pair[] {
  const seen = new Set<Bag>();
  for (const word of rareWords(head.words, rarity)) {
    for (const base of index.get(keyOf(head, word)) ?? []) {
      if (seen.size >= limits.similarCandidatesMax) break;
      seen.add(base);
    }
  }
  return [...seen]
    .map((base) => ({ head, base, ratio: jaccard(head.words, base.words) }))
    .filter(({ ratio }) => ratio >= ratioMin);
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  if (small.size < ratioMin * large.size) return 0;
  let common = 0;
  for (const word of small) if (large.has(word)) common += 1;
  return common / (a.size + b.size - common);
}

/** Greedy by likeness; of equals the same file first, then the order of appearance. */
function takeBest(pairs: Pair[]): Map<Candidate, Candidate> {
  const elsewhere = ({ head, base }: Pair): number =>
    head.candidate.path === base.candidate.path ? 0 : 1;
  pairs.sort(
    (a, b) =>
      b.ratio - a.ratio ||
      elsewhere(a) - elsewhere(b) ||
      a.head.index - b.head.index ||
      a.base.index - b.base.index,
  );
  const taken = new Set<Bag>();
  const result = new Map<Candidate, Candidate>();
  for (const { head, base } of pairs) {
    if (result.has(head.candidate) || taken.has(base)) continue;
    result.set(head.candidate, base.candidate);
    taken.add(base);
  }
  return result;
}
