import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['lock', 'lock', 0],
    ['lock', 'locks', 1],
    ['lock', 'look', 1],
    ['lokc', 'lock', 1],
    ['sitting', 'kitten', 3],
    ['ca', 'abc', 3],
  ])('of %j and %j is %d', (first, second, distance) => {
    expect(editDistance(first, second)).toBe(distance);
  });

  it('is symmetric, zero only for equals, at most the longer length, and grows by one letter at most', () => {
    const word = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(word, word, (first, second) => {
        const distance = editDistance(first, second);
        expect(editDistance(second, first)).toBe(distance);
        expect(distance === 0).toBe(first === second);
        expect(distance).toBeLessThanOrEqual(Math.max(first.length, second.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(first.length - second.length));
        expect(Math.abs(editDistance(`${first}a`, second) - distance)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('nearest', () => {
  const keys = ['complexity', 'coverage', 'scope', 'size', 'locks'];

  it.each([
    ['complexty', 'complexity'],
    ['Coverage', 'coverage'],
    ['SCOPES', 'scope'],
    ['sise', 'size'],
    ['lokcs', 'locks'],
  ])('takes %j for %j', (word, meant) => {
    expect(nearest(word, keys)).toBe(meant);
  });

  it.each(['tests', 'x', '', 'scheduling', 'complexity'.repeat(20)])(
    'has nothing near %j',
    (word) => {
      expect(nearest(word, keys)).toBeUndefined();
    },
  );

  it('prefers the closest, and of equals the first', () => {
    expect(nearest('plann', ['plane', 'plan', 'planning'])).toBe('plane');
    expect(nearest('plan', ['plane', 'plan'])).toBe('plan');
    expect(nearest('cat', ['bat', 'rat'])).toBe('bat');
  });
});
