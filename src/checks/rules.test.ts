// The check as a whole: who is exempt, what the modes mean, and what keeps it from passing.
import { describe, expect, it } from 'vitest';
import { pullRequest } from '../../test/pull-request-builder.ts';
import type { PullRequestParts } from '../../test/pull-request-builder.ts';
import {
  allRatchet,
  dropping,
  endless,
  every,
  judgeRules,
  loose,
  outcomeOf,
  policyOf,
  recursive,
  silenced,
  wantedOf,
} from '../../test/rule-breaking-code.ts';
import type { Case } from '../../test/rule-breaking-code.ts';
import type { Files } from '../../test/tree-changes.ts';
import { limits } from '../kernel/limits.ts';
import { complexityCheck } from './complexity.ts';
import type { PullRequest } from './pull-request.ts';
import { rulesCheck } from './rules.ts';

const exempt: readonly Case[] = [
  { name: 'a test', head: { 'a.test.ts': silenced, 'test/b.ts': loose }, conclusion: 'neutral' },
  {
    name: 'a test where tests are held to the rules',
    head: { 'a.test.ts': silenced },
    parts: { policy: policyOf(`${allRatchet}, tests: true`) },
    conclusion: 'failure',
    found: ['failure suppressions a.test.ts:1 1/0'],
  },
  { name: 'no code', head: { 'a.md': silenced, 'b.py': '# type: ignore' }, conclusion: 'neutral' },
  {
    name: 'a generated file by attributes of the base',
    base: { '.gitattributes': 'gen/** linguist-generated\n' },
    head: {
      '.gitattributes': 'gen/** linguist-generated\n',
      'gen/a.ts': silenced,
      'gen/b.ts': '}',
    },
    conclusion: 'success',
  },
  {
    name: 'a generated file by its mark at the base',
    base: { 'a.ts': `// @generated\n${silenced}` },
    head: { 'a.ts': `// @generated\n${silenced}${silenced}${loose}` },
    conclusion: 'success',
  },
  {
    name: 'nothing, where the tree of the base cannot be read',
    base: { '.gitattributes': 'gen/** linguist-generated\n' },
    head: { '.gitattributes': 'gen/** linguist-generated\n', 'gen/a.ts': silenced },
    parts: { headPaths: null },
    conclusion: 'failure',
    found: ['failure suppressions gen/a.ts:1 1/0'],
  },
];

const modes: readonly Case[] = [
  {
    name: 'strict fails for old code',
    base: { 'a.ts': silenced },
    head: { 'a.ts': `${silenced}f();\n` },
    parts: { policy: policyOf('suppressions: strict') },
    conclusion: 'failure',
    found: ['failure suppressions a.ts:1 1/0'],
  },
  {
    name: 'report warns beside a rule that holds',
    head: { 'a.ts': endless },
    parts: { policy: policyOf('unboundedLoop: report') },
    conclusion: 'success',
    found: ['warning unbounded-loop a.ts:1 /'],
  },
  {
    name: 'report alone is neutral',
    head: { 'a.ts': silenced },
    parts: { policy: policyOf('suppressions: report, emptyCatch: report') },
    conclusion: 'neutral',
    found: ['warning suppressions a.ts:1 1/0'],
  },
  {
    name: 'off, each',
    head: { 'a.ts': silenced },
    parts: {
      policy: policyOf('suppressions: off, emptyCatch: off, unboundedLoop: off, recursion: off'),
    },
    conclusion: 'neutral',
  },
  {
    name: 'the defaults',
    head: {
      'a.ts': `${silenced}${dropping('f')}${endless}${loose}a!; eval('a');\n${recursive('g')}`,
    },
    parts: { policy: 'version: 1\n' },
    conclusion: 'failure',
    found: [
      'failure suppressions a.ts:1 1/0',
      'failure empty-catch a.ts:7 /',
      'warning unbounded-loop a.ts:10 /',
      'warning recursion a.ts:14 /',
    ],
  },
  {
    name: 'another bound of parameters',
    head: { 'a.ts': 'function f(a, b) {}\nfunction g(a) {}\n' },
    parts: { policy: policyOf('parameters: ratchet, parametersMax: 1') },
    conclusion: 'failure',
    found: ['failure parameters a.ts:1 2/1'],
  },
];

const unread: readonly Case[] = [
  {
    name: 'a new file that does not parse',
    head: { 'a.ts': 'f();\n}' },
    conclusion: 'failure',
    found: ['failure not-analysed a.ts:2 /'],
  },
  {
    name: 'a file that never parsed',
    base: { 'a.ts': '}' },
    head: { 'a.ts': '}}' },
    conclusion: 'action_required',
    found: ['warning not-analysed a.ts:1 /'],
  },
  ...(['binary', 'too-large', 'missing'] as const).flatMap((unreadable): Case[] => [
    {
      name: `a ${unreadable} file`,
      head: { 'a.ts': { unreadable, as: 'x' } },
      conclusion: 'action_required',
      found: [`warning not-analysed a.ts:0 ${unreadable}/`],
    },
    {
      name: `an old sin whose base is ${unreadable}`,
      base: { 'a.ts': { unreadable, as: 'x' } },
      head: { 'a.ts': silenced },
      conclusion: 'failure',
      found: ['failure suppressions a.ts:1 1/0'],
    },
  ]),
  {
    name: 'an old sin while another base is missing',
    base: { 'a.ts': silenced, 'b.ts': { unreadable: 'missing', as: 'x' } },
    head: { 'a.ts': `${silenced}f();\n`, 'b.ts': 'f();\n' },
    conclusion: 'action_required',
  },
];

describe('rules', () => {
  it.each([...exempt, ...modes, ...unread])('judges $name', async (one) => {
    expect(await outcomeOf(one)).toEqual(wantedOf(one));
  });

  it('reaches every rule it lists, and says in a sentence what to do', async () => {
    const sins = `${silenced}${dropping('f')}${recursive('g')}${endless}${loose}a!; eval('a');\n`;
    const more = 'export function h(a, b, c, d, e, f) {}\n';
    const { findings } = await judgeRules({ head: { 'a.ts': sins + more, 'b.ts': '}' } });
    expect([...new Set(findings.map(({ rule }) => rule))].sort()).toEqual(
      [...rulesCheck.rules].sort(),
    );
    for (const { message } of findings) expect(message).toMatch(/^[`A-Z].*\. [A-Z][^.]*.*\.$/);
  });

  it('says how many there are, how many may stay, and which one is new', async () => {
    const verdict = await judgeRules({
      base: { 'a.ts': silenced },
      head: { 'a.ts': `${silenced}// eslint-disable-line\n` },
    });
    expect(verdict.findings[0]?.message).toBe(
      '`eslint-disable` stands 2 times in this file, 1 more than before: `// eslint-disable-line` at line 3. Take it out and correct what it hides.',
    );
    expect(verdict.title).toBe(
      '1 file looked at, 1 place against the rules (suppressions), 1 old left.',
    );
  });

  it('names the way of a recursion', async () => {
    const { findings } = await judgeRules({
      head: { 'a.ts': 'function f() { g(); }\nfunction g() { f(); }' },
    });
    expect(findings[0]?.message).toContain('`f` calls itself through `g`.');
  });

  it('tells whoever adds a mark of generated files that it does not count', async () => {
    const { reasons } = await judgeRules({
      base: { 'a.ts': 'f();\n' },
      head: { 'a.ts': `// @generated\n${silenced}` },
    });
    expect(reasons.join(' ')).toContain('`a.ts` is marked as generated, and was not at the base');
  });

  it('never passes what is not whole, or too much', async () => {
    const problem = 'More than 3000 files changed. Split the change.';
    expect(await judgeRules({ head: { 'a.ts': 'f();' }, problem })).toMatchObject({
      conclusion: 'action_required',
      title: problem,
    });
    expect((await judgeRules({ policy: 'version: 2\n' })).conclusion).toBe('action_required');
    const many = Array.from({ length: limits.analysedFilesMax + 1 }, (_, i) => [`${i}.ts`, `${i}`]);
    const verdict = await judgeRules({ head: Object.fromEntries(many) as Files });
    expect(verdict.conclusion).toBe('action_required');
  });

  it('reads each blob once, together with the check of complexity, and the base only for what may fail', async () => {
    const asked: string[][] = [];
    const both = async (parts: PullRequestParts): Promise<number[]> => {
      asked.length = 0;
      const facts = pullRequest({ policy: every, ...parts });
      const spy: PullRequest = {
        ...facts,
        blobs: (oids) => {
          asked.push([...oids]);
          return facts.blobs(oids);
        },
      };
      await Promise.all([complexityCheck.judge(spy), rulesCheck.judge(spy)]);
      return asked.map(({ length }) => length);
    };
    const base = { 'a.ts': 'f();\n', 'b.ts': 'g();\n' };
    expect(await both({ base, head: { 'a.ts': 'function h(a) {}\n', 'b.ts': 'k();\n' } })).toEqual([
      2,
    ]);
    expect(await both({ base, head: { 'a.ts': silenced, 'b.ts': 'k();\n' } })).toEqual([2, 2]);
  });
});
