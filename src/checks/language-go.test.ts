// Functions of Go, as gocyclo counts them.
import { describe, expect, test } from 'vitest';
import { counted, placed, unitsOf } from '../../test/measured-code.ts';
import type { Counting } from '../../test/measured-code.ts';

function f(body: string): string {
  return `func f() { ${body} }`;
}

// By the rules of gocyclo.
const counting: readonly Counting[] = [
  ['nothing', f(''), ['f 1']],
  ['if and else if', f('if a {} else if b := c(); b {} else {}'), ['f 3']],
  ['every kind of for', f('for {}; for a {}; for i := 0; i < n; i++ {}; for range a {}'), ['f 5']],
  ['operators, and those of bits not', f('_ = a && b || c & d | e'), ['f 3']],
  ['cases, but for the default', f('switch a { case 1, 2: case 3: default: }'), ['f 3/2']],
  ['a switch without a value', f('switch { case a && b: }'), ['f 3']],
  [
    'a switch on types',
    f('switch x := y.(type) { case int, string: case T: default: }'),
    ['f 3/2'],
  ],
  ['a select', f('select { case <-a: case b <- c: default: }'), ['f 3/2']],
  [
    'literals count outside',
    f('go func() { if a {} }(); g := func() bool { return b && c }'),
    ['f 3'],
  ],
  [
    'methods by their receiver',
    'func (t T) m() {}\nfunc (t *T[K, V]) n() {}\nfunc (U) o() {}',
    ['T.m 1', 'T.n 1', 'U.o 1'],
  ],
  ['functions written in assembly', 'func f(a int) int', ['f 1']],
  ['generic ones', 'func f[T any](a T) { if b {} }', ['f 2']],
  [
    'literals of package variables',
    'var a, b = 1, func() { if c {} }\nvar (\n d = func() {}\n)\nfunc f() { var g = func() {} }',
    ['b 2', 'd 1', 'f 1'],
  ],
  ['code of the package is no unit', 'var a = b && c', []],
];

describe('Go, as gocyclo counts', () => {
  test.each(counting)('%s', async (_what, code, units) => {
    expect(await counted('go', `package p\n${code}\n`)).toEqual(units);
  });

  test('lines, without the comment above', async () => {
    const code = 'package p\n\n// f does.\nfunc f(\n\ta int,\n) {\n\n\treturn\n}\n';
    expect(await placed('go', code)).toEqual(['f 4-9: 6']);
  });

  test('bodies begin behind the name', async () => {
    const [unit] = await unitsOf('go', 'package p\nfunc (t T) m(a int) { b() }\n');
    expect(unit?.body).toBe('(a int) { b() }');
  });
});
