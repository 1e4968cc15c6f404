// What a pull request adds fails; what was there before may stay, wherever it moved, and covers nothing new.
import { describe, expect, it } from 'vitest';
import {
  allRatchet,
  dropping,
  endless,
  loose,
  outcomeOf,
  policyOf,
  recursive,
  silenced,
  wantedOf,
} from '../../test/rule-breaking-code.ts';
import type { Case } from '../../test/rule-breaking-code.ts';

const added: readonly Case[] = [
  { name: 'nothing', head: { 'a.ts': 'f();' }, conclusion: 'success' },
  {
    name: 'a suppression in a new file',
    head: { 'a.ts': silenced },
    conclusion: 'failure',
    found: ['failure suppressions a.ts:1 1/0'],
  },
  {
    name: 'one suppression more, told at the new one',
    base: { 'a.ts': `${silenced}f();\n` },
    head: { 'a.ts': `f(); // eslint-disable-line\n${silenced}f();\n` },
    conclusion: 'failure',
    found: ['failure suppressions a.ts:1 2/1'],
  },
  {
    name: 'a suppression of another kind for an old one',
    base: { 'a.ts': silenced },
    head: { 'a.ts': '/* v8 ignore next */\nconsole.log(1);\n' },
    conclusion: 'failure',
    found: ['failure suppressions a.ts:1 1/0'],
  },
  {
    name: 'the same suppression twice',
    base: { 'a.ts': silenced },
    head: { 'a.ts': silenced + silenced },
    conclusion: 'failure',
    found: ['failure suppressions a.ts:3 2/1'],
  },
  {
    name: 'a copy of a file with a suppression',
    base: { 'a.ts': silenced },
    head: { 'a.ts': silenced, 'b.ts': silenced },
    parts: { copies: { 'b.ts': 'a.ts' } },
    conclusion: 'failure',
    found: ['failure suppressions b.ts:1 1/0'],
  },
  {
    name: 'an empty catch in an old function',
    base: { 'a.ts': 'function f() { g(); }\n' },
    head: { 'a.ts': 'function f() {\n  try { g(); } catch {}\n}\n' },
    conclusion: 'failure',
    found: ['failure empty-catch a.ts:2 /'],
  },
  {
    name: 'each of the places of other rules',
    head: { 'a.ts': `${endless}${endless}eval('a');\n` },
    conclusion: 'failure',
    found: [
      'failure unbounded-loop a.ts:1 /',
      'failure unbounded-loop a.ts:2 /',
      'failure eval a.ts:3 /',
    ],
  },
  {
    name: 'recursion where there was none',
    base: { 'a.ts': 'function f(a) { g(a); }\n' },
    head: { 'a.ts': 'function f(a) { f(a); }\n' },
    conclusion: 'failure',
    found: ['failure recursion a.ts:1 /'],
  },
  {
    name: 'types and assertions, told once a file',
    head: { 'a.ts': `${loose}let b: any;\na!.b!.c;\n`, 'b.ts': loose },
    conclusion: 'failure',
    found: [
      'failure any-types a.ts:1 2/0',
      'failure non-null a.ts:3 2/0',
      'failure any-types b.ts:1 1/0',
    ],
  },
  {
    name: 'one parameter too many',
    base: { 'a.ts': 'function f(a, b, c, d, e) {}\n' },
    head: { 'a.ts': 'function f(a, b, c, d, e, g) {}\n' },
    conclusion: 'failure',
    found: ['failure parameters a.ts:1 6/5'],
  },
  {
    name: 'still more parameters',
    base: { 'a.ts': 'function f(a, b, c, d, e, g) {}\n' },
    head: { 'a.ts': 'function f(a, b, c, d, e, g, h) {}\n' },
    conclusion: 'failure',
    found: ['failure parameters a.ts:1 7/5'],
  },
  {
    name: 'an export that had no need of a comment before',
    base: { 'a.ts': 'function f() { g(); }\n' },
    head: { 'a.ts': 'export function f() { g(); }\n' },
    conclusion: 'failure',
    found: ['failure documented-exports a.ts:1 /'],
  },
  {
    name: 'an export whose comment is taken away',
    base: { 'a.ts': '/** Is. */\nexport class A {}\n' },
    head: { 'a.ts': 'export class A {}\n' },
    conclusion: 'failure',
    found: ['failure documented-exports a.ts:1 /'],
  },
];

const kept: readonly Case[] = [
  {
    name: 'every old sin, while something else changes',
    base: { 'a.ts': `${silenced}${dropping('f')}${recursive('g')}${endless}${loose}a!;\n` },
    head: { 'a.ts': `h();\n${silenced}${dropping('f')}${recursive('g')}${endless}${loose}a!;\n` },
    conclusion: 'success',
  },
  {
    name: 'fewer than before',
    base: { 'a.ts': silenced + silenced + loose },
    head: { 'a.ts': silenced },
    conclusion: 'success',
  },
  {
    name: 'a suppression that moves within its file',
    base: { 'a.ts': `${silenced}f();\n` },
    head: { 'a.ts': `f();\n${silenced}` },
    conclusion: 'success',
  },
  {
    name: 'a renamed file',
    base: { 'a.ts': `${silenced}${dropping('f')}${endless}` },
    head: { 'b.ts': `${silenced}${dropping('f')}${endless}g();\n` },
    parts: { renames: { 'b.ts': 'a.ts' } },
    conclusion: 'success',
  },
  {
    name: 'a renamed function',
    base: { 'a.ts': recursive('f') },
    head: { 'a.ts': recursive('g') },
    conclusion: 'success',
  },
  {
    name: 'a file split in two',
    base: { 'a.ts': `${dropping('f')}${recursive('g')}${silenced}interface I { b: any }\n` },
    head: {
      'a.ts': dropping('f'),
      'b.ts': `import './a.ts';\n${recursive('g')}`,
      'c.ts': `${silenced}interface I { b: any }\n`,
    },
    conclusion: 'success',
  },
  {
    name: 'a suppression that moves with the function below it',
    base: { 'a.ts': `f();\n// eslint-disable-next-line a\n${dropping('g')}` },
    head: { 'a.ts': 'f();\n', 'b.ts': `// eslint-disable-next-line a\n${dropping('g')}` },
    conclusion: 'success',
  },
  {
    name: 'an old sin taken out into a function of its own',
    base: { 'a.ts': 'function f() { try { g(); } catch {} h(); }\n' },
    head: { 'a.ts': 'function f() { k(); h(); }\nfunction k() { try { g(); } catch {} }\n' },
    conclusion: 'success',
  },
  {
    name: 'a method that moves to another class',
    base: { 'a.ts': 'class A { f(a: any, one, two) { return three(four, five, six, a); } }\n' },
    head: {
      'a.ts': 'class A {}\n',
      'b.ts': 'class B { f(a: any, one, two) { return three(four, five, six, a); } }\n',
    },
    conclusion: 'success',
  },
  {
    name: 'fewer parameters, though too many',
    base: { 'a.ts': 'function f(a, b, c, d, e, g, h) {}\n' },
    head: { 'a.ts': 'function f(a, b, c, d, e, g) {}\n' },
    conclusion: 'success',
  },
];

const laundered: readonly Case[] = [
  {
    name: 'a sin moved out does not make room for a new one',
    base: { 'a.ts': dropping('f') },
    head: { 'a.ts': 'try { g(); } catch {}\n', 'b.ts': dropping('f') },
    conclusion: 'failure',
    found: ['failure empty-catch a.ts:1 /'],
  },
  {
    name: 'a sin moved in does not make room for a second one',
    base: { 'a.ts': dropping('f') },
    head: { 'b.ts': `${dropping('f')}try { g(); } catch {}\n` },
    parts: { renames: {} },
    conclusion: 'failure',
    found: ['failure empty-catch b.ts:8 /'],
  },
  {
    name: 'a moved function that lost its sin makes no room for another',
    base: { 'a.ts': dropping('f') },
    head: {
      'b.ts': `${dropping('f').replace('catch {}', 'catch { log(); }')}try { g(); } catch {}\n`,
    },
    conclusion: 'failure',
    found: ['failure empty-catch b.ts:8 /'],
  },
  {
    name: 'a function of which there are two now',
    base: { 'a.ts': recursive('f') },
    head: { 'a.ts': recursive('f'), 'b.ts': recursive('f') },
    conclusion: 'failure',
    found: ['failure recursion b.ts:2 /'],
  },
  {
    name: 'a test made a source file',
    base: { 'a.test.ts': silenced },
    head: { 'a.ts': silenced },
    conclusion: 'failure',
    found: ['failure suppressions a.ts:1 1/0'],
  },
  {
    name: 'an excluded file made a judged one',
    base: { 'gen/a.ts': silenced },
    head: { 'a.ts': silenced },
    parts: { policy: policyOf(`${allRatchet}, exclude: ["gen/**"]`) },
    conclusion: 'failure',
    found: ['failure suppressions a.ts:1 1/0'],
  },
  {
    name: 'a mark of a generated file that is new',
    base: { 'a.ts': 'f();\n' },
    head: { 'a.ts': `// @generated\n${silenced}` },
    conclusion: 'failure',
    found: ['failure suppressions a.ts:2 1/0'],
  },
  {
    name: 'a new file with a mark of a generated file',
    head: { 'a.ts': `// @generated\n${silenced}` },
    conclusion: 'failure',
    found: ['failure suppressions a.ts:2 1/0'],
  },
  {
    name: 'attributes that come with the change',
    head: { '.gitattributes': '*.ts linguist-generated\n', 'a.ts': silenced },
    conclusion: 'failure',
    found: ['failure suppressions a.ts:1 1/0'],
  },
  {
    name: 'a written file that moves to where generated ones are',
    base: { '.gitattributes': 'gen/** linguist-generated\n', 'a.ts': 'f();\n' },
    head: { '.gitattributes': 'gen/** linguist-generated\n', 'gen/a.ts': silenced },
    parts: { renames: { 'gen/a.ts': 'a.ts' } },
    conclusion: 'failure',
    found: ['failure suppressions gen/a.ts:1 1/0'],
  },
];

describe('the ratchet of rules', () => {
  it.each(added)('fails for $name', async (one) => {
    expect(await outcomeOf(one)).toEqual(wantedOf(one));
  });

  it.each(kept)('lets stay $name', async (one) => {
    expect(await outcomeOf(one)).toEqual(wantedOf(one));
  });

  it.each(laundered)('is not fooled: $name', async (one) => {
    expect(await outcomeOf(one)).toEqual(wantedOf(one));
  });
});
