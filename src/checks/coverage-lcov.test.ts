// LCOV reports of both versions, and what is wrong with a bad one.
import { describe, expect, it } from 'vitest';
import { coverageOf, fileOf, problemOf } from '../../test/coverage-scene.ts';
import { limits } from '../kernel/limits.ts';

const lcov1 = `TN:unit
SF:/srv/ci/demo/src/a.ts
FN:1,add
FN:5,(anonymous_1)
FN:9,constructor
FN:14,constructor
FNF:4
FNDA:3,add
FNDA:0,(anonymous_1)
FNDA:0,constructor
FNDA:2,constructor
DA:1,3
DA:2,3,aGFzaA==
DA:6,0
BRDA:2,0,0,-
LF:3
LH:2
end_of_record
`;

describe('LCOV', () => {
  it('of the first version: lines, and functions of one name told apart by their order', async () => {
    const { lines, functions } = await fileOf(lcov1, '/srv/ci/demo/src/a.ts');
    expect([...lines]).toEqual([
      [1, 3],
      [2, 3],
      [6, 0],
    ]);
    expect(functions).toEqual([
      { name: 'add', line: 1, endLine: null, hits: 3 },
      { name: '(anonymous_1)', line: 5, endLine: null, hits: 0 },
      { name: 'constructor', line: 9, endLine: null, hits: 0 },
      { name: 'constructor', line: 14, endLine: null, hits: 2 },
    ]);
  });

  it('of the second version: `FN:line,end,name` is not a function called "3"', async () => {
    const text =
      '# made by lcov 2\r\nSF:a.c\r\nFN:1,3,add\r\nFNDA:7,add\r\nDA:1,7\r\nend_of_record\r\n';
    const { lines, functions } = await fileOf(text, 'a.c');
    expect(functions).toEqual([{ name: 'add', line: 1, endLine: 3, hits: 7 }]);
    expect([...lines]).toEqual([[1, 7]]);
  });

  it('of version 2.2: leaders with aliases, names with commas', async () => {
    const text =
      'VER:2\nSF:a.cc\nFNL:0,10,12\nFNL:1,20\nFNA:0,4,f<int, char>\nFNA:1,0,g\nDA:11,4\nend_of_record';
    expect((await fileOf(text, 'a.cc')).functions).toEqual([
      { name: 'f<int, char>', line: 10, endLine: 12, hits: 4 },
      { name: 'g', line: 20, endLine: null, hits: 0 },
    ]);
  });

  it('adds up what is told twice, and stays exact at the largest number', async () => {
    const section = (hits: string) => `SF:a\nDA:1,${hits}\nDA:2,0\nend_of_record\n`;
    const text = section('3') + section('18446744073709551615');
    expect([...(await fileOf(text, 'a')).lines]).toEqual([
      [1, Number.MAX_SAFE_INTEGER],
      [2, 0],
    ]);
  });

  it('takes one that ran for all of a name where counts are missing', async () => {
    const text = 'SF:a\nFN:1,x\nFN:2,x\nFNDA:1,x\nDA:1,1\nend_of_record';
    expect((await fileOf(text, 'a')).functions.map(({ hits }) => hits)).toEqual([1, 1]);
  });

  it.each([
    ['a count that is no number', 'SF:a\nDA:1,NaN\nend_of_record', 'line 2: a count must be'],
    ['a negative count', 'SF:a\nDA:1,-4\nend_of_record', 'line 2: a count must be'],
    ['no count', 'SF:a\nDA:1\nend_of_record', 'line 2: a count must be'],
    ['a fraction', 'SF:a\nDA:1,1.5\nend_of_record', 'line 2: a count must be'],
    ['a negative line', 'SF:a\nDA:-1,1\nend_of_record', 'line 2: the number of a line'],
    ['line 0', 'SF:a\nDA:0,1\nend_of_record', 'line 2: the number of a line'],
    ['a line far out', 'SF:a\nDA:99999999999,1\nend_of_record', 'line 2: the number of a line'],
    ['a record before any file', 'TN:\nDA:1,1\n', 'line 2: a record stands outside of any file'],
    ['a function before any file', 'TN:\nFN:1,x\n', 'line 2: a record stands outside'],
    ['a file in a file', 'SF:a\nSF:b\nend_of_record', 'line 2: a file begins before'],
    ['a file without a name', 'SF:\nDA:1,1\nend_of_record', 'line 1: a file has no name'],
    ['a text cut off', 'SF:a\nDA:1,1\n', 'it ends within a record'],
    ['an index nobody has', 'SF:a\nFNA:3,1,x\nend_of_record', 'no function has the index "3"'],
    ['something else', 'SF:a\nhello\nend_of_record', 'line 2: this is no record of LCOV: "hello"'],
    ['a function without a name', 'SF:a\nFN:1\nend_of_record', 'line 2: the number of a line'],
    ['too long a path', `SF:${'a/'.repeat(3000)}\nend_of_record`, 'line 1: a path is longer'],
  ])('is refused for %s', async (_what, text, problem) => {
    expect(await problemOf(text)).toContain(problem);
  });

  it('of a line of 10 MB is refused, quickly', async () => {
    const text = `SF:a\nDA:1,${'1'.repeat(10_000_000)}\nend_of_record\n`;
    expect(await problemOf(text)).toBe(
      `line 2: a line is longer than ${limits.coverageTextCharsMax} characters`,
    );
    expect(await problemOf(`TN:${'x'.repeat(10_000_000)}`)).toContain('line 1: a line is longer');
  });

  it('may name its file like a property of objects', async () => {
    const text = 'SF:__proto__\nDA:1,1\nend_of_record\nSF:constructor\nDA:2,0\nend_of_record\n';
    expect([...(await coverageOf(text)).files.keys()]).toEqual(['__proto__', 'constructor']);
  });
});
