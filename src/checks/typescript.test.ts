// Every trap of counting by ESLint's rules, with the numbers written down; test/eslint-equality.long.test.ts asks ESLint itself.
import { describe, expect, test } from 'vitest';
import { analyse, isAnalysable } from './typescript.ts';
import type { Unit } from './typescript.ts';

function unitsOf(code: string, path = 'file.ts'): readonly Unit[] {
  const analysis = analyse(path, code);
  if (!analysis.ok) throw new Error(`${analysis.line}: ${analysis.error}`);
  return analysis.units;
}

const shortKinds = {
  function: '',
  'class-field-initializer': 'field ',
  'class-static-block': 'block ',
};

/** `kind qualified.name complexity`, sorted, with the modified value behind a slash where it differs. */
function summary(units: readonly Unit[]): string[] {
  return units.map(({ kind, qualifiedName, complexity, modifiedComplexity }) => {
    const modified = modifiedComplexity === complexity ? '' : `/${modifiedComplexity}`;
    return `${shortKinds[kind]}${qualifiedName} ${complexity}${modified}`;
  });
}

const counting: [what: string, code: string, units: string[], path?: string][] = [
  ['a plain function is 1', 'function f() { a(); return !b }', ['f 1']],
  ['if, else if, else', 'function f() { if (a) {} else if (b) {} else {} }', ['f 3']],
  [
    'every loop is one',
    'async function f() { for (;;) {} for (a in b) {} for (a of b) {} for await (a of b) {} while (a) {} do {} while (a) }',
    ['f 7'],
  ],
  ['catch counts, try and finally do not', 'function f() { try {} catch {} finally {} }', ['f 2']],
  ['nested conditionals', 'function f() { return a ? b : c ? d : e }', ['f 3']],
  ['each logical operator', 'function f() { return (a && b && c) || (d ?? e) }', ['f 5']],
  [
    'logical assignment, but no other',
    'function f() { a &&= b; a ||= c; a ??= d; a += e }',
    ['f 4'],
  ],
  [
    'cases with a test, or the switch in the modified variant',
    'function f() { switch (a) { case 1: case 2: break; default: } switch (b) {} }',
    ['f 3'],
  ],
  ['four cases', 'function f() { switch (a) { case 1: case 2: case 3: case 4: } }', ['f 5/2']],
  ['each `?.` token', 'function f() { a?.b?.(); a?.b.c; a?.[b]; (a?.b).c; a!.b }', ['f 6']],
  [
    '`!`, `as`, throw, yield, labels are free',
    'function* f() { x: for (;;) { yield a! as B; break x } }',
    ['f 2'],
  ],
  [
    'type-level conditionals are free',
    'function f(): A extends B ? C : D { return a as E }',
    ['f 1'],
  ],
  [
    'defaults of parameters',
    'function f(a = 1, { b = 2, c: [d = 3] = [] } = {}, ...e) {}',
    ['f 6'],
  ],
  [
    'defaults of declarations',
    'function f() { const { a = 1, b: { c = 2 } = {} } = d; let [e = 3] = g }',
    ['f 5'],
  ],
  [
    'defaults of assignments',
    'function f() { [a = 1, [b = 2] = []] = c; ({ d = 3, e: g = 4, ...h } = i) }',
    ['f 6'],
  ],
  [
    'defaults in loop heads',
    'function f() { for ([a = 1] of b) {} for ({ c = 2 } in d) {} }',
    ['f 5'],
  ],
  [
    'an array of assignments is no pattern',
    'function f() { a = [b = 1]; g([c = 2]); [(d = 3)] }',
    ['f 1'],
  ],
  [
    'a default that is a pattern assignment',
    'function f() { [[a = 1] = [2], b = [c = 3]] = d }',
    ['f 4'],
  ],
  [
    'parameter properties',
    'class A { constructor(private a = 1, readonly b?: C) {} }',
    ['A.constructor 2'],
  ],
  [
    'nested units count for themselves',
    'function f() { if (a) return () => b && c }',
    ['f 2', 'f.return 2'],
  ],
  ['top-level code is no unit', 'if (a && b) c?.d()', []],
  [
    'namespace code is no unit',
    'namespace N { if (a) b(); export function f() { return c || d } }',
    ['N.f 2'],
  ],
  [
    'an arrow in a class field is two units',
    'class A { f = () => a?.b }',
    ['field A.f 1', 'A.f 2'],
  ],
  [
    'a field initialiser is a unit',
    'class A { a = b || c; d; static e = 1; #g = h ?? i }',
    ['field A.a 2', 'field A.e 1', 'field A.#g 2'],
  ],
  ['an `accessor` field is none', 'function f() { class A { accessor x = a && b } }', ['f 2']],
  ['a function in an `accessor` field', 'class A { accessor x = () => a && b }', ['A.x 2']],
  [
    'a static block is a unit',
    'class A { static { if (a) b() } static() {} }',
    ['block A.static 2', 'A.static 1'],
  ],
  [
    'computed keys count outside',
    'function f() { class A { [a || b]() {} [c && d] = 1; get [e?.f]() { return 1 } } }',
    ['f 4', 'f.A.[computed] 1', 'field f.A.[computed] 1', 'f.A.get [e.f] 1'],
  ],
  [
    'decorators count outside',
    'function f() { class A { @d(a || b) m() {} @d(a && b) p = 1 } }',
    ['f 3', 'f.A.m 1', 'field f.A.p 1'],
  ],
  [
    'parameter decorators count inside',
    'class A { constructor(@d(a || b) c: C) {} }',
    ['A.constructor 2'],
  ],
  ['`extends` counts outside', 'function f() { class A extends (a || b) {} }', ['f 2']],
  [
    'enum initialisers count outside',
    'function f() { enum E { A = a || b, B = c ? 1 : 2 } }',
    ['f 3'],
  ],
  [
    'overloads are none',
    'function f(a: A): void; function f(a: B): void; function f(a: C) {}',
    ['f 1'],
  ],
  [
    'method overloads are none',
    'class A { m(a: A): void; m(a: B) {} constructor(); constructor(a?: A) {} }',
    ['A.m 1', 'A.constructor 1'],
  ],
  [
    'abstract members are none',
    'abstract class A { abstract m(): void; abstract get a(): B; abstract c: D }',
    [],
  ],
  ['declarations are none', 'declare function f(): void; declare class A { m(): void }', []],
  [
    'a default in a signature counts outside',
    'function f() { let a: (b: C) => void; type T = (d = 1) => void }',
    ['f 2'],
  ],
  [
    'JSX itself is free',
    'const A = () => <a b={c && d} {...e}>{f ? <g /> : <></>}</a>',
    ['A 3'],
    'a.tsx',
  ],
  ['JSX in JavaScript', 'const A = () => <a>{b && c}</a>', ['A 2'], 'a.js'],
  ['generic arrows', 'const f = <T,>(a: T) => a ?? b', ['f 2'], 'a.mts'],
  ['an unnamed default export', 'export default function () { return a || b }', ['default 2']],
  [
    'a top-level await without an import',
    'await /a/.exec(b); function f() { return a && b }',
    ['f 2'],
    'a.js',
  ],
  [
    'octal numbers and escapes of sloppy code',
    "function f() { return 017 && '\\033' }",
    ['f 2'],
    'a.cjs',
  ],
  ['a hashbang', '#!/usr/bin/env node\nfunction f() { return a || b }', ['f 2'], 'a.js'],
  [
    'a byte order mark before a hashbang',
    '\uFEFF#!/usr/bin/env node\nfunction f() {}',
    ['f 1'],
    'a.js',
  ],
];

describe('complexity', () => {
  test.each(counting)('%s', (_what, code, units, path) => {
    expect(summary(unitsOf(code, path))).toEqual(units);
  });
});

describe('files that cannot be measured', () => {
  test.each([
    ['a.ts', 'a;\n\nfunction (', 3, 'Identifier expected.'],
    ['a.ts', 'let a = <b></b>', 1, 'Type expected.'],
    ['a.mjs', 'export default 017', 1, "Octal literals are not allowed. Use the syntax '0o17'."],
    ['a.ts', '<<<<<<< HEAD\n', 1, 'Merge conflict marker encountered.'],
  ])('%s %#', (path, code, line, error) => {
    expect(analyse(path, code)).toEqual({ ok: false, error, line });
  });

  test('deeper than the parser goes is no error of syntax', () => {
    const analysis = analyse('a.ts', '('.repeat(20_000));
    const error = 'The code is nested too deeply to be parsed.';
    expect(analysis).toEqual({ ok: false, error, line: 1, isBeyondParser: true });
  });

  test('an analysis after a failed one is not disturbed', () => {
    analyse('a.ts', 'function f() { if (');
    expect(summary(unitsOf('function f() { if (a) b() }'))).toEqual(['f 2']);
  });
});

test('long chains and lists cost neither the stack nor quadratic time', () => {
  const links = 20_000;
  const chain = `function f() { return a${'?.b(() => 1)'.repeat(links)} }`;
  expect(unitsOf(chain)[0]?.complexity).toBe(links + 1);
  const sum = `function f() { return ${Array.from({ length: links }, () => 'a').join(' && ')} }`;
  expect(unitsOf(sum)[0]?.complexity).toBe(links);
});

test.each([
  ['a.ts', true],
  ['dir.d/a.d.mts', true],
  ['a.CTS', true],
  ['a.tsx', true],
  ['a.js', true],
  ['a.jsx', true],
  ['a.mjs', true],
  ['a.cjs', true],
  ['a.mjsx', false],
  ['a.json', false],
  ['a.ts.snap', false],
  ['ats', false],
])('%s is analysable: %s', (path, expected) => {
  expect(isAnalysable(path)).toBe(expected);
});
