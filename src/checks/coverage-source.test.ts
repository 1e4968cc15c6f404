// Where reports come from, and which of them are not believed.
import { describe, expect, it } from 'vitest';
import { writers } from '../../test/coverage-report.ts';
import { judge, lcov, lines, ran, report, rulesOf } from '../../test/coverage-scene.ts';
import type { PullRequestParts } from '../../test/pull-request-builder.ts';
import type { Files } from '../../test/tree-changes.ts';

describe('without a report to go by it never passes', () => {
  const code = { 'src/a.ts': lines(3) };
  const good = lcov({ 'src/a.ts': '+++' });

  it.each<[string, string, PullRequestParts, RegExp]>([
    [
      'none',
      '',
      { head: code },
      /^There is no coverage report at `coverage\/lcov.info`. Add a step/,
    ],
    [
      'one of two',
      "report: ['coverage/*.info', other.xml]",
      { head: { ...code, [report]: good } },
      /no coverage report at `other.xml`/,
    ],
    ['none named', 'report: []', { head: code }, /names no coverage report/],
    ['a link', '', { head: { ...code, [report]: { link: 'x' } } }, /There is no coverage report/],
    ['an empty one', '', { head: { ...code, [report]: '' } }, /cannot be read: this is no report/],
    [
      'one without lines',
      '',
      { head: { ...code, [report]: 'SF:src/a.ts\nend_of_record\n' } },
      /is empty/,
    ],
    [
      'a broken one',
      '',
      { head: { ...code, [report]: 'SF:src/a.ts\nDA:1,-1\n' } },
      /`coverage\/lcov.info` cannot be read: line 2: a count must be/,
    ],
    [
      'one too large',
      '',
      { head: { ...code, [report]: { unreadable: 'too-large', as: 'x' } } },
      /larger than 16777216 bytes/,
    ],
    [
      'one of another project',
      '',
      { head: { ...code, [report]: lcov({ '/x/b.ts': '+' }) } },
      /speaks of no file of this tree, but of `\/x\/b.ts`/,
    ],
    [
      'one of tests only',
      '',
      { head: { 'a.test.ts': 'x', [report]: lcov({ 'a.test.ts': '+' }) } },
      /measure nothing but tests/,
    ],
    [
      'one with lines beyond the end',
      '',
      { head: { ...code, [report]: lcov({ 'src/a.ts': '+++++' }) } },
      /is stale.*beyond the end/,
    ],
    [
      'a tree that is cut',
      '',
      { head: { ...code, [report]: good }, headPaths: null },
      /tree is too large/,
    ],
    ['changes not read', '', { head: { ...code, [report]: good }, problem: 'Cut.' }, /^Cut\.$/],
    [
      'a changed file that cannot be read',
      '',
      { head: { 'src/a.ts': { unreadable: 'too-large', as: 'y' }, [report]: good } },
      /`src\/a.ts` has coverage but cannot be read/,
    ],
    [
      'a changed file that several could be',
      '',
      {
        head: {
          'src/a.ts': 'x\n',
          'lib/a.ts': 'x\n',
          'src/b.ts': 'x\n',
          [report]: lcov({ 'a.ts': '+', 'src/b.ts': '+' }),
        },
      },
      /The coverage of `a.ts` may be that of/,
    ],
  ])('%s', async (_what, coverage, parts, title) => {
    const verdict = await judge(coverage, parts);
    expect(verdict.conclusion).toBe('action_required');
    expect(verdict.title).toMatch(title);
    expect((await judge(`mode: report, ${coverage}`, parts)).conclusion).toBe('neutral');
  });

  const swapped = lines(10).replace('line 4\nline 5', 'line 5\nline 4');
  const old = { 'src/a.ts': lines(10), [report]: lcov({ 'src/a.ts': '  ++++  +' }) };

  it.each<[string, Files, PullRequestParts, string]>([
    [
      'lines put in above measured ones',
      { 'src/a.ts': `new\n${lines(10)}` },
      {},
      'action_required',
    ],
    ['lines put in below them', { 'src/a.ts': `${lines(10)}new\n` }, {}, 'success'],
    ['two lines swapped', { 'src/a.ts': swapped }, {}, 'success'],
    ['a line reworded', { 'src/a.ts': lines(10).replace('line 4', 'changed') }, {}, 'success'],
    [
      'a file moved',
      { 'src/b.ts': lines(10) },
      { renames: { 'src/b.ts': 'src/a.ts' } },
      'action_required',
    ],
  ])('a report that stayed as it was, with %s', async (_what, files, moves, conclusion) => {
    const kept: Files = { [report]: old[report], 'src/z.ts': lines(3) };
    const base = {
      ...old,
      'src/z.ts': lines(3),
      [report]: old[report] + lcov({ 'src/z.ts': '+++' }),
    };
    const head = { ...kept, [report]: base[report], ...files };
    const verdict = await judge('', { base, head, ...moves });
    expect(verdict.conclusion).toBe(conclusion);
    if (conclusion === 'action_required') expect(verdict.title).toContain('is stale');
  });
});

it('a report that is new is not held against the lines of the base', async () => {
  const base = { 'src/a.ts': lines(10), [report]: lcov({ 'src/a.ts': '  +++' }) };
  const text = lcov({ 'src/a.ts': '   +++' });
  const head = { 'src/a.ts': `new\n${lines(10)}`, [report]: text };
  expect((await judge('', { base, head })).conclusion).toBe('success');
  const coverageReports = [{ name: 'here', content: { ok: true, text } as const }];
  const kept = { ...head, [report]: base[report] };
  expect((await judge('', { base, head: kept })).conclusion).toBe('action_required');
  expect((await judge('', { base, head: kept, coverageReports })).conclusion).toBe('success');
});

describe('a ratchet', () => {
  const coverage = 'mode: ratchet, lines: 90';
  const side = (marks: string, number = 10): Files => ({
    'src/a.ts': lines(number),
    [report]: lcov({ 'src/a.ts': marks }),
  });

  it.each<[string, Files, Files, string]>([
    ['stays below the bound', side('+---------'), side('+---------', 11), 'success'],
    ['rises', side('+---------'), side('++--------'), 'success'],
    ['falls', side('++++++++++'), side('+++++++++-'), 'failure'],
    ['falls because covered code went', side('++++++++--'), side('++++++--', 8), 'success'],
    ['begins', { 'src/a.ts': lines(10) }, side('+---------'), 'success'],
    ['replaces a broken report', { [report]: 'DA:1,1' }, side('+---------'), 'success'],
  ])('%s', async (_what, base, head, conclusion) => {
    expect((await judge(coverage, { base, head })).conclusion).toBe(conclusion);
  });

  it('tells what fell, and still holds to the bound of changed lines', async () => {
    const fell = await judge(coverage, { base: side('++++++++++'), head: side('+++++++++-') });
    expect(fell.findings[0]).toMatchObject({ rule: 'coverage-project', limit: 100, value: 90 });
    expect(fell.title).toContain('(100 % at the base)');
    const base = side('----------');
    const head = side(`----------${'-'.repeat(9)}`, 19);
    expect(rulesOf(await judge('mode: ratchet, patch: 50', { base, head }))).toContain(
      'coverage-patch failure',
    );
    const begun = await judge(coverage, { base: {}, head: side('+---------') });
    expect(begun.reasons.join(' ')).toContain('The base has no coverage report');
  });
});

describe('reports', () => {
  it('of several jobs are taken together', async () => {
    const head = {
      'src/a.ts': lines(4),
      'cov/unit.info': lcov({ 'src/a.ts': '+-+ ' }),
      'cov/e2e/cobertura.xml': writers.cobertura({ 'src/a.ts': { lines: ran('-+-+') } }),
    };
    const verdict = await judge("lines: 100, report: ['cov/**']", { head });
    expect(verdict.reasons).toContain('4 of 4 measured lines covered.');
  });

  it('handed over beside the tree stand for those in it', async () => {
    const head = { 'src/a.ts': lines(4), [report]: lcov({ 'src/a.ts': '----' }) };
    const text = writers.istanbul({ '/ci/x/src/a.ts': { lines: ran('++++') } });
    const given = { name: 'here.json', content: { ok: true, text } as const };
    const verdict = await judge('lines: 100', { head, coverageReports: [given] });
    expect(verdict.conclusion).toBe('success');
    const bad = { name: 'here.json', content: { ok: true, text: '{' } as const };
    const refused = await judge('lines: 100', { head, coverageReports: [bad] });
    expect([refused.conclusion, refused.title]).toEqual([
      'action_required',
      expect.stringContaining('`here.json` cannot be read: '),
    ]);
  });

  it('are mapped as the policy says, and what stands nowhere is told', async () => {
    const head = { 'web/a.ts': lines(2), [report]: lcov({ '/gen/a.ts': '++', '/y/b.ts': '-' }) };
    const verdict = await judge('lines: 100, paths: [{ from: /gen/, to: web/ }]', { head });
    expect(verdict.conclusion).toBe('success');
    expect(verdict.reasons).toContain(
      '1 file of the report stand in no place of this tree and do not count: `/y/b.ts`.',
    );
  });
});
