// Functions of Rust: what they count, how long they are, what they are called.
import { describe, expect, test } from 'vitest';
import { counted, placed } from '../../test/measured-code.ts';
import type { Counting } from '../../test/measured-code.ts';

function f(body: string): string {
  return `fn f() { ${body} }`;
}

const counting: readonly Counting[] = [
  ['nothing', f(''), ['f 1']],
  ['if and else if', f('if a {} else if let Some(b) = c {} else {}'), ['f 3']],
  ['loops', f('loop {} while a {} while let Some(b) = c {} for d in e {}'), ['f 5']],
  [
    'operators, and those of bits and references not',
    f('let x = a && b || c & d | e; let y = &&z;'),
    ['f 3'],
  ],
  ['chains of let', f('if let Some(a) = b && c && let Some(d) = e {}'), ['f 4']],
  [
    'arms, but for the wildcard',
    f('match a { 1 | 2 => {} A::B(_) => {} c => {} _ => {} }'),
    ['f 4/2'],
  ],
  ['guards', f('match a { 1 if b && c => {} _ if d => {} _ => {} }'), ['f 6/5']],
  ['let else', f('let Some(a) = b else { return };'), ['f 2']],
  ['the question mark', f('let a = b()?.c()?;'), ['f 3']],
  ['closures count outside', f('let g = |a| a && b; c(move || { if d {} })'), ['f 3']],
  [
    'what macros are given is not looked into',
    f('assert!(a && b); println!("{}", if c { 1 } else { 2 })'),
    ['f 1'],
  ],
  ['unsafe and async blocks are free', f('unsafe { a }; async move { b.await };'), ['f 1']],
  ['nested functions count for themselves', f('if a {} fn g() { if b {} }'), ['f 2', 'f.g 2']],
  ['modules', 'mod a { mod b { pub async fn c() {} } }', ['a.b.c 1']],
  ['impls', 'impl<T: B> A<T> { const fn new() {} }', ['A.new 1']],
  [
    'impls of traits',
    'impl fmt::Display for A<T> { fn fmt() {} }\nimpl From<B> for A<T> { fn from() {} }',
    ['<A as fmt::Display>.fmt 1', '<A as From>.from 1'],
  ],
  ['traits', 'trait A { fn a(); fn b() { if c {} } }', ['A.b 2']],
  ['code of constants is no unit', 'const A: bool = b && c; static F: fn() = || { d };', []],
];

describe('Rust', () => {
  test.each(counting)('%s', async (_what, code, units) => {
    expect(await counted('rust', `${code}\n`)).toEqual(units);
  });

  test('lines, without attributes and doc comments', async () => {
    const code = '/// Doc.\n#[inline]\npub fn f(\n    a: u8,\n) -> u8 {\n    a\n}\n';
    expect(await placed('rust', code)).toEqual(['f 3-7: 5']);
  });
});
