// The complexity check on files of several languages.
import { describe, expect, it } from 'vitest';
import { code, judgeComplexity as judge, outcomeOf, wantedOf } from '../../test/complex-code.ts';
import type { Case } from '../../test/complex-code.ts';
import { limits } from '../kernel/limits.ts';

/** A Python function of this complexity. */
function python(name: string, complexity: number, word = name): string {
  const branches = Array.from(
    { length: complexity - 1 },
    (_, i) => `    if a > ${i}: ${word}(${i})\n`,
  );
  return `def ${name}(a):\n${branches.join('')}    return a\n`;
}

function goSwitch(cases: number): string {
  const branches = Array.from({ length: cases }, (_, i) => `\tcase ${i}:\n\t\tg(${i})\n`);
  return `package p\n\nfunc (t *T) f(a int) {\n\tswitch a {\n${branches.join('')}\t}\n}\n`;
}

const only = 'version: 1\nchecks: { complexity: { languages: [go] } }\n';
const withC = 'version: 1\nchecks: { complexity: { languages: [typescript, python, c, cpp] } }\n';
const modified = 'version: 1\nchecks: { complexity: { variant: modified } }\n';
const large = `x = 1\n${'#'.repeat(limits.parsedFileBytesMax)}\n`;

const cases: readonly Case[] = [
  {
    name: 'a new function beyond the bound',
    head: { 'a.py': python('f', 9) },
    conclusion: 'failure',
    found: ['failure complexity a.py:1 9/8'],
  },
  {
    name: 'an old one that stays, is worse, or moved to another file under another name',
    base: { 'a.py': python('f', 9) + python('g', 9), 'c.py': python('h', 12, 'step') },
    head: { 'a.py': python('f', 9) + python('g', 10), 'd.py': python('i', 12, 'step') },
    conclusion: 'failure',
    found: [
      'notice complexity a.py:1 9/8',
      'failure complexity a.py:11 10/8',
      'notice complexity d.py:1 12/8',
    ],
  },
  {
    name: 'a long function, and one in a test',
    head: {
      'a.py': python('f', 2).replace('\n', '\n\n'.repeat(60)),
      'tests/a.py': python('f', 2).replace('\n', '\n\n'.repeat(60)),
    },
    conclusion: 'failure',
    found: ['failure function-lines a.py:1 122/60'],
  },
  {
    name: 'a switch by the classic variant',
    head: { 'a.go': goSwitch(9) },
    conclusion: 'failure',
    found: ['failure complexity a.go:3 10/8'],
  },
  {
    name: 'a switch by the modified variant',
    head: { 'a.go': goSwitch(9) },
    parts: { policy: modified },
    conclusion: 'success',
  },
  {
    name: 'a language that the policy leaves out, together with one that it does not',
    head: { 'a.py': python('f', 9), 'a.ts': code('f', 9), 'a.go': goSwitch(9) },
    parts: { policy: only },
    conclusion: 'failure',
    found: ['failure complexity a.go:3 10/8'],
  },
  {
    name: 'syntax errors, new ones and old ones',
    base: { 'a.py': 'def f(:\n' },
    head: { 'a.py': 'def g(:\n', 'b.rs': 'fn (' },
    conclusion: 'failure',
    found: ['warning not-analysed a.py:1 0/0', 'failure not-analysed b.rs:1 0/0'],
  },
  {
    name: 'a file larger than is parsed',
    head: { 'a.py': large, 'a.js': `//${large}` },
    conclusion: 'failure',
    found: ['warning not-analysed a.py:0 too-large/0', 'failure not-analysed a.js:2 0/0'],
  },
];

describe('functions of other languages', () => {
  it.each(cases)('judges $name', async (one) => {
    expect(await outcomeOf(one)).toEqual(wantedOf(one));
  });

  it('are counted by a model that the verdict names', async () => {
    const { reasons } = await judge({
      head: { 'a.py': python('f', 1), 'a.hpp': 'int f() {}\n', 'a.ts': code('f', 1) },
      policy: withC,
    });
    expect(reasons[0]).toBe(
      'At most complexity 8 (classic count: JavaScript and TypeScript (ESLint), Python (radon), C++ (coord-c)) and 60 lines a function; tests may have longer ones. Old code may stay as it was.',
    );
  });

  it('are named with what they stand in', async () => {
    const { findings } = await judge({ head: { 'a.go': goSwitch(9) } });
    expect(findings[0]?.message).toBe(
      '`T.f` has complexity 10, 8 are allowed (it is new). Split it.',
    );
  });

  it('that stand in no file of this change leave nothing to judge', async () => {
    const { conclusion, title } = await judge({ head: { 'a.py': 'x = 1\n' }, policy: only });
    expect({ conclusion, title }).toEqual({
      conclusion: 'neutral',
      title: 'No Go file was changed.',
    });
  });

  it('leave C and C++ out where the policy does not ask for them', async () => {
    const { conclusion } = await judge({ head: { 'a.c': 'FOO_BEGIN\nint f() {\n' } });
    expect(conclusion).toBe('neutral');
  });

  it('say how large a file may be, and that macros are not expanded', async () => {
    const head = { 'a.py': large, 'a.c': 'FOO_BEGIN\nint f() {\n' };
    const { findings } = await judge({ head, policy: withC });
    const messages = findings.map(({ message }) => message);
    expect(messages[0]).toContain(`is larger than ${limits.parsedFileBytesMax} bytes, so`);
    expect(messages[1]).toContain('macros are not expanded');
  });
});
