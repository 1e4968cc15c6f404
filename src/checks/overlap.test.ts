// Two changes meet where both were open at the same time and touched the same file.
import { describe, expect, it } from 'vitest';
import { overlapsOf } from './overlap.ts';
import type { Span } from './overlap.ts';

function span(key: string, days: readonly [number, number], ...paths: string[]): Span<string> {
  const at = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T00:00:00.000Z`;
  return { key, openedAt: at(days[0]), mergedAt: at(days[1]), paths: new Set(paths) };
}

function met(...spans: Span<string>[]): string[] {
  return overlapsOf(spans).map(({ first, second, paths }) => `${first} ${second}: ${paths.join()}`);
}

describe('overlaps', () => {
  it('are of changes that were open together, by the files of both', () => {
    const one = span('one', [1, 5], 'a', 'b', 'c');
    expect(met(one, span('two', [4, 9], 'c', 'b', 'd'))).toEqual(['one two: b,c']);
    expect(met(one, span('after', [5, 9], 'a'))).toEqual([]);
    expect(met(one, span('elsewhere', [2, 3], 'd'))).toEqual([]);
  });

  it('begin with the one that was merged first, whatever the order of the list', () => {
    const [long, short] = [span('long', [1, 9], 'a'), span('short', [2, 3], 'a')];
    expect(met(long, short)).toEqual(['short long: a']);
    expect(met(short, long)).toEqual(['short long: a']);
  });

  it('are every pair of them', () => {
    const spans = ['a', 'b', 'c'].map((key, place) => span(key, [1, 5 + place], 'x'));
    expect(met(...spans)).toEqual(['a b: x', 'a c: x', 'b c: x']);
  });
});
