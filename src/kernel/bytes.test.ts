// Bytes of UTF-8, not UTF-16 units.
import { expect, it } from 'vitest';
import { byteLength } from './bytes.ts';

it.each([
  ['', 0],
  ['a', 1],
  ['ä', 2],
  ['€', 3],
  ['😀', 4],
  ['a\u0000\n', 3],
  ['\ud800', 3],
  ['€'.repeat(5461), 16_383],
  ['€'.repeat(5462), 16_386],
  ['😀'.repeat(100_000), 400_000],
])('%j takes %i', (text, bytes) => {
  expect(byteLength(text)).toBe(bytes);
});
