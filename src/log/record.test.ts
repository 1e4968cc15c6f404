// Records as lines: known fields in one order, unknown ones carried, broken ones told by commit and line.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../kernel/limits.ts';
import { decodeBatch, encodeBatch, encodeRecord } from './record.ts';
import type { LogRecord } from './record.ts';

const record: LogRecord = {
  ...{ events: [{ type: 'lock.acquired', data: { scope: 'src/**' } }], policy: 'none' },
  ...{ at: '2026-11-20T11:02:04.001Z', seq: 7, auth: { by: 'shell', subject: 'a@b.c' } },
  ...{ input: { scope: ['src/**'] }, cause: 'github:issue_comment:1#0', session: 's-1' },
  ...{ hlc: '2026-11-20T11:02:03.123Z/0001', actor: 'codex', op: 'lock.acquire' },
  ...{ log: 'l', id: 'i', sig: 'AA==', notAfter: '2026-11-21T00:00:00.000Z' },
};

describe('a record', () => {
  it('is one line with its fields in the order of the format', () => {
    expect(encodeRecord(record)).toBe(
      '{"id":"i","log":"l","op":"lock.acquire","actor":"codex","session":"s-1",' +
        '"hlc":"2026-11-20T11:02:03.123Z/0001","notAfter":"2026-11-21T00:00:00.000Z",' +
        '"cause":"github:issue_comment:1#0","input":{"scope":["src/**"]},"sig":"AA==",' +
        '"auth":{"by":"shell","subject":"a@b.c"},"seq":7,"at":"2026-11-20T11:02:04.001Z",' +
        '"policy":"none","events":[{"type":"lock.acquired","data":{"scope":"src/**"}}]}',
    );
  });

  it('keeps fields that this version does not know, behind the others', () => {
    const newer = { zeal: [1, { a: null }], ...record } as LogRecord;
    const text = encodeRecord(newer);
    expect(text).toMatch(/,"zeal":\[1,\{"a":null\}\]\}$/);
    expect(encodeBatch(decodeBatch(`${text}\n`, 'c'))).toBe(`${text}\n`);
  });

  it.each(['constructor', 'toString', '__proto__'])('keeps an unknown field named %s', (key) => {
    const line = `${encodeRecord(record).slice(0, -1)},"${key}":7}`;
    const read = decodeBatch(`${line}\n`, 'c');
    const turned = read.map((each) => Object.fromEntries(Object.entries(each).reverse()));
    expect(read.map(encodeRecord)).toEqual([line]);
    expect((turned as unknown as LogRecord[]).map(encodeRecord)).toEqual([line]);
  });

  it('leaves out what is not there, in whatever order it was made', () => {
    const bare = { ...record, session: undefined, cause: undefined } as unknown as LogRecord;
    expect(encodeRecord(bare)).not.toMatch(/session|cause/);
    expect(Object.keys(JSON.parse(encodeRecord(bare)) as object).slice(0, 5)).toEqual([
      'id',
      'log',
      'op',
      'actor',
      'hlc',
    ]);
  });

  it('comes back as it went, whatever it holds', () => {
    const anything = fc.record({
      input: fc.dictionary(fc.string(), fc.jsonValue()),
      actor: fc.string({ unit: 'binary' }),
      events: fc.array(
        fc.record({ type: fc.string(), data: fc.dictionary(fc.string(), fc.jsonValue()) }),
      ),
    });
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 5 }), (parts) => {
        const records = parts.map((part, index) => ({ ...record, ...part, seq: index + 1 }));
        const batch = encodeBatch(records);
        expect(batch.split('\n')).toHaveLength(records.length + 1);
        expect(encodeBatch(decodeBatch(batch, 'c'))).toBe(batch);
      }),
    );
  });
});

describe('a broken batch', () => {
  const line = encodeRecord(record);
  const without = (key: string): string => {
    const fields = Object.entries(JSON.parse(line) as Record<string, unknown>);
    return JSON.stringify(Object.fromEntries(fields.filter(([name]) => name !== key)));
  };

  it.each([
    ['', 1, 'the last line is cut off'],
    [line, 1, 'the last line is cut off'],
    [`${line}\n\n`, 2, 'it is not JSON'],
    [`${line}\n{"id":\n`, 2, 'it is not JSON'],
    [`${line}\nnull\n`, 2, 'it is not an object'],
    [`${line}\n7\n`, 2, 'it is not an object'],
    ...['id', 'log', 'op', 'actor', 'hlc', 'input', 'auth', 'seq', 'at', 'policy'].map(
      (key): [string, number, string] => [`${without(key)}\n`, 1, `\`${key}\` is missing`],
    ),
    [`${without('events')}\n`, 1, '`events` is not a list of events'],
    [`${line.replace('"data":{', '"date":{')}\n`, 1, '`events` is not a list of events'],
    [`${line.replace('"input":{"scope":["src/**"]}', '"input":null')}\n`, 1, '`input` is missing'],
  ])('%# is told by commit, path and line', (text, at, problem) => {
    expect(() => decodeBatch(text, 'c0ffee')).toThrow(
      expect.objectContaining({
        code: 'log-corrupt',
        message: expect.stringContaining(`c0ffee batch.ndjson line ${at}: ${problem}`) as string,
        data: { where: 'c0ffee', path: 'batch.ndjson', line: at },
      }),
    );
  });

  it('is not read when it exceeds the bound', () => {
    const huge = `${'x'.repeat(limits.batchBytesMax)}\n`;
    expect(() => decodeBatch(huge, 'c')).toThrow(`larger than ${limits.batchBytesMax} bytes`);
  });
});
