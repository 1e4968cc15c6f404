// Which lines of a text are new, whatever was moved, doubled or left out.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../kernel/limits.ts';
import { linesOf, originsOf } from './line-diff.ts';

/** The most lines that two texts can have in common in order, by the book. */
function commonLines(one: readonly string[], other: readonly string[]): number {
  let row = new Array<number>(other.length + 1).fill(0);
  for (const line of one) {
    const next = [0];
    other.forEach((candidate, index) => {
      const kept = Math.max(row[index + 1] ?? 0, next[index] ?? 0);
      next.push(line === candidate ? (row[index] ?? 0) + 1 : kept);
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', '', ' x'), { maxLength: 14 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));

describe('the origins of lines', () => {
  it.each([
    ['nothing from nothing', '', '', []],
    ['all new', '', 'a\nb\n', [0, 0]],
    ['nothing left', 'a\n', '', []],
    ['the same', 'a\nb', 'a\nb\n', [1, 2]],
    ['one put in', 'a\nc\n', 'a\nb\nc\n', [1, 0, 2]],
    ['one taken out', 'a\nb\nc\n', 'a\nc\n', [1, 3]],
    ['one replaced', 'a\nb\nc\n', 'a\nx\nc\n', [1, 0, 3]],
    ['two swapped', 'a\nb\nc\nd\n', 'a\nc\nb\nd\n', [1, 3, 0, 4]],
    ['other line breaks', 'a\nb\n', 'a\r\nb\n', [0, 2]],
  ])('%s', (_what, before, after, origins) => {
    expect(originsOf(before, after)).toEqual(origins);
  });

  it('are of the shortest edit script', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const [old, fresh] = [linesOf(before), linesOf(after)];
        const origins = originsOf(before, after);
        expect(origins).toHaveLength(fresh.length);
        const kept = origins.flatMap((origin, index) =>
          origin > 0 ? [[origin, index] as const] : [],
        );
        for (const [origin, index] of kept) expect(old[origin - 1]).toBe(fresh[index]);
        expect(kept.map(([origin]) => origin)).toEqual(
          [...new Set(kept.map(([origin]) => origin))].sort((one, other) => one - other),
        );
        expect(kept.length).toBe(commonLines(old, fresh));
      }),
      { numRuns: 500 },
    );
  });

  it('of texts too far apart are known by what the lines say', () => {
    const lines = Array.from({ length: limits.diffEditsMax + 2 }, (_, index) => `line ${index}`);
    const reversed = ['new', ...[...lines].reverse(), 'line 7'].join('\n');
    const origins = originsOf(lines.join('\n'), reversed);
    expect([origins[0], origins.at(-1), origins.filter((origin) => origin === -1).length]).toEqual([
      ...[0, 0],
      lines.length,
    ]);
  });

  it('are looked for less far where the texts are long', () => {
    const text = (lines: number, word: string) =>
      Array.from({ length: lines }, (_, index) => (index % 200 === 0 ? `${word}${index}` : 'same'));
    const isAligned = (lines: number) =>
      originsOf(text(lines, 'old').join('\n'), text(lines, 'new').join('\n'))[lines - 5000] ?? 0;
    expect([isAligned(6001), isAligned(60_001)]).toEqual([1002, -1]);
  });

  it('of large texts take no long time', () => {
    const lines = Array.from({ length: 60_000 }, (_, index) => `${(index * 7919) % 60_000}`);
    const start = performance.now();
    originsOf(lines.join('\n'), [...lines].reverse().join('\n'));
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
