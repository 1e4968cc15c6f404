import { describe, expect, it } from 'vitest';
import { UsageError } from './fault.ts';
import { limits } from './limits.ts';
import { containedInUnion, contains, glob, matches, overlaps, parseGlob } from './scope-glob.ts';
import type { Glob } from './scope-glob.ts';

/** Far above what was measured (at most 75, for a path of 4,096 characters), far below what a blow-up would take. */
const CALM_MILLISECONDS = 1000;

/** Processor time, so that a busy machine changes nothing. */
function millisecondsOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1000;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** Patterns that make backtracking matchers, subset constructions or expansions explode; each at its bounds. */
const hostileTexts: readonly string[] = [
  '*a'.repeat(32) + 'b',
  '*' + 'a*'.repeat(31) + 'aab',
  '*x' + '?'.repeat(30) + 'y',
  '*x' + '?'.repeat(15) + '*y' + '?'.repeat(13),
  '*x'.repeat(32),
  'a'.repeat(limits.inputGlobCharsMax),
  '*' + 'a'.repeat(255),
  '*' + 'x'.repeat(120) + '*' + 'x'.repeat(120),
  '**/'.repeat(31) + 'a',
  '**/a/'.repeat(31) + 'a',
  '**/*/'.repeat(15) + 'x',
  '**/x/' + '*/'.repeat(29) + 'y',
  '**/x/' + '?/'.repeat(30) + 'y',
  '**/x/'.repeat(31) + '**',
  '{a,b}'.repeat(6) + '*a'.repeat(20),
  '{a,ab}'.repeat(6) + 'ab'.repeat(100),
  '{*,?}x'.repeat(6) + '*x'.repeat(10),
  '{,x*}'.repeat(6) + 'x'.repeat(100),
  '{x/,?/}'.repeat(6) + '**/x/'.repeat(20) + 'y',
  `{${Array.from(letters.slice(0, 8), () => '{a,b,c,d,e,f,g,h}').join(',')}}` + '*x'.repeat(20),
  Array.from(letters, (letter) => `${letter}*`).join('') + 'z',
];

describe('hostile globs', () => {
  const globs = hostileTexts.map(glob);

  it('have few states, whatever they write out to', () => {
    for (const { text, automaton } of globs) {
      expect([text, automaton.states.length < 2 * text.length + 8]).toEqual([text, true]);
    }
  });

  it('match in time that grows with path times glob', () => {
    const paths = [
      'a'.repeat(4096),
      'x/'.repeat(2047) + 'x',
      'ab'.repeat(2048),
      'x'.repeat(4095) + 'y',
    ];
    const worst = Math.max(
      ...globs.flatMap((one) => paths.map((path) => millisecondsOf(() => matches(one, path)))),
    );
    expect(worst).toBeLessThan(CALM_MILLISECONDS);
    expect(matches(glob('*a'.repeat(32) + 'b'), 'a'.repeat(100_000))).toBe(false);
    expect(matches(glob('*a'.repeat(32) + 'b'), 'a'.repeat(100_000) + 'b')).toBe(true);
  });

  it('are compared exactly and quickly, each with each', () => {
    let worst = 0;
    const pairs = globs.flatMap((a) => globs.map((b): [Glob, Glob] => [a, b]));
    for (const [a, b] of pairs) {
      worst = Math.max(
        worst,
        millisecondsOf(() => overlaps(a, b)),
        millisecondsOf(() => contains(a, b)),
      );
    }
    expect(worst).toBeLessThan(CALM_MILLISECONDS);
    for (const one of globs) expect(contains(one, one) && overlaps(one, one)).toBe(true);
  });

  it('are refused before they are written out', () => {
    const texts = [
      '{a,b}'.repeat(51),
      '{'.repeat(256),
      '{a,'.repeat(64) + '}'.repeat(64),
      '*'.repeat(256),
      '{' + ','.repeat(254) + '}',
      'a'.repeat(5_000_000),
      '\u0958'.repeat(256),
    ];
    for (const text of texts) {
      expect(
        millisecondsOf(() => expect(parseGlob(text)).toMatchObject({ ok: false })),
      ).toBeLessThan(CALM_MILLISECONDS);
    }
  });
});

/**
 * Run i of `a*b*c*...`, empty or not, is a yes or no. For every i of the first half there is a glob for "i and i + half
 * are not empty" and one for "both are empty", so a search has to remember every choice of half the runs. `rest`
 * holds what is left for i = 0, so that all together hold every path.
 */
function entangled(half: number): { outer: Glob[]; rest: Glob[]; inner: Glob } {
  const both = (at: number, one: string, other: string): Glob =>
    glob(
      `*${letters[at] ?? ''}${one}${letters[at + 1] ?? ''}*${letters[at + half] ?? ''}${other}${letters[at + half + 1] ?? ''}*`,
    );
  const outer = Array.from({ length: half }, (_, at) => [both(at, '?*', '?*'), both(at, '', '')]);
  const names = Array.from(letters.slice(0, 2 * half + 1));
  return {
    outer: outer.flat(),
    rest: [both(0, '?*', ''), both(0, '', '?*')],
    inner: glob(names.join('*')),
  };
}

describe('entangled globs', () => {
  it('are told exactly while that is possible', () => {
    const { outer, rest, inner } = entangled(4);
    expect(containedInUnion([...outer, ...rest], inner)).toBe(true);
    expect(containedInUnion(outer, inner)).toBe(false);
    expect(containedInUnion([...outer, ...rest.slice(1)], inner)).toBe(false);
  });

  it('are refused, not guessed at, when it takes too much', () => {
    const { outer, rest, inner } = entangled(12);
    const milliseconds = millisecondsOf(() => {
      expect(() => containedInUnion([...outer, ...rest], inner)).toThrow(UsageError);
      expect(() => containedInUnion([...outer, ...rest], inner)).toThrow(
        expect.objectContaining({ code: 'glob-too-costly' }) as Error,
      );
    });
    expect(milliseconds).toBeLessThan(CALM_MILLISECONDS);
  });
});
