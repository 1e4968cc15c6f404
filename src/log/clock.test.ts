import { expect, it } from 'vitest';
import { nextHybridTime } from './clock.ts';

const now = '2026-11-20T12:00:00.000Z';

it.each([
  [null, `${now}/0000`],
  ['2026-11-20T11:59:59.999Z/0007', `${now}/0000`],
  [`${now}/0000`, `${now}/0001`],
  [`${now}/ffff`, '2026-11-20T12:00:00.001Z/0000'],
  ['2026-11-20T12:04:59.000Z/0002', '2026-11-20T12:04:59.000Z/0003'],
  ['2026-11-20T12:05:00.001Z/0002', `${now}/0000`],
  ['2099-01-01T00:00:00.000Z/0000', `${now}/0000`],
  ['nonsense', `${now}/0000`],
])('after %s comes %s', (last, next) => {
  expect(nextHybridTime(last, now)).toBe(next);
});
