// RFC 8785: its own examples, and what must hold for every value.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, signedBytes } from './canonical.ts';

describe('the canonical form', () => {
  it('is as the example of RFC 8785 section 3.2.2', () => {
    const text =
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
      '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}';
    expect(canonical(JSON.parse(text))).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts keys by UTF-16 code units, as the example of section 3.2.3', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.values(JSON.parse(canonical(value)) as object).slice(1)).toEqual([
      'Carriage Return',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
    expect(canonical(value).startsWith('{"\\r":"Carriage Return","1":"One"')).toBe(true);
  });

  it.each([
    [0, '0'],
    [-0, '0'],
    [5e-324, '5e-324'],
    [-1.7976931348623157e308, '-1.7976931348623157e+308'],
    [9007199254740992, '9007199254740992'],
    [295147905179352830000, '295147905179352830000'],
    [1e21, '1e+21'],
    [9.999999999999997e22, '9.999999999999997e+22'],
    [0.000001, '0.000001'],
    [333333333.33333325, '333333333.33333325'],
  ])('writes the number %d as appendix B has it', (value, text) => {
    expect(canonical(value)).toBe(text);
  });

  it('leaves out what is undefined, and refuses numbers that JSON cannot hold', () => {
    expect(canonical({ b: undefined, a: [1, { d: undefined }] })).toBe('{"a":[1,{}]}');
    for (const value of [NaN, Infinity, -Infinity]) {
      expect(() => canonical({ value })).toThrow(RangeError);
    }
  });

  it('means the same value, whatever order its keys came in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonical(value);
        expect(canonical(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonical(reversed)).toBe(canonical(value));
      }),
    );
  });
});

describe('what is signed', () => {
  const intent = {
    ...{ id: 'i', log: 'l', op: 'lock.acquire', actor: 'codex', hlc: 'h' },
    input: { scope: ['b', 'a'], ü: 1 },
  };
  const textOf = (value: Parameters<typeof signedBytes>[0]): string =>
    new TextDecoder().decode(signedBytes(value));

  it('is a domain and the intent, without its signature and what the sequencer adds', () => {
    const expected =
      'coord-command-1\n{"actor":"codex","hlc":"h","id":"i","input":{"scope":["b","a"],"ü":1},"log":"l","op":"lock.acquire"}';
    expect(textOf(intent)).toBe(expected);
    const record = { ...intent, sig: 'x', seq: 7, at: 'now', auth: { by: 'shell' } };
    expect(textOf(record)).toBe(expected);
  });

  it.each(['id', 'log', 'op', 'actor', 'session', 'hlc', 'notAfter', 'cause'])(
    'covers %s',
    (key) => {
      expect(textOf({ ...intent, [key]: 'other' })).not.toBe(textOf(intent));
    },
  );
});
