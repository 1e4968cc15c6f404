import { describe, expect, it } from 'vitest';
import {
  code,
  judgeComplexity as judge,
  long,
  outcomeOf,
  policy,
  switching,
  wantedOf,
} from '../../test/complex-code.ts';
import type { Case } from '../../test/complex-code.ts';
import { pullRequest } from '../../test/pull-request-builder.ts';
import type { PullRequestParts } from '../../test/pull-request-builder.ts';
import { limits } from '../kernel/limits.ts';
import { complexityCheck } from './complexity.ts';
import type { PullRequest } from './pull-request.ts';

const cases: readonly Case[] = [
  // modes, bounds and exemptions
  {
    name: 'mode strict fails an old sin',
    base: { 'a.ts': code('f', 12) },
    head: { 'a.ts': `${code('f', 12)}\n` },
    parts: { policy: `${policy}checks: { complexity: { mode: strict } }\n` },
    conclusion: 'failure',
    found: ['failure complexity a.ts:1 12/8'],
  },
  {
    name: 'mode report never fails',
    head: { 'a.ts': code('f', 12) },
    parts: { policy: `${policy}checks: { complexity: { mode: report } }\n` },
    conclusion: 'neutral',
    found: ['warning complexity a.ts:1 12/8'],
  },
  {
    name: 'mode off',
    head: { 'a.ts': code('f', 12) },
    parts: { policy: `${policy}checks: { complexity: { mode: off } }\n` },
    conclusion: 'neutral',
  },
  {
    name: 'a switch by the classic count',
    head: { 'a.ts': switching },
    conclusion: 'failure',
    found: ['failure complexity a.ts:1 10/8'],
  },
  {
    name: 'a switch by the modified count',
    head: { 'a.ts': switching },
    parts: { policy: `${policy}checks: { complexity: { variant: modified } }\n` },
    conclusion: 'success',
  },
  {
    name: "an agent held to its tier's stricter bound",
    head: { 'a.ts': code('f', 9) },
    parts: { policy: `${policy}checks: { complexity: { max: 20 } }\n` },
    conclusion: 'failure',
    found: ['failure complexity a.ts:1 9/8'],
  },
  {
    name: "a person held to the check's bound only",
    head: { 'a.ts': code('f', 9), 'b.ts': code('g', 21) },
    parts: {
      policy: `${policy}checks: { complexity: { max: 20 } }\n`,
      author: { kind: 'person', name: 'alice' },
    },
    conclusion: 'failure',
    found: ['failure complexity b.ts:1 21/20'],
  },
  {
    name: 'an excluded file',
    head: { 'gen/a.ts': code('f', 12) },
    parts: { policy: `${policy}checks: { complexity: { exclude: ["gen/**"] } }\n` },
    conclusion: 'neutral',
  },
  {
    name: 'an excluded file made a measured one',
    base: { 'gen/a.ts': code('f', 12) },
    head: { 'src/a.ts': code('f', 12) },
    parts: { policy: `${policy}checks: { complexity: { exclude: ["gen/**"] } }\n` },
    conclusion: 'failure',
    found: ['failure complexity src/a.ts:1 12/8'],
  },
  { name: 'no code at all', head: { 'a.md': 'x', 'b.rb': 'x' }, conclusion: 'neutral' },
  { name: 'only removed code', base: { 'a.ts': code('f', 12) }, conclusion: 'neutral' },
  {
    name: 'a symlink that is called like code',
    head: { 'a.ts': { link: 'b' } },
    conclusion: 'neutral',
  },
  {
    name: 'a file that becomes executable',
    base: { 'a.ts': code('f', 12) },
    head: { 'a.ts': { text: code('f', 12), mode: '100755' } },
    conclusion: 'success',
    found: ['notice complexity a.ts:1 12/8'],
  },
  // what cannot be measured never passes
  {
    name: 'a new file that does not parse',
    head: { 'a.ts': 'const a = 1;\nfunction {' },
    conclusion: 'failure',
    found: ['failure not-analysed a.ts:2 0/0'],
  },
  {
    name: 'a file that no longer parses',
    base: { 'a.ts': code('f', 2) },
    head: { 'a.ts': 'function {' },
    conclusion: 'failure',
    found: ['failure not-analysed a.ts:1 0/0'],
  },
  {
    name: 'a file that never parsed',
    base: { 'a.ts': 'function {' },
    head: { 'a.ts': 'function { }' },
    conclusion: 'action_required',
    found: ['warning not-analysed a.ts:1 0/0'],
  },
  {
    name: 'a file that parses again',
    base: { 'a.ts': 'function {' },
    head: { 'a.ts': code('f', 9) },
    conclusion: 'failure',
    found: ['failure complexity a.ts:1 9/8'],
  },
  ...(['binary', 'too-large', 'missing'] as const).flatMap((unreadable): Case[] => [
    {
      name: `a ${unreadable} file`,
      head: { 'a.ts': { unreadable, as: 'x' } },
      conclusion: 'action_required',
      found: [`warning not-analysed a.ts:0 ${unreadable}/0`],
    },
    {
      name: `an old sin whose base is ${unreadable}`,
      base: { 'a.ts': { unreadable, as: 'x' } },
      head: { 'a.ts': code('f', 12) },
      conclusion: 'failure',
      found: ['failure complexity a.ts:1 12/8'],
    },
    {
      name: `harmless code whose base is ${unreadable}`,
      base: { 'a.ts': { unreadable, as: 'x' } },
      head: { 'a.ts': code('f', 2) },
      conclusion: 'success',
    },
  ]),
  {
    name: 'an old sin while another base is missing, from where it may have come',
    base: { 'a.ts': code('f', 12), 'b.ts': { unreadable: 'missing', as: 'x' } },
    head: { 'a.ts': `${code('f', 12)}\n`, 'b.ts': code('g', 2) },
    conclusion: 'action_required',
    found: ['notice complexity a.ts:1 12/8'],
  },
  {
    name: 'an old sin in code that does not parse, beside readable code',
    head: { 'a.ts': code('f', 12), 'b.ts': 'function {' },
    conclusion: 'failure',
    found: ['failure complexity a.ts:1 12/8', 'failure not-analysed b.ts:1 0/0'],
  },
];

describe('complexity', () => {
  it.each(cases)('judges $name', async (one) => {
    expect(await outcomeOf(one)).toEqual(wantedOf(one));
  });

  it('reaches every rule it lists, and lists every rule it reaches', async () => {
    const head = { 'a.ts': code('f', 9), 'b.ts': long('g', 61), 'c.ts': '}' };
    const reached = (await judge({ head })).findings.map(({ rule }) => rule);
    expect([...reached].sort()).toEqual([...complexityCheck.rules].sort());
  });

  it.each([
    ['const a = 1;\nfunction {', 'syntax error at line 2 (`Identifier expected.`). Correct it'],
    ['('.repeat(20_000), 'the parser gave up (`The code is nested too deeply to be parsed.`).'],
  ])('says why a file could not be analysed %#', async (text, why) => {
    const { findings } = await judge({ head: { 'a.ts': text } });
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining(`\`a.ts\` could not be analysed: ${why}`),
    ]);
  });

  it('never passes a list of changes that is not whole', async () => {
    const problem = 'More than 3000 files changed. Split the change.';
    const verdict = await judge({ head: { 'a.ts': code('f', 2) }, problem });
    expect(verdict).toMatchObject({ conclusion: 'action_required', title: problem });
    expect((await judge({ head: { 'a.md': 'x' }, problem })).conclusion).toBe('action_required');
    expect((await judge({ policy: 'version: 2\n' })).conclusion).toBe('action_required');
  });

  it('never passes more files than it measures', async () => {
    const many = limits.analysedFilesMax + 1;
    const head = Object.fromEntries(Array.from({ length: many }, (_, i) => [`${i}.ts`, `${i}`]));
    const verdict = await judge({ head });
    expect(verdict.conclusion).toBe('action_required');
    expect(verdict.title).toContain(`${many} files of code changed, and at most ${many - 1}`);
    expect((await judge({ base: head, head: { 'a.ts': 'x' } })).conclusion).toBe('action_required');
  });

  it('asks for each blob once, and for the base only where something is beyond a bound', async () => {
    const asked: string[][] = [];
    const spy = (parts: PullRequestParts): PullRequest => {
      const facts = pullRequest({ policy, ...parts });
      return {
        ...facts,
        blobs: (oids) => {
          asked.push([...oids]);
          return facts.blobs(oids);
        },
      };
    };
    const base = { 'a.ts': code('f', 2), 'b.ts': code('f', 2) };
    const head = { 'a.ts': code('f', 3), 'b.ts': code('f', 3), 'c.ts': code('f', 3) };
    await complexityCheck.judge(spy({ base, head }));
    expect(asked.map((oids) => oids.length)).toEqual([1]);
    asked.length = 0;
    await complexityCheck.judge(spy({ base, head: { ...head, 'd.ts': code('g', 9) } }));
    expect(asked.map((oids) => oids.length)).toEqual([2, 1]);
    asked.length = 0;
    const same = { 'a.ts': { text: code('g', 9), mode: '100755' } };
    await complexityCheck.judge(spy({ base: { 'a.ts': code('g', 9) }, head: same }));
    expect(asked.map((oids) => oids.length)).toEqual([1]);
  });

  it('tells which old code counts as new because the base could not be measured', async () => {
    const verdict = await judge({
      base: { 'a.ts': { unreadable: 'too-large', as: 'x' } },
      head: { 'a.ts': code('f', 12) },
    });
    expect(verdict.reasons).toContain(
      '`a.ts` cannot be measured at the base, so its functions are new.',
    );
  });
});
