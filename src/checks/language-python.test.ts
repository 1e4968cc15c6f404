// Functions of Python, as radon counts them.
import { describe, expect, test } from 'vitest';
import { counted, placed, unitsOf } from '../../test/measured-code.ts';
import type { Counting } from '../../test/measured-code.ts';

/** The body of a function `f`, indented as it must be. */
function f(...lines: readonly string[]): string {
  return `def f(a, b, c):\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

// What radon 6.0.1 says of the same code.
const counting: readonly Counting[] = [
  ['nothing', f('pass'), ['f 1']],
  ['if, elif, else', f('if a: pass', 'elif b: pass', 'else: pass'), ['f 3']],
  ['a conditional expression', f('return a if b else c'), ['f 2']],
  ['each operator', f('return a and b and c or not d'), ['f 4']],
  ['comparisons are free', f('return a < b < c'), ['f 1']],
  ['loops', f('for i in a: pass', 'while b: pass'), ['f 3']],
  [
    'the else of a loop',
    f('for i in a: pass', 'else: pass', 'while b: pass', 'else: pass'),
    ['f 5'],
  ],
  ['an async loop', 'async def f(a):\n    async for i in a: pass\n', ['f 2']],
  [
    'each except, the else of a try, not its finally',
    f('try: pass', 'except A: pass', 'except B: pass', 'else: pass', 'finally: pass'),
    ['f 4'],
  ],
  ['except* is not known to radon', f('try: pass', 'except* A: pass', 'else: pass'), ['f 1']],
  ['with is free', f('with a as b: pass'), ['f 1']],
  [
    'for and if of comprehensions',
    f(
      'return [i for j in a if b if c for i in j], {i for i in a}, {i: i for i in a}, (i for i in a)',
    ),
    ['f 8'],
  ],
  ['an assertion, without what is in it', f('assert a and b, c or d'), ['f 2']],
  [
    'cases, but for one default',
    f('match a:', '    case 1: pass', '    case [2, *_]: pass', '    case _: pass'),
    ['f 3/2'],
  ],
  [
    'a bare name is a default too',
    f('match a:', '    case 1: pass', '    case (b): pass'),
    ['f 2'],
  ],
  ['None is none', f('match a:', '    case 1: pass', '    case None: pass'), ['f 3/2']],
  ['guards are free', f('match a:', '    case 1 if b: pass', '    case x if c: pass'), ['f 2']],
  ['a tuple is no default', f('match a:', '    case b, c: pass'), ['f 2']],
  ['lambdas count outside', f('return lambda d: d and a'), ['f 2']],
  [
    'defaults and annotations count nowhere',
    'def f(a: b or c = d if e else g) -> h or i: pass',
    ['f 1'],
  ],
  ['decorators count nowhere', f('@d(a or b)', 'def g(): pass'), ['f 1', 'f.g 1']],
  [
    'nested functions count for themselves',
    f('if a:', '    def g():', '        return b or c', '    return g'),
    ['f 2', 'f.g 2'],
  ],
  [
    'classes in functions',
    f('class A(b or c):', '    d = a if b else c', '    def m(self): return a or b'),
    ['f 1', 'f.A.m 2'],
  ],
  ['code of modules and classes is no unit', 'if a and b: pass\nclass A:\n    c = d or e\n', []],
  ['methods', 'class A:\n    class B:\n        async def m(self): pass\n', ['A.B.m 1']],
];

describe('Python, as radon counts', () => {
  test.each(counting)('%s', async (_what, code, units) => {
    expect(await counted('python', code)).toEqual(units);
  });

  test('lines go from `def` to the last line of the body', async () => {
    const code = `import x\n\n@d\n@e\ndef f(\n    a,\n):\n    """Doc."""\n\n    def g():\n        return a\n    return g\n\n\nx = 1\n`;
    expect(await placed('python', code)).toEqual(['f 5-12: 8', 'f.g 10-11: 2']);
  });

  test('places count UTF-16 units, and bodies begin behind the name', async () => {
    const [unit] = await unitsOf('python', "\uFEFFa = '𝒳é'; b = 1\nif a:\n  def f(x): return x\n");
    expect(unit).toMatchObject({ line: 3, column: 3, body: '(x): return x', kind: 'function' });
    expect(unit?.start).toBe("a = '𝒳é'; b = 1\nif a:\n  ".length);
    expect(unit?.end).toBe("a = '𝒳é'; b = 1\nif a:\n  def f(x): return x".length);
  });
});
