// Functions of C and C++: what they count, how long they are, what they are called.
import { describe, expect, test } from 'vitest';
import { counted, placed, unitsOf } from '../../test/measured-code.ts';
import type { Counting } from '../../test/measured-code.ts';

function f(body: string): string {
  return `int f(int a) { ${body} }`;
}

const both: readonly Counting[] = [
  ['nothing', f(''), ['f 1']],
  ['if and else if', f('if (a) {} else if (b) {} else {}'), ['f 3']],
  ['loops', f('for (;;) {} while (b) {} do {} while (c);'), ['f 4']],
  ['operators, and those of bits not', f('return a && b || c & d | e;'), ['f 3']],
  ['a conditional', f('return a ? b : c;'), ['f 2']],
  ['cases, but for the default', f('switch (a) { case 1: case 2: break; default: ; }'), ['f 3/2']],
  ['goto is free', f('goto e; e: return 0;'), ['f 1']],
  [
    'declarators around names',
    'int *f(void) {}\nint (*g(int a))(int) {}\nstatic inline struct s h(void) {}',
    ['f 1', 'g 1', 'h 1'],
  ],
  ['declarations are none', 'int f(int);\nint a = b && c;\n#define F(x) ((x) && y)', []],
  [
    'both sides of a condition of the preprocessor',
    f('\n#ifdef X\n  if (a) {}\n#else\n  if (b) {}\n#endif\n'),
    ['f 3'],
  ],
  ['a macro that reads like a function', f('each(x, y) { if (z) w(); }'), ['f 2']],
];

const cpp: readonly Counting[] = [
  [
    'range loops and conditions at compile time',
    f('for (auto& x : y) {} if constexpr (z) {}'),
    ['f 3'],
  ],
  ['the words and, or', f('return a and b or c;'), ['f 3']],
  ['references are no operators', 'void f(T&& a) { auto&& b = c; }', ['f 1']],
  ['each catch', f('try {} catch (A& e) {} catch (...) {}'), ['f 3']],
  ['lambdas count outside', f('auto l = [&](int x) { return x && b; }; return l(1);'), ['f 2']],
  [
    'members',
    'class A { A() : b(c && d) {} ~A() {} A(A&&) = default; int m() const { return e ? 1 : 2; } int n(); };',
    ['A.A 2', 'A.~A 1', 'A.m 2'],
  ],
  [
    'operators',
    'struct A { operator bool() const { return a; } bool operator==(A b) { return c || d; } };\nA::operator int() { return 1; }',
    ['A.operator bool 1', 'A.operator== 2', 'A.operator int 1'],
  ],
  [
    'members outside',
    'int C<int>::D::q() { if (a) {} }\nC::C() try : x(1) {} catch (...) {}',
    ['C<int>.D.q 2', 'C.C 2'],
  ],
  [
    'namespaces',
    'namespace a::b { namespace { void f() {} } }\nextern "C" { void g() {} }',
    ['a.b.f 1', 'g 1'],
  ],
  [
    'templates',
    'template <class T> T f(T a) { return a; }\ntemplate <> int f<int>(int a) { return a; }',
    ['f 1', 'f<int> 1'],
  ],
  ['local classes', f('struct L { int m() { return a && b; } }; if (c) {}'), ['f 2', 'f.L.m 2']],
  [
    'what is decided when it is compiled',
    'void f() noexcept(a && b) { static_assert(c || d); }',
    ['f 1'],
  ],
];

describe.each(['c', 'cpp'] as const)('%s', (language) => {
  test.each(both)('%s', async (_what, code, units) => {
    expect(await counted(language, `${code}\n`)).toEqual(units);
  });
});

describe('C++', () => {
  test.each(cpp)('%s', async (_what, code, units) => {
    expect(await counted('cpp', `${code}\n`)).toEqual(units);
  });

  test('lines, the type included, comment and template not', async () => {
    const code = '// Doc.\ntemplate <class T>\nstatic int\nf(T a)\n{\n  return a;\n}\n';
    expect(await placed('cpp', code)).toEqual(['f 3-7: 5']);
  });

  test('bodies begin behind the name', async () => {
    const units = await unitsOf(
      'cpp',
      'int A::f(int a) { b(); }\nA::operator bool() const { c(); }\n',
    );
    expect(units.map(({ body }) => body)).toEqual(['(int a) { b(); }', '() const { c(); }']);
  });
});
