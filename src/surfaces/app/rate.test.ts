// How often somebody may try, and when again.
import { expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/simulated-clock.ts';
import { Rate } from './rate.ts';

it('lets each name try so often, and fills up again with time', () => {
  const clock = new SimulatedClock();
  const rate = new Rate(clock, 3);
  const take = (name: string, times: number): boolean[] =>
    Array.from({ length: times }, () => rate.take(name));
  expect(take('a', 4)).toEqual([true, true, true, false]);
  expect([rate.has('a'), rate.has('b')]).toEqual([false, true]);
  expect(take('b', 1)).toEqual([true]);
  clock.nowMs += 20_000;
  expect(take('a', 2)).toEqual([true, false]);
  clock.nowMs += 3_600_000;
  expect(take('a', 4)).toEqual([true, true, true, false]);
  clock.nowMs -= 3_600_000;
  expect(rate.has('a')).toBe(false);
});
