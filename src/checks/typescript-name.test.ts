// Names are what the ratchet recognises functions by, and what people read in a verdict.
import { describe, expect, test } from 'vitest';
import { analyse } from './typescript.ts';
import type { Unit } from './typescript.ts';

function unitsOf(code: string, path = 'file.ts'): readonly Unit[] {
  const analysis = analyse(path, code);
  if (!analysis.ok) throw new Error(`${analysis.line}: ${analysis.error}`);
  return analysis.units;
}

const naming: [code: string, names: string[], path?: string][] = [
  ['const f = () => 1', ['f']],
  ['const f = (function g() {})', ['g']],
  ['let f; f = () => 1; a.b.f = () => 1; a[b] = () => 1; f ??= () => 1', ['f', 'a.b.f', 'a', 'f']],
  [
    'const o = { a() {}, b: () => 1, "c d": () => 1, get e() { return 1 }, set e(v) {} }',
    ['a', 'b', 'c d', 'get e', 'set e'],
  ],
  [
    'const o = { [Symbol.iterator]() {}, ["x"]: () => 1, [a + b]: () => 1, 1() {} }',
    ['[Symbol.iterator]', '[x]', '[computed]', '1'],
  ],
  ['class A { #p() {} static s() {} constructor() {} }', ['A.#p', 'A.s', 'A.constructor']],
  ['const A = class { m() {} }; export default class { n() {} }', ['A.m', 'default.n']],
  ['namespace A.B { function f() {} } declare module "m" { function g(): void }', ['A.B.f']],
  [
    'it("does", () => 1); a.b.map(x, async () => 1); new P((r) => 1)',
    ['arg1:it', 'arg1:a.b.map', 'arg0:P'],
  ],
  ['f().then(() => 1).catch(() => 2)', ['arg0:then', 'arg0:catch']],
  ['it.each([1])("x", () => 1)', ['arg1:it.each']],
  ['(() => 1)(); (function () {})()', ['iife', 'iife']],
  ['function f(a = () => 1) { return () => 2 }', ['f', 'f.a', 'f.return']],
  ['const { a = () => 1 } = b; [() => 1]; x = y ? () => 1 : () => 2', ['a', 'element', 'x', 'x']],
  ['export default () => 1', ['default']],
  ['const a = (() => 1) as any, b = c || (() => 1)', ['a', 'b']],
  ['const a = <b c={() => 1}>{() => 2}</b>', ['c', 'anonymous'], 'a.tsx'],
  [
    'function f() { class A { m() { return [].map((x) => x) } } }',
    ['f', 'f.A.m', 'f.A.m.arg0:map'],
  ],
];

describe('names', () => {
  test.each(naming)('%s', (code, names, path) => {
    expect(unitsOf(code, path).map((unit) => unit.qualifiedName)).toEqual(names);
  });

  test('a name and a path of names stay within their bounds, the innermost name whole', () => {
    const long = 'n'.repeat(1000);
    expect(unitsOf(`function ${long}() {}`)[0]?.name).toBe(`${'n'.repeat(119)}…`);
    const depth = 20;
    const nested =
      `function ${'n'.repeat(100)}() {`.repeat(depth) + 'function last() {}' + '}'.repeat(depth);
    const last = unitsOf(nested).at(-1);
    expect(last?.qualifiedName).toHaveLength(480);
    expect(last?.qualifiedName.endsWith('.last')).toBe(true);
  });
});
