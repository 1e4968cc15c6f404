// Lines for people: aligned, and harmless whatever the text.
import { describe, expect, it } from 'vitest';
import { oneLine, shortened, table } from './table.ts';

describe('one line', () => {
  it('has no line breaks, terminal codes or turned text', () => {
    expect(oneLine('a\r\nb\u001b[31m\u2028c\u202ed')).toBe('a b [31m c d');
  });

  it('keeps what is text', () => {
    expect(oneLine('größer 👩‍💻 #12')).toBe('größer 👩‍💻 #12');
  });
});

describe('shortened', () => {
  it('leaves what fits', () => {
    expect(shortened('abcde', 5)).toBe('abcde');
  });

  it('marks where something was left out, and never splits a character', () => {
    expect(shortened('abcdef', 5)).toBe('abcd…');
    expect(shortened('😀😀😀', 2)).toBe('😀…');
  });
});

describe('a table', () => {
  it('aligns columns and ends lines without blanks', () => {
    expect(
      table([
        ['a', 'long', 'x'],
        ['bcd', 'y', ''],
      ]),
    ).toBe('a    long  x\nbcd  y');
  });

  it('has rows of different lengths, or none', () => {
    expect(table([['a'], ['b', 'c']])).toBe('a\nb  c');
    expect(table([])).toBe('');
  });
});
