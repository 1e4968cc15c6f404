// The coverage check: of the whole, of the changed lines, of functions, and without a good report.
import { describe, expect, it } from 'vitest';
import { writers } from '../../test/coverage-report.ts';
import type { Report } from '../../test/coverage-report.ts';
import { grown, judge, lcov, lines, ran, report, rulesOf } from '../../test/coverage-scene.ts';
import { pullRequest } from '../../test/pull-request-builder.ts';
import type { PullRequestParts } from '../../test/pull-request-builder.ts';
import type { Files } from '../../test/tree-changes.ts';
import { coverageCheck } from './coverage.ts';

/** What is asked for, and which lines ran. */
type Asked = [coverage: string, marks: string];

describe('the whole', () => {
  it.each<[string, Asked, string, string[]]>([
    ['at its bound', ['lines: 90', '+++++++++-'], 'success', []],
    ['below it', ['lines: 90.1', '+++++++++-'], 'failure', ['coverage-project failure']],
    ['at a hundred', ['lines: 100', '++++++++++'], 'success', []],
    ['without a bound', ['patch: 90', '+---------'], 'success', []],
    [
      'below, only reported',
      ['lines: 95, mode: report', '+++++++++-'],
      'neutral',
      ['coverage-project warning'],
    ],
    ['below, turned off', ['lines: 95, mode: off', '+++++++++-'], 'neutral', []],
  ])('%s', async (_what, [coverage, marks], conclusion, rules) => {
    const verdict = await judge(coverage, grown(marks));
    expect([verdict.conclusion, rulesOf(verdict)]).toEqual([conclusion, rules]);
  });

  it('tells its numbers', async () => {
    const verdict = await judge('lines: 95', grown('+++++++++- '));
    expect(verdict.findings[0]).toMatchObject({ path: null, limit: 95, value: 90 });
    expect(verdict.title).toBe(
      '90 % of all lines covered (at least 95 %), too few changed lines to judge.',
    );
    expect(verdict.reasons).toContain('9 of 10 measured lines covered.');
  });

  it('is cut and not rounded up to its bound', async () => {
    const head = {
      'src/a.ts': lines(3000),
      [report]: lcov({ 'src/a.ts': `-${'+'.repeat(2999)}` }),
    };
    const verdict = await judge('lines: 99.97', { base: { 'src/a.ts': lines(3000) }, head });
    expect([verdict.conclusion, verdict.title.slice(0, 7)]).toEqual(['failure', '99.96 %']);
  });

  it('leaves out tests and what the policy excludes', async () => {
    const head = {
      'src/a.ts': 'x\n',
      'src/a.test.ts': 'x\n',
      'gen/b.ts': 'x\n',
      [report]: lcov({ 'src/a.ts': '+', 'src/a.test.ts': '-', 'gen/b.ts': '-' }),
    };
    const without = await judge("lines: 100, exclude: ['gen/**']", { base: head, head });
    expect(without.conclusion).toBe('success');
    expect((await judge('lines: 100', { base: head, head })).conclusion).toBe('failure');
  });
});

describe('the changed lines', () => {
  const old = '----------';

  it.each<[string, Asked, string, string[]]>([
    ['all covered', ['patch: 90', `${old}++++++++++`], 'success', []],
    ['at the bound', ['patch: 90', `${old}+++++++++-`], 'success', ['coverage-line notice']],
    [
      'below',
      ['patch: 90', `${old}+++++--++-`],
      'failure',
      ['coverage-patch failure', 'coverage-line warning', 'coverage-line warning'],
    ],
    ['too few to judge', ['patch: 90', `${old}---- `], 'success', ['coverage-line notice']],
    [
      'few, and judged',
      ['patch: 90, minLines: 4', `${old}----`],
      'failure',
      ['coverage-patch failure', 'coverage-line warning'],
    ],
    ['none that is measured', ['patch: 90, minLines: 0', old], 'success', []],
    ['without a bound', ['lines: 0', `${old}-----`], 'success', ['coverage-line notice']],
  ])('%s', async (_what, [coverage, marks], conclusion, rules) => {
    const verdict = await judge(coverage, grown(marks));
    expect([verdict.conclusion, rulesOf(verdict)]).toEqual([conclusion, rules]);
  });

  it('are named with their places', async () => {
    const verdict = await judge('patch: 90', grown(`${old}+++++--++-`));
    const places = verdict.findings.map(({ path, line, endLine }) => [path, line, endLine]);
    expect(places).toEqual([
      [null, null, null],
      ['src/a.ts', 16, 17],
      ['src/a.ts', 20, 20],
    ]);
    expect(verdict.findings[0]).toMatchObject({ limit: 90, value: 70 });
    expect(verdict.title).toContain('7 of 10 changed lines (at least 90 %)');
  });

  it('that are too few are said not to be judged', async () => {
    const verdict = await judge('patch: 90', grown(`${old}---- `));
    expect(verdict.reasons).toContain(
      '4 measured lines changed, fewer than 5: their share is not judged (checks.coverage.minLines).',
    );
  });

  it('are those of a renamed file too, and all of a copied or new one', async () => {
    const measured = (path: string): Files => ({
      [path]: lines(10) + lines(1, 'more'),
      [report]: lcov({ [path]: `${old}-` }),
    });
    const base = { 'src/a.ts': lines(10) };
    const share = async (parts: PullRequestParts) =>
      (await judge('patch: 90, minLines: 1', parts)).findings[0]?.message.slice(0, 10);
    const renames = { 'src/b.ts': 'src/a.ts' };
    expect(await share({ base, head: measured('src/b.ts'), renames })).toBe('0 of 1 cha');
    const copies = { head: { ...base, ...measured('src/b.ts') }, copies: renames };
    expect(await share({ base, ...copies })).toBe('0 of 11 ch');
    expect(await share({ head: measured('src/a.ts') })).toBe('0 of 11 ch');
  });

  it('of tests do not count', async () => {
    const head = {
      'src/a.ts': 'x\n',
      'test/a.ts': lines(9),
      [report]: lcov({ 'src/a.ts': '+', 'test/a.ts': '---------' }),
    };
    expect((await judge('patch: 100', { head })).findings).toEqual([]);
  });
});

describe('functions that no test calls', () => {
  const text = (functions: Report[string]['functions']) =>
    writers.lcov1({ 'src/a.ts': { lines: ran('+-+-+-+-'), functions: functions ?? [] } });
  const functions = [
    { name: 'kept', line: 1, hits: 0 },
    { name: 'called', line: 3, hits: 1 },
    { name: 'changed', line: 5, hits: 0 },
    { name: 'fresh', line: 7, hits: 0 },
  ];
  const parts: PullRequestParts = {
    base: { 'src/a.ts': '1\n2\n3\n4\n5\nold\n' },
    head: { 'src/a.ts': '1\n2\n3\n4\n5\nnew\n7\n8\n', [report]: text(functions) },
  };

  it('are named where they are new or have changed lines', async () => {
    const verdict = await judge('lines: 10', parts);
    const named = verdict.findings.filter(({ rule }) => rule === 'coverage-function');
    expect(named.map(({ line, message, level }) => [line, message.split('`')[1], level])).toEqual([
      [5, 'changed', 'warning'],
      [7, 'fresh', 'warning'],
    ]);
    expect([verdict.conclusion, verdict.title.includes('2 untested functions')]).toEqual([
      'success',
      true,
    ]);
  });

  it('are changed by their first line alone', async () => {
    const head = { 'src/a.ts': 'f(x) {\nbody\n}\n', 'src/b.ts': 'x\n' };
    const functions = [{ name: 'f', line: 1, hits: 0 }];
    const text = writers.lcov1({ 'src/a.ts': { lines: ran('+-'), functions } });
    const base = { ...head, 'src/a.ts': 'f() {\nbody\n}\n' };
    const verdict = await judge('lines: 1', { base, head: { ...head, [report]: text } });
    expect(rulesOf(verdict)).toEqual(['coverage-function warning']);
  });

  it('fail where the policy requires it, and are not looked for where it says so', async () => {
    expect((await judge('functions: require', parts)).conclusion).toBe('failure');
    const verdict = await judge('functions: off', parts);
    expect([verdict.conclusion, rulesOf(verdict)]).toEqual([
      'success',
      ['coverage-line notice', 'coverage-line notice'],
    ]);
  });
});

describe('changed files that nothing measures', () => {
  const head = {
    'src/a.ts': 'x\n',
    'src/new.tsx': 'x\n',
    'src/types.d.ts': 'x\n',
    'README.md': 'x\n',
    'tool.py': 'x\n',
    'src/new.test.ts': 'x\n',
    [report]: lcov({ 'src/a.ts': '+' }),
  };

  it('are named where others of their language are measured', async () => {
    const verdict = await judge('lines: 1', { head });
    expect(verdict.findings.map(({ rule, path, level }) => [rule, path, level])).toEqual([
      ['coverage-unmeasured', 'src/new.tsx', 'warning'],
    ]);
    expect(verdict.conclusion).toBe('success');
    const shrunk = { ...head, 'src/new.tsx': '' };
    expect((await judge('lines: 1', { base: head, head: shrunk })).findings).toEqual([]);
    expect((await judge('unmeasured: require', { head })).conclusion).toBe('failure');
    expect((await judge('unmeasured: off', { head })).findings).toEqual([]);
  });
});

it('is neutral where the policy asks for nothing, and stops at one that cannot be used', async () => {
  const silent = await coverageCheck.judge(pullRequest({ head: { 'a.ts': 'x' } }));
  expect([silent.conclusion, silent.title]).toEqual([
    'neutral',
    'The policy asks for no test coverage (checks.coverage).',
  ]);
  expect((await judge('lines: 200', {})).conclusion).toBe('action_required');
});

it('reaches all of its rules, and lists them', async () => {
  const functions = [{ name: 'f', line: 1, hits: 0 }];
  const head = {
    'src/a.ts': lines(6),
    'src/b.ts': 'x\n',
    [report]: writers.lcov1({ 'src/a.ts': { lines: ran('------'), functions } }),
  };
  const { findings } = await judge('lines: 90, patch: 90', { head });
  const reached = new Set(findings.map(({ rule }) => rule));
  expect([...reached].sort()).toEqual([...coverageCheck.rules].sort());
});
