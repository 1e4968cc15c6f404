import { describe, expect, it } from 'vitest';
import { count, quote, quoteSome } from './quote.ts';

describe('quote', () => {
  it.each([
    ['src/a.ts', '`src/a.ts`'],
    ['a\n/coord lock', '`a\\u{a}/coord lock`'],
    ['a`b', '`a\\u{60}b`'],
    ['a\u202eb\u200b', '`a\\u{202e}b\\u{200b}`'],
    ['\ud800', '`\\u{d800}`'],
    ['', '``'],
  ])('shows %j as %s', (text, shown) => {
    expect(quote(text)).toBe(shown);
  });

  it('leaves out the middle of a long text', () => {
    expect(quote(`start${'x'.repeat(5000)}end`)).toMatch(/^`startx+…x+end`$/);
    expect(quote('x'.repeat(5000)).length).toBeLessThan(200);
  });
});

describe('quoteSome', () => {
  it.each<[string[], string]>([
    [[], 'nothing'],
    [['a'], '`a`'],
    [['a', 'b', 'c'], '`a`, `b`, `c`'],
    [['a', 'b', 'c', 'd', 'e'], '`a`, `b`, `c` and 2 more'],
  ])('%j', (texts, shown) => {
    expect(quoteSome(texts)).toBe(shown);
  });
});

describe('count', () => {
  it('knows one from many', () => {
    expect([count(0, 'file'), count(1, 'file'), count(2, 'file')]).toEqual([
      '0 files',
      '1 file',
      '2 files',
    ]);
  });
});
