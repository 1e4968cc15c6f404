// A delta makes its object again, whatever was cut, moved or put in between, and native git reads it the same.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDelta } from './delta.ts';
import { encodeDelta } from './delta-encode.ts';

const anyLength = Number.MAX_SAFE_INTEGER;

function delta(base: Buffer, target: Buffer): Buffer {
  const made = encodeDelta(base, target, anyLength);
  if (made === undefined) throw new Error('no delta was made');
  expect(applyDelta(base, made).equals(target)).toBe(true);
  return made;
}

/** Lines of text, of which some are left out, doubled, changed or moved. */
const edited = fc
  .tuple(
    fc.array(fc.string({ minLength: 4, maxLength: 40 }), { maxLength: 60 }),
    fc.array(fc.tuple(fc.nat(59), fc.nat(59), fc.nat(3), fc.string()), { maxLength: 6 }),
  )
  .map(([lines, edits]) => {
    const after = [...lines];
    for (const [from, to, kind, text] of edits) {
      if (kind === 0) after.splice(from, 1);
      else if (kind === 1) after.splice(to, 0, lines[from] ?? text);
      else if (kind === 2) after[from] = text;
      else after.splice(to, 0, ...after.splice(from, 5));
    }
    return [Buffer.from(lines.join('\n')), Buffer.from(after.join('\n'))] as const;
  });

describe('a delta', () => {
  it('makes its target of its base', () => {
    fc.assert(fc.property(edited, ([base, target]) => void delta(base, target)));
  });

  it('makes any bytes of any others', () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
    fc.assert(fc.property(bytes, bytes, (base, target) => void delta(base, target)));
  });

  it.each([0x7f, 0x80, 0xffff, 0x10000, 0x1ffff, 0x1000000])('copies %i bytes', (length) => {
    const base = Buffer.alloc(length, 'abcdefghijklmnopqrstuvwxyz');
    expect(delta(base, Buffer.concat([base, Buffer.from('!')])).length).toBeLessThan(
      20 + (length / 0xffff) * 7,
    );
  });

  it('copies what stands elsewhere in the base, from its first to its last byte that is the same', () => {
    const parts = ['one', 'two', 'six'].map((name) => `${name}: ${name.repeat(30)};\n`);
    const base = Buffer.from(parts.join(''));
    const moved = Buffer.from(`new\n${parts.toReversed().join('')}end`);
    expect(delta(base, moved).length).toBeLessThan(60);
  });

  it('is small where one name in the middle of a tree changed', () => {
    const base = Buffer.alloc(160, 7);
    const target = Buffer.from(base).fill(9, 60, 80);
    expect(delta(base, target).length).toBeLessThan(35);
  });

  it('that would be longer than is wanted is none', () => {
    const [base, target] = [Buffer.alloc(100, 'a'), Buffer.alloc(100, 'b')];
    const { length } = delta(base, target);
    expect(encodeDelta(base, target, length)).toHaveLength(length);
    expect(encodeDelta(base, target, length - 1)).toBeUndefined();
  });
});
