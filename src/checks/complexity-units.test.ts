import { describe, expect, it } from 'vitest';
import {
  code,
  judgeComplexity as judge,
  long,
  outcomeOf,
  wantedOf,
} from '../../test/complex-code.ts';
import type { Case } from '../../test/complex-code.ts';
import type { Files } from '../../test/tree-changes.ts';

/** A function `f` of complexity 12 that shares no words with those of `code`. */
const rewritten = `export function f(q) {\n${Array.from({ length: 11 }, (_, i) => `  while (q.w${i}()) q.z${i}--;\n`).join('')}}\n`;

const cases: readonly Case[] = [
  { name: 'a new simple function', head: { 'a.ts': code('f', 8) }, conclusion: 'success' },
  {
    name: 'a new function beyond the bound',
    head: { 'a.ts': code('f', 9) },
    conclusion: 'failure',
    found: ['failure complexity a.ts:1 9/8'],
  },
  { name: 'a new function of 60 lines', head: { 'a.js': long('f', 60) }, conclusion: 'success' },
  {
    name: 'a new function of 61 lines',
    head: { 'a.js': long('f', 61) },
    conclusion: 'failure',
    found: ['failure function-lines a.js:1 61/60'],
  },
  {
    name: 'a long function in a test',
    head: { 'src/a.test.ts': long('f', 200) },
    conclusion: 'success',
  },
  {
    name: 'a complex function in a test',
    head: { 'src/a.test.ts': code('f', 9) },
    conclusion: 'failure',
    found: ['failure complexity src/a.test.ts:1 9/8'],
  },
  // the ratchet
  {
    name: 'an old sin beside a change',
    base: { 'a.ts': code('f', 12) },
    head: { 'a.ts': `${code('f', 12)}${code('g', 2)}` },
    conclusion: 'success',
    found: ['notice complexity a.ts:1 12/8'],
  },
  {
    name: 'an old sin whose body changes without getting worse',
    base: { 'a.ts': code('f', 12) },
    head: { 'a.ts': code('f', 12, 'other') },
    conclusion: 'success',
    found: ['notice complexity a.ts:1 12/8'],
  },
  {
    name: 'an old sin that gets better',
    base: { 'a.ts': code('f', 14) },
    head: { 'a.ts': code('f', 12) },
    conclusion: 'success',
    found: ['notice complexity a.ts:1 12/8'],
  },
  {
    name: 'an old sin that gets worse',
    base: { 'a.ts': code('f', 12) },
    head: { 'a.ts': code('f', 13) },
    conclusion: 'failure',
    found: ['failure complexity a.ts:1 13/8'],
  },
  {
    name: 'a function that crosses the bound',
    base: { 'a.ts': code('f', 7) },
    head: { 'a.ts': code('f', 12) },
    conclusion: 'failure',
    found: ['failure complexity a.ts:1 12/8'],
  },
  {
    name: 'an old sin in a file that is renamed',
    base: { 'a.ts': code('f', 12) },
    head: { 'b.ts': code('f', 12) },
    conclusion: 'success',
    found: ['notice complexity b.ts:1 12/8'],
  },
  {
    name: 'an old sin rewritten in a file that is renamed',
    base: { 'a.ts': code('f', 12) },
    head: { 'b.ts': rewritten },
    parts: { renames: { 'b.ts': 'a.ts' } },
    conclusion: 'success',
    found: ['notice complexity b.ts:1 12/8'],
  },
  {
    name: 'an old sin that moves to another file',
    base: { 'a.ts': code('f', 12), 'b.ts': code('g', 2) },
    head: { 'a.ts': '', 'b.ts': `${code('g', 2)}${code('f', 12)}` },
    conclusion: 'success',
    found: ['notice complexity b.ts:4 12/8'],
  },
  {
    name: 'an old sin out of a removed file',
    base: { 'a.ts': `${code('f', 12)}${code('x', 3)}`, 'b.ts': code('g', 2) },
    head: { 'b.ts': `${code('g', 2)}${code('f', 12)}` },
    conclusion: 'success',
    found: ['notice complexity b.ts:4 12/8'],
  },
  {
    name: 'an old sin under a new name',
    base: { 'a.ts': code('f', 12, 'call') },
    head: { 'a.ts': code('better', 12, 'call') },
    conclusion: 'success',
    found: ['notice complexity a.ts:1 12/8'],
  },
  {
    name: 'an old sin renamed and grown',
    base: { 'a.ts': code('f', 12, 'call') },
    head: { 'a.ts': code('better', 13, 'call') },
    conclusion: 'failure',
    found: ['failure complexity a.ts:1 13/8'],
  },
  {
    name: 'an old sin doubled in its file',
    base: { 'a.ts': code('f', 12, 'call') },
    head: { 'a.ts': `${code('f', 12, 'call')}${code('g', 12, 'call')}` },
    conclusion: 'failure',
    found: ['notice complexity a.ts:1 12/8', 'failure complexity a.ts:14 12/8'],
  },
  {
    name: 'an old sin that becomes two files of the same content',
    base: { 'a.ts': `${code('f', 12)}${code('x', 3)}` },
    head: { 'b.ts': code('f', 12), 'c.ts': code('f', 12) },
    conclusion: 'failure',
    found: ['notice complexity b.ts:1 12/8', 'failure complexity c.ts:1 12/8'],
  },
  {
    name: 'an old sin in a copied file, whose first copy is still there',
    base: { 'a.ts': code('f', 12) },
    head: { 'a.ts': code('f', 12), 'b.ts': code('f', 12) },
    parts: { copies: { 'b.ts': 'a.ts' } },
    conclusion: 'failure',
    found: ['failure complexity b.ts:1 12/8'],
  },
  {
    name: 'a long function that moves out of a test, where it was exempt',
    base: { 'test/a.ts': long('f', 80) },
    head: { 'src/a.ts': long('f', 80) },
    conclusion: 'failure',
    found: ['failure function-lines src/a.ts:1 80/60'],
  },
  {
    name: 'a removed old sin',
    base: { 'a.ts': `${code('f', 12)}${code('g', 2)}` },
    head: { 'a.ts': code('g', 2) },
    conclusion: 'success',
  },
];

describe('functions against their bounds and their past', () => {
  it.each(cases)('judges $name', async (one) => {
    expect(await outcomeOf(one)).toEqual(wantedOf(one));
  });

  it.each<[string, Files, Files, string]>([
    [
      'new',
      {},
      { 'a.ts': code('parse', 12) },
      '`parse` has complexity 12, 8 are allowed (it is new). Split it.',
    ],
    [
      'worse',
      { 'a.ts': code('parse', 7) },
      { 'a.ts': code('parse', 12) },
      '`parse` has complexity 12, 8 are allowed (was 7). Split it.',
    ],
    [
      'old',
      { 'a.ts': code('parse', 12) },
      { 'a.ts': `${code('parse', 12)}\n` },
      '`parse` has complexity 12, 8 are allowed; it was so before, so it may stay.',
    ],
    [
      'better',
      { 'a.ts': long('parse', 80) },
      { 'a.ts': long('parse', 70) },
      '`parse` is 70 lines long, 60 are allowed; it was 80, so it may stay.',
    ],
    [
      'strict about old code',
      { 'a.ts': code('parse', 12) },
      { 'a.ts': `${code('parse', 12)}\n` },
      '`parse` has complexity 12, 8 are allowed (was 12). Split it.',
    ],
  ])('tells what was, what is allowed and what to do: %s', async (name, base, head, message) => {
    const mode = name.startsWith('strict') ? 'strict' : 'ratchet';
    const policy = `version: 1\nchecks: { complexity: { mode: ${mode} } }\n`;
    const { findings } = await judge({ base, head, policy });
    expect(findings.map((one) => one.message)).toEqual([message]);
    expect(findings[0]?.endLine).toBeGreaterThan(findings[0]?.line ?? 0);
  });

  it('sums up in the title', async () => {
    const verdict = await judge({
      base: { 'a.ts': code('f', 12) },
      head: { 'a.ts': `${code('f', 12)}${code('g', 9)}`, 'b.ts': long('h', 61), 'c.ts': '}' },
    });
    expect(verdict.title).toBe(
      '3 functions in 2 files measured, 1 too complex, 1 too long, 1 old left, 1 file not analysed.',
    );
    const clean = await judge({ head: { 'a.ts': code('f', 2) } });
    expect(clean.title).toBe('1 function in 1 file measured, none new or worse beyond the bounds.');
  });
});
