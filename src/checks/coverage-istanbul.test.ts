// Istanbul reports, and what is wrong with a bad one.
import { describe, expect, it } from 'vitest';
import { fileOf, problemOf } from '../../test/coverage-scene.ts';

const istanbul = {
  '/srv/ci/demo/src/a.ts': {
    path: '/srv/ci/demo/src/a.ts',
    statementMap: {
      0: { start: { line: 1, column: 0 }, end: { line: 1, column: 9 } },
      1: { start: { line: 1, column: 10 }, end: { line: 3, column: 1 } },
      2: { start: { line: 6, column: 2 }, end: { line: 6, column: null } },
    },
    fnMap: {
      0: {
        name: 'add',
        decl: { start: { line: 1, column: 16 }, end: { line: 1, column: 19 } },
        loc: { start: { line: 1, column: 40 }, end: { line: 3, column: 1 } },
        line: 1,
      },
      1: { name: '(anonymous_1)', line: 6 },
    },
    branchMap: {},
    s: { 0: 3, 1: 0, 2: 0 },
    f: { 0: 3, 1: 0 },
    b: {},
  },
};

describe('Istanbul', () => {
  it('has lines by the statement that ran most, and functions', async () => {
    const { lines, functions } = await fileOf(JSON.stringify(istanbul), '/srv/ci/demo/src/a.ts');
    expect([...lines]).toEqual([
      [1, 3],
      [6, 0],
    ]);
    expect(functions).toEqual([
      { name: 'add', line: 1, endLine: 3, hits: 3 },
      { name: '(anonymous_1)', line: 6, endLine: null, hits: 0 },
    ]);
  });

  const file = (parts: object) =>
    JSON.stringify({ a: { statementMap: {}, s: {}, fnMap: {}, f: {}, ...parts } });
  const start = { start: { line: 1 } };

  it.each([
    [
      'a summary',
      JSON.stringify({ total: { lines: { total: 4, covered: 3, pct: 75 } }, a: {} }),
      'this is a summary, which holds totals and no lines',
    ],
    ['JSON that is cut off', '{\n"a": {\n', 'this is not valid JSON'],
    ['a syntax error in its line', '{\n"a": {}\n"b": {}}\n', 'line 3: this is not valid JSON'],
    ['a list', '[]', 'this JSON is no report of Istanbul'],
    ['another JSON', '{"name": "demo"}', 'the file "name" has no map of coverage'],
    ['no statements', '{"a": {"s": {}}}', 'the file "a" has no map statementMap'],
    ['no count', file({ statementMap: { 0: start } }), 'the count "0" of the file "a"'],
    ['NaN', file({ statementMap: { 0: start }, s: { 0: null } }), 'the count "0" of the file "a"'],
    ['a negative count', file({ statementMap: { 0: start }, s: { 0: -1 } }), 'the count "0"'],
    ['a text', file({ statementMap: { 0: start }, s: { 0: '1' } }), 'the count "0"'],
    ['no line', file({ statementMap: { 0: {} }, s: { 0: 1 } }), 'statement "0" of the file "a"'],
    ['line 1.5', file({ fnMap: { 0: { line: 1.5 } }, f: { 0: 1 } }), 'function "0" of the file'],
    [
      'an inherited count',
      file({ statementMap: { constructor: start } }),
      'the count "constructor"',
    ],
  ])('is refused for %s', async (_what, text, problem) => {
    expect(await problemOf(text)).toContain(problem);
  });

  it('of a hundred thousand levels is refused and breaks nothing', async () => {
    const deep = `{"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`;
    expect(await problemOf(deep)).toContain('has no map');
    expect(await problemOf('['.repeat(100_000))).toContain('not valid JSON');
  });
});
