import { describe, expect, it } from 'vitest';
import { hintOf, oneOf, pathText, problemText, quoted, shown } from './problem.ts';

describe('how problems are shown', () => {
  it.each([
    [[], ''],
    [['checks', 'complexity', 'max'], 'checks.complexity.max'],
    [['plan', 'phases', 1, 'id'], 'plan.phases[1].id'],
    [['authority', 'operations', 'plan.start', 0], 'authority.operations["plan.start"][0]'],
    [['agents', 'a b'], 'agents["a b"]'],
    [['', 'x'], '[""].x'],
    [[2], '[2]'],
  ])('the path %j is %j', (path, text) => {
    expect(pathText(path)).toBe(text);
  });

  it.each([
    [undefined, 'nothing'],
    [null, 'nothing'],
    [3.5, '3.5'],
    [Number.NaN, 'NaN'],
    [false, 'false'],
    ['a "b"', '"a \\"b\\""'],
    [[1, 2], 'a list of 2'],
    [Object.create(null), 'a map'],
  ])('the value %j is %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  it('long and invisible characters of a text', () => {
    expect(quoted('x'.repeat(41))).toBe(`"${'x'.repeat(40)}…"`);
    expect(quoted('x'.repeat(40))).toBe(`"${'x'.repeat(40)}"`);
    expect(quoted('a\u200bb\u202ec\n')).toBe('"a\\u200bb\\u202ec\\n"');
  });

  it.each([
    [[], 'nothing'],
    [['a'], '"a"'],
    [['a', 'b'], '"a" or "b"'],
    [['a', 'b', 'c'], '"a", "b" or "c"'],
  ])('one of %j', (words, text) => {
    expect(oneOf(words)).toBe(text);
  });

  it('a whole problem on one line', () => {
    const problem = {
      line: 4,
      column: 3,
      path: 'checks.max',
      message: 'Found it.',
      hint: 'Go on.',
    };
    expect(problemText(problem, 'coord.yml')).toBe('coord.yml:4:3: checks.max: Found it. Go on.');
    const bare = { line: 1, column: 1, path: '', message: 'Found it.' };
    expect(problemText(bare, 'coord.yml')).toBe('coord.yml:1:1: Found it.');
  });

  it('a near word before any other hint', () => {
    const suggestion = { word: 'lokcs', among: ['scope', 'locks'] };
    expect(hintOf({ hint: 'List it.', suggestion })).toBe('Did you mean "locks"?');
    expect(hintOf({ hint: 'List it.', suggestion: { word: 'zzz', among: [] } })).toBe('List it.');
    expect(hintOf({})).toBeUndefined();
  });
});
