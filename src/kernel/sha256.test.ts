// Held against the system's own, around the block's edges and on texts of any kind.
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha256Hex } from './sha256.ts';

function systems(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

it('is what the system says, at every length around two blocks', () => {
  for (let length = 0; length <= 130; length += 1) {
    const text = 'a'.repeat(length);
    expect(sha256Hex(text)).toBe(systems(text));
  }
});

it('is what the system says of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      expect(sha256Hex(text)).toBe(systems(text));
    }),
  );
  expect(sha256Hex('é'.repeat(30_000))).toBe(systems('é'.repeat(30_000)));
});
