// Golden values of what is written down for ever: chain, commit message, clock readings, ids.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../kernel/limits.ts';
import { chainNext, chainStart } from './chain.ts';
import { formatHybridTime, nextHybridTime, parseHybridTime } from './clock.ts';
import { idRandomBytes, isId, uuidv7 } from './id.ts';
import { continuedBy, formatMessage, parseMessage } from './message.ts';
import { statedBy } from './verify-trailers.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

describe('the chain', () => {
  it('has the values that sha256sum gives', () => {
    const start = chainStart('01a1f954-9eba-70f0-98c5-310938257741', sha256);
    const first = chainNext(start, '{"seq":1,"t":"Grün 🟢"}\n', sha256);
    expect(start).toBe('46d23e1a33801e284a01a40855cb354595bbb3506c970c2bc26e3a4c71ea4c52');
    expect(first).toBe('a8a285193667e80afc424e19d08b04552a93cba461231f5f24225fbba62f5e9d');
    expect(chainNext(first, '{"seq":2}\n', sha256)).toBe(
      '026cfeea4da3d70b0f2653033ce5d006df23a75ae97c15011ac5f0bea8667a44',
    );
  });
});

describe('the commit message', () => {
  const chain = '0123456789abcdef'.repeat(4);

  it('is a line for people and four trailers', () => {
    const ops = ['lock.acquire', 'task.add', 'lock.release'];
    const message = formatMessage(ops, { seq: 4711, count: 3, tail: 12, chain });
    expect(message).toBe(
      `3 commands: lock, task [skip ci]\n\nCoord-Seq: 4711\nCoord-Count: 3\nCoord-Tail: 12\nCoord-Chain: sha256:${chain}\n`,
    );
    expect(parseMessage(message, 'c')).toEqual({ seq: 4711, count: 3, tail: 12, chain });
    expect(parseMessage(message.trimEnd(), 'c').seq).toBe(4711);
  });

  it('speaks of one command as of one', () => {
    expect(formatMessage(['log.init'], { seq: 1, count: 1, tail: 0, chain })).toMatch(
      /^1 command: log \[skip ci\]\n/,
    );
  });

  const subject = '1 command: log [skip ci]\n\n';
  const usual = `Coord-Seq: 1\nCoord-Count: 1\nCoord-Tail: 7\nCoord-Chain: sha256:${chain}\n`;
  const day = '2999-01-01T00:00:00.000Z';
  const kept = `Coord-Kept: tasks ${day} messages ${day}`;

  it.each([
    ['', 'nothing'],
    [usual, 'no subject'],
    [`Coord-Seq: 1\n\n${usual.replace('Coord-Seq: 1\n', '')}`, 'one in another paragraph'],
    [subject + usual.replace('Coord-Tail: 7\n', ''), 'no tail'],
    [subject + usual.replace('Seq: 1', 'Seq: x'), 'no number'],
    [subject + usual.replace('Seq: 1', 'Seq: -1'), 'a negative'],
    [subject + usual.replace(chain, `${chain}0`), 'a chain that is too long'],
    [subject + usual.replace('sha256', 'md5'), 'another hash'],
    [`${subject}${usual}Coord-Tail: 0\n`, 'one twice'],
    [`${subject}${usual}${kept}\n${kept}\n`, 'a rare one twice'],
    [`1 command [skip ci]\r${kept}\n\n${usual}`, 'a carriage return in the subject'],
    [`${subject}${usual.replace('7', '7\u2028Coord-Tail: 0')}`, 'a line separator'],
    [`${subject}${usual.replaceAll('\n', '\r\n')}`, 'another end of lines'],
    [`${subject}\u0085${usual}`, 'a next line'],
    [`${subject}${usual}\nlast words\n`, 'a paragraph behind'],
  ])('%# is refused by commit when there is %s', (message) => {
    expect(() => parseMessage(message, 'c0ffee')).toThrow(
      expect.objectContaining({ code: 'log-corrupt', data: { commit: 'c0ffee' } }),
    );
  });

  it('says nothing in its subject or in a paragraph before the last', () => {
    const message = `Coord-Tail: 0\n\n${kept}\nCoord-Previous: ${'7'.repeat(40)}\n\n${usual}`;
    expect(parseMessage(message, 'c')).toEqual({ seq: 1, count: 1, tail: 7, chain });
    expect(continuedBy([], message)).toEqual([]);
  });

  it('is read the same by whoever folds and by whoever verifies', () => {
    const names = ['Coord-Seq', 'Coord-Count', 'Coord-Tail', 'Coord-Chain', 'Coord-Kept', 'x'];
    const piece = fc.oneof(
      fc.constantFrom('\n', '\n\n', '\r', '\u2028', '\u000b', ': ', ':', ' ', subject, usual, kept),
      fc.constantFrom(...names.map((name) => `${name}: 0`)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const message = `s\n\n${pieces.join('')}${usual}`;
        const problems: string[] = [];
        const told = statedBy(message, (reason) => problems.push(reason));
        if (problems.length > 0) return;
        const { seq, count, tail, kept: since } = parseMessage(message, 'c');
        expect([seq, count, tail]).toEqual([told.seq, told.count, told.tail]);
        expect(since === undefined).toBe(told.kept === null);
      }),
    );
  });
});

describe('the hybrid clock', () => {
  const early = '2026-11-20T11:02:03.123Z';
  const late = '2026-11-20T11:02:03.124Z';

  it.each([
    [null, early, `${early}/0000`],
    [`${early}/0005`, late, `${late}/0000`],
    [`${early}/0005`, early, `${early}/0006`],
    [`${late}/0005`, early, `${late}/0006`],
    [`${early}/ffff`, early, `${late}/0000`],
    ['garbage', early, `${early}/0000`],
  ])('after %s at %s reads %s', (last, now, expected) => {
    expect(nextHybridTime(last, now)).toBe(expected);
  });

  it('does not follow a reading that is too far ahead, its own from before a jump included', () => {
    const ahead = (ms: number): string => new Date(Date.parse(early) + ms).toISOString();
    const most = limits.clockAheadSecondsMax * 1000;
    expect(nextHybridTime(`${ahead(most)}/0005`, early)).toBe(`${ahead(most)}/0006`);
    expect(nextHybridTime(`${ahead(most + 1)}/0005`, early)).toBe(`${early}/0000`);
  });

  it('never reads the same or less again while the wall clock jumps back no further than that', () => {
    const first = Date.parse('2026-01-01');
    const time = fc
      .integer({ min: first, max: first + limits.clockAheadSecondsMax * 1000 })
      .map((unixMs) => new Date(unixMs).toISOString());
    fc.assert(
      fc.property(fc.array(time, { minLength: 2, maxLength: 30 }), (times) => {
        let last: string | null = null;
        for (const now of times) {
          const next = nextHybridTime(last, now);
          expect(last === null || next > last).toBe(true);
          const parsed = parseHybridTime(next);
          expect(parsed && formatHybridTime(parsed)).toBe(next);
          last = next;
        }
      }),
    );
  });

  it.each([
    '',
    early,
    `${early}/1`,
    `${early}/FFFF`,
    `2026-13-40T00:00:00.000Z/0000`,
    ` ${early}/0000`,
  ])('does not read %j', (text) => {
    expect(parseHybridTime(text)).toBeUndefined();
  });
});

describe('an id', () => {
  it('is the example of RFC 9562', () => {
    const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
    expect(uuidv7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it('is always one, sorts by time, and holds all its randomness', () => {
    const bytes = fc.uint8Array({ minLength: idRandomBytes, maxLength: idRandomBytes });
    const unixMs = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    fc.assert(
      fc.property(unixMs, unixMs, bytes, (left, right, random) => {
        expect(isId(uuidv7(left, random))).toBe(true);
        expect(uuidv7(left, random) < uuidv7(right, random)).toBe(left < right);
        const other = random.map((byte, index) => (index === 5 ? byte ^ 1 : byte));
        expect(uuidv7(left, other)).not.toBe(uuidv7(left, random));
      }),
    );
  });

  it.each([
    '',
    'x',
    '017f22e2-79b0-4cc3-98c4-dc0c0c07398f',
    '017F22E2-79B0-7CC3-98C4-DC0C0C07398F',
  ])('is not %j', (text) => {
    expect(isId(text)).toBe(false);
  });
});
