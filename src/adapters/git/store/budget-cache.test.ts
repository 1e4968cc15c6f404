// The cache stays within its budget and closes what it lets go.
import { describe, expect, it } from 'vitest';
import { createBudgetCache } from './budget-cache.ts';

describe('a budget cache', () => {
  it('lets go of what was unused for longest, and closes it once', () => {
    const closed: string[] = [];
    const cache = createBudgetCache<string>(10, (value) => closed.push(value));
    cache.set('a', 'A', 4);
    cache.set('b', 'B', 4);
    expect(cache.get('a')).toBe('A');
    cache.set('c', 'C', 4);
    expect(closed).toEqual(['B']);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['A', undefined, 'C']);
    cache.delete('a');
    cache.delete('a');
    cache.clear();
    expect(closed).toEqual(['B', 'A', 'C']);
  });

  it('keeps the newest even when it is too large, and counts a replaced one once', () => {
    const cache = createBudgetCache<string>(10);
    cache.set('a', 'A', 8);
    cache.set('a', 'A2', 8);
    cache.set('b', 'B', 2);
    expect(cache.get('a')).toBe('A2');
    cache.set('c', 'C', 50);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([undefined, undefined, 'C']);
  });
});
