// What moves with a function to another file, and what does not.
import { describe, expect, it } from 'vitest';
import {
  dropping,
  outcomeOf,
  policyOf,
  silenced,
  wantedOf,
} from '../../test/rule-breaking-code.ts';
import type { Case } from '../../test/rule-breaking-code.ts';

const method =
  '  f(a: any, b: B): C {\n    return one(a, two, three, four, b) ?? five(six, seven, eight);\n  }\n';

/** A function whose callback holds a sin; only the whole is still to be recognised when the callback changes. */
function around(callback: string): string {
  return `function f(list: A[], one: B, two: C, three: D, four: E) {\n  list.some((z) => z.y);\n  list.map(${callback});\n  return five(six, seven, eight, one, two, three, four, nine, ten, eleven);\n}\n`;
}

const cases: readonly Case[] = [
  {
    name: 'a method takes what it has to a class that is otherwise another',
    base: { 'a.ts': `class A {\n${method}  g() { return h(i, j, k, l, m); }\n}\n` },
    head: {
      'a.ts': 'class A {\n  g() { return h(i, j, k, l, m); }\n}\n',
      'b.ts': `class Other {\n  n() { o(p); q(r); s(t); u(v); w(x); y(z); }\n  n2() { o2(p2, q2, r2, s2, t2); }\n${method}}\n`,
    },
    conclusion: 'success',
  },
  {
    name: 'what stands in front of a method moves with it',
    base: {
      'a.ts': `class A {\n  // eslint-disable-next-line a\n${method}  g() { return h(i, j, k); }\n}\n`,
    },
    head: {
      'a.ts': 'class A {\n  g() { return h(i, j, k); }\n}\n',
      'b.ts': `class Other {\n  n() { o(p); q(r); s(t); u(v); w(x); y(z); }\n  // eslint-disable-next-line a\n${method}}\n`,
    },
    conclusion: 'success',
  },
  {
    name: 'what is in a callback moves with the whole function',
    base: { 'a.ts': around('(a: any) => u(a)') },
    head: { 'b.ts': around('(x: any, y) => { v(x); return w(y); }') },
    conclusion: 'success',
  },
  {
    name: 'a function that lost one of two makes no room for another',
    base: { 'a.ts': around('(a: any, b: any) => u(a)') },
    head: { 'b.ts': `${around('(a: any, b: B) => u(a)')}let c: any;\n` },
    conclusion: 'failure',
    found: ['failure any-types b.ts:3 2/1'],
  },
  {
    name: 'a strict rule beside one with a ratchet',
    base: { 'a.ts': silenced + dropping('f') },
    head: { 'a.ts': `${silenced}${dropping('f')}g();\n` },
    parts: { policy: policyOf('suppressions: strict, emptyCatch: ratchet') },
    conclusion: 'failure',
    found: ['failure suppressions a.ts:1 1/0'],
  },
];

describe('holders', () => {
  it.each(cases)('$name', async (one) => {
    expect(await outcomeOf(one)).toEqual(wantedOf(one));
  });
});
