// Two renumberings in a row are one, and a long list is cut.
import { describe, expect, it } from 'vitest';
import { limits } from '../kernel/limits.ts';
import { bothRenumbered, renumberedBetween, renumberedText } from './renumbered.ts';
import type { Renumberings } from './renumbered.ts';

const step = (...changes: readonly (readonly [string, string, string])[]): Renumberings =>
  renumberedBetween(
    new Map(changes.map(([id, from]) => [id, from])),
    new Map(changes.map(([id, , to]) => [id, to])),
  );

describe('things with another number', () => {
  it('are those that changed it, not those that kept or lost it', () => {
    const before = new Map([
      ['a', 'T-1'],
      ['b', 'T-2'],
      ['c', 'M-1'],
    ]);
    const after = new Map([
      ['a', 'T-1'],
      ['b', 'T-3'],
    ]);
    expect([...renumberedBetween(before, after).values()]).toEqual([
      { id: 'b', from: 'T-2', to: 'T-3' },
    ]);
  });

  it('are told from the number that was known first', () => {
    const both = bothRenumbered(
      step(['a', 'T-1', 'T-2'], ['b', 'T-2', 'T-3'], ['c', 'M-1', 'M-2']),
      step(['a', 'T-2', 'T-4'], ['b', 'T-3', 'T-2'], ['d', 'M-5', 'M-6']),
    );
    expect(renumberedText(both)).toBe('T-1 is now T-4, M-1 is now M-2, M-5 is now M-6');
  });

  it('are not all told when they are many', () => {
    const count = limits.listItemsMax + 7;
    const many = Array.from(
      { length: count },
      (_, n) => [`id ${n}`, `T-${n}`, `T-${n + 1}`] as const,
    );
    expect(renumberedText(step(...many)).split(', ')).toHaveLength(limits.listItemsMax + 1);
    expect(renumberedText(step(...many))).toMatch(/, and 7 more$/);
  });
});
