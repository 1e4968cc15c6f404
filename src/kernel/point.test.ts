// What is a point of the log, and what is not.
import { expect, it } from 'vitest';
import { parsePoint, pointText } from './point.ts';

it.each([
  ['1', { kind: 'seq', seq: 1 }],
  ['1234567', { kind: 'seq', seq: 1234567 }],
  ['3f2a91c', { kind: 'commit', prefix: '3f2a91c' }],
  ['a'.repeat(40), { kind: 'commit', prefix: 'a'.repeat(40) }],
  ['2026-11-20', { kind: 'time', at: '2026-11-20T00:00:00.000Z' }],
  ['2026-11-20T12:00Z', { kind: 'time', at: '2026-11-20T12:00:00.000Z' }],
  ['2026-11-20T12:00:00.5+01:00', { kind: 'time', at: '2026-11-20T11:00:00.500Z' }],
])('%s is a point', (text, point) => {
  expect(parsePoint(text)).toEqual(point);
});

it.each([
  '',
  '0',
  '-1',
  '1.5',
  'T-1',
  'yesterday',
  '2026-13-40',
  '2026-11-20T12:00',
  'abc',
  'HEAD~1',
  ' 5',
])('%j is none, and is told how to say it', (text) => {
  expect(parsePoint(text)).toBeNull();
  expect(pointText().safeParse(text).error?.issues[0]?.message).toContain('--at 2026-11-20');
});
