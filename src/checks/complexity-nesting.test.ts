// Functions in functions: growth is reported once, where it happened, and never lost.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeComplexity as judge, long, outcomeOf, wantedOf } from '../../test/complex-code.ts';
import type { Case } from '../../test/complex-code.ts';
import { explainedByInner } from './complexity-nesting.ts';
import type { Grown } from './complexity-nesting.ts';
import { analyse } from './typescript.ts';

/** Nested blocks of code: a name with lines of its own and functions inside it. */
interface Nest {
  readonly name: string;
  readonly own: number;
  readonly inner?: readonly Nest[];
}

function nested({ name, own, inner = [] }: Nest): string {
  const lines = Array.from({ length: own - 2 }, (_, index) => `${name}(${index});\n`);
  return `function ${name}() {\n${lines.join('')}${inner.map(nested).join('')}}\n`;
}

function outer(own: number, ...inner: readonly Nest[]): string {
  return nested({ name: 'outer', own, inner });
}

const strict = 'version: 1\nchecks: { complexity: { mode: strict } }\n';

const cases: readonly Case[] = [
  {
    name: 'an outer function that only its inner one made longer',
    base: { 'a.ts': outer(30, { name: 'inner', own: 65 }) },
    head: { 'a.ts': outer(30, { name: 'inner', own: 70 }) },
    conclusion: 'failure',
    found: ['notice function-lines a.ts:1 100/60', 'failure function-lines a.ts:30 70/60'],
  },
  {
    name: 'an outer function that grew by a line of its own too',
    base: { 'a.ts': outer(30, { name: 'inner', own: 65 }) },
    head: { 'a.ts': outer(31, { name: 'inner', own: 70 }) },
    conclusion: 'failure',
    found: ['failure function-lines a.ts:1 101/60', 'failure function-lines a.ts:31 70/60'],
  },
  {
    name: 'an outer function whose inner one grew within its bound',
    base: { 'a.ts': outer(50, { name: 'inner', own: 20 }) },
    head: { 'a.ts': outer(50, { name: 'inner', own: 25 }) },
    conclusion: 'failure',
    found: ['failure function-lines a.ts:1 75/60'],
  },
  {
    name: 'two inner functions that together explain the outer one',
    base: { 'a.ts': outer(9, { name: 'one', own: 65 }, { name: 'two', own: 65 }) },
    head: { 'a.ts': outer(9, { name: 'one', own: 70 }, { name: 'two', own: 68 }) },
    conclusion: 'failure',
    found: [
      'notice function-lines a.ts:1 147/60',
      'failure function-lines a.ts:9 70/60',
      'failure function-lines a.ts:79 68/60',
    ],
  },
  {
    name: 'three levels that the innermost explains',
    base: {
      'a.ts': outer(9, { name: 'middle', own: 9, inner: [{ name: 'inner', own: 65 }] }),
    },
    head: {
      'a.ts': outer(9, { name: 'middle', own: 9, inner: [{ name: 'inner', own: 70 }] }),
    },
    conclusion: 'failure',
    found: [
      'notice function-lines a.ts:1 88/60',
      'notice function-lines a.ts:9 79/60',
      'failure function-lines a.ts:17 70/60',
    ],
  },
  {
    name: 'growth in the middle and inside, which is not counted twice for the outer one',
    base: {
      'a.ts': outer(9, { name: 'middle', own: 9, inner: [{ name: 'inner', own: 65 }] }),
    },
    head: {
      'a.ts': outer(12, { name: 'middle', own: 12, inner: [{ name: 'inner', own: 70 }] }),
    },
    conclusion: 'failure',
    found: [
      'failure function-lines a.ts:1 94/60',
      'failure function-lines a.ts:12 82/60',
      'failure function-lines a.ts:23 70/60',
    ],
  },
  {
    name: 'a new arrow that is nothing but another long arrow',
    head: { 'a.ts': `const f = () => () => {\n${'f();\n'.repeat(70)}};\n` },
    conclusion: 'failure',
    found: ['notice function-lines a.ts:1 72/60', 'failure function-lines a.ts:1 72/60'],
  },
  {
    name: 'functions beside each other, each for itself',
    base: { 'a.ts': nested({ name: 'one', own: 65 }) + nested({ name: 'two', own: 65 }) },
    head: { 'a.ts': nested({ name: 'one', own: 66 }) + nested({ name: 'two', own: 70 }) },
    conclusion: 'failure',
    found: ['failure function-lines a.ts:1 66/60', 'failure function-lines a.ts:67 70/60'],
  },
  {
    name: 'mode strict, where each has to become short',
    base: { 'a.ts': outer(30, { name: 'inner', own: 65 }) },
    head: { 'a.ts': outer(30, { name: 'inner', own: 70 }) },
    parts: { policy: strict },
    conclusion: 'failure',
    found: ['failure function-lines a.ts:1 100/60', 'failure function-lines a.ts:30 70/60'],
  },
  // what taking a body out of a long function leaves behind
  {
    name: 'a long function whose body moves to a new one',
    base: { 'a.ts': long('f', 72, 'step') },
    head: { 'a.ts': `function f() { g() }\n${long('g', 69, 'step')}` },
    conclusion: 'success',
    found: ['notice function-lines a.ts:2 69/60'],
  },
  {
    name: 'a long function whose body moves to a new one and grows there',
    base: { 'a.ts': long('f', 72, 'step') },
    head: { 'a.ts': `function f() { g() }\n${long('g', 75, 'step')}` },
    conclusion: 'failure',
    found: ['failure function-lines a.ts:2 75/60'],
  },
  {
    name: 'a long function whose body moves to two new ones, of which one was not there',
    base: { 'a.ts': long('f', 72, 'step') },
    head: { 'a.ts': `function f() { g() }\n${long('g', 69, 'step')}${long('h', 68, 'step')}` },
    conclusion: 'failure',
    found: ['notice function-lines a.ts:2 69/60', 'failure function-lines a.ts:71 68/60'],
  },
  {
    name: 'a long function that stays while its body is copied',
    base: { 'a.ts': long('f', 72, 'step') },
    head: { 'a.ts': `${long('f', 71, 'step')}${long('g', 69, 'step')}function h() {}` },
    conclusion: 'failure',
    found: ['notice function-lines a.ts:1 71/60', 'failure function-lines a.ts:72 69/60'],
  },
];

describe('functions in functions', () => {
  it.each(cases)('judges $name', async (one) => {
    expect(await outcomeOf(one)).toEqual(wantedOf(one));
  });

  it('names the inner ones that explain it', async () => {
    const { findings } = await judge({
      base: { 'a.ts': outer(30, { name: 'inner', own: 65 }) },
      head: { 'a.ts': outer(30, { name: 'inner', own: 70 }) },
    });
    expect(findings[0]?.message).toBe(
      '`outer` is 100 lines long, 60 are allowed; it was 95 and grew by no more than `outer.inner` inside it, reported separately.',
    );
  });

  it('leaves a failure wherever there was one, inside every function that is explained', () => {
    const around = (inner: fc.Arbitrary<Nest>): fc.Arbitrary<Nest> =>
      fc.record({
        name: fc.constant('f'),
        own: fc.constant(3),
        inner: fc.array(inner, { maxLength: 2 }),
      });
    const nest = around(around(around(fc.constant({ name: 'f', own: 3 }))));
    fc.assert(
      fc.property(
        nest,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 15 }),
        (tree, growths) => {
          const analysis = analyse('a.ts', nested(tree));
          const units = analysis.ok ? analysis.units : [];
          const grown = units.map((unit, index): Grown => ({ unit, growth: growths[index] ?? 1 }));
          const explained = explainedByInner(grown);
          expect(explained.size).toBeLessThan(grown.length);
          const growthOf = new Map(grown.map(({ unit, growth }) => [unit, growth]));
          for (const [unit, inner] of explained) {
            const sum = inner.reduce((total, one) => total + (growthOf.get(one) ?? 0), 0);
            expect(growthOf.get(unit)).toBeLessThanOrEqual(sum);
            for (const one of inner) {
              expect(explained.has(one)).toBe(false);
              expect(one.start > unit.start && one.end < unit.end).toBe(true);
            }
          }
        },
      ),
    );
  });
});
