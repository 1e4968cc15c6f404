// Functions of Java: what they count, how long they are, what they are called.
import { describe, expect, test } from 'vitest';
import { counted, placed } from '../../test/measured-code.ts';
import type { Counting } from '../../test/measured-code.ts';

function m(body: string): string {
  return `class A { int m() { ${body} } }`;
}

const counting: readonly Counting[] = [
  ['nothing', m(''), ['A.m 1']],
  ['if and else if', m('if (a) {} else if (b) {} else {}'), ['A.m 3']],
  ['loops', m('for (;;) {} for (int i : a) {} while (b) {} do {} while (c);'), ['A.m 5']],
  ['operators, and those of bits not', m('return a && b || c & d | e;'), ['A.m 3']],
  ['a conditional', m('return a ? b : c ? d : e;'), ['A.m 3']],
  ['each catch', m('try (R r = s()) {} catch (B | C d) {} catch (E e) {} finally {}'), ['A.m 3']],
  ['labels, but for the default', m('switch (a) { case 1: case 2: break; default: }'), ['A.m 3/2']],
  [
    'rules, a list of values as one',
    m('return switch (a) { case 1, 2 -> 3; default -> 4; };'),
    ['A.m 2'],
  ],
  [
    'null with the default',
    m('switch (a) { case 1 -> b(); case null, default -> c(); }'),
    ['A.m 3/2'],
  ],
  [
    'guards',
    m('switch (a) { case String s when s.isEmpty() || b -> c(); default -> {} }'),
    ['A.m 4'],
  ],
  ['lambdas count outside', m('f(x -> x && y); g(() -> { if (z) h(); });'), ['A.m 3']],
  ['an assertion is free', m('assert a : b; synchronized (c) {}'), ['A.m 1']],
  ['constructors', 'class A { A() {} A(int a) { if (a > 0) b(); } }', ['A.A 1', 'A.A 2']],
  [
    'records',
    'record R(int a) { R { if (a < 0) b(); } int c() { return a; } }',
    ['R.R 2', 'R.c 1'],
  ],
  [
    'initialisers',
    'class A { static { if (a) b(); } { c(); } }',
    ['A.static 2', 'A.initializer 1'],
  ],
  ['fields are no units', 'class A { int a = b ? 1 : 2; F f = x -> x && y; }', []],
  ['interfaces', 'interface I { void a(); default int b() { return c ? 1 : 2; } }', ['I.b 2']],
  ['abstract and native methods', 'abstract class A { abstract void a(); native void b(); }', []],
  ['inner classes', 'class A { static class B<T> { <U> void m() {} } }', ['A.B.m 1']],
  [
    'anonymous classes',
    m(
      'return new Comparator<T>() { int x = a ? 1 : 2; public int compare() { return b ? 1 : 2; } };',
    ),
    ['A.m 1', 'A.m.Comparator.compare 2'],
  ],
  [
    'enums',
    'enum E { X { void a() {} }, Y; void b() {} { c(); } }',
    ['E.X.a 1', 'E.b 1', 'E.initializer 1'],
  ],
  ['annotations', '@interface N { int v() default 1; }', []],
];

describe('Java', () => {
  test.each(counting)('%s', async (_what, code, units) => {
    expect(await counted('java', `${code}\n`)).toEqual(units);
  });

  test('lines, annotations included, Javadoc not', async () => {
    const code =
      'class A {\n  /** Doc. */\n  @Override\n  public int m(\n      int a) {\n    return a;\n  }\n}\n';
    expect(await placed('java', code)).toEqual(['A.m 3-7: 5']);
  });
});
