// Where units are: ranges, report places and lines as ESLint has them, and the body the ratchet compares.
import { describe, expect, test } from 'vitest';
import { analyse } from './typescript.ts';
import type { Unit } from './typescript.ts';

function unitsOf(code: string, path = 'file.ts'): readonly Unit[] {
  const analysis = analyse(path, code);
  if (!analysis.ok) throw new Error(`${analysis.line}: ${analysis.error}`);
  return analysis.units;
}

/** What a unit's range covers, where it is reported, and its lines. */
function places(code: string, path = 'file.ts'): [string, string, number | null][] {
  const plain = code.replace(/^\uFEFF/, '');
  return unitsOf(code, path).map((unit) => [
    plain.slice(unit.start, unit.end),
    `${unit.line}:${unit.column}`,
    unit.lines,
  ]);
}

describe('places', () => {
  test('a method ranges from its parameters, is reported at its first decorator, and counts its decorator lines', () => {
    const code = 'class A {\n  /** doc */\n  @a()\n  @b\n  static async m<T>(\n  ) {\n  }\n}';
    expect(places(code)).toEqual([['<T>(\n  ) {\n  }', '3:3', 5]]);
  });

  test('an export is neither in the range nor in the lines', () => {
    expect(places('export\nfunction f() {\n}')).toEqual([['function f() {\n}', '2:1', 2]]);
    expect(places('export /* a */ default // b\n async function () {}')).toEqual([
      ['async function () {}', '2:2', 1],
    ]);
  });

  test('an arrow is reported at its arrow, in a field or property at the member', () => {
    expect(places('let f = (\n) =>\n  1')).toEqual([['(\n) =>\n  1', '2:3', 3]]);
    expect(places('x = {\n  a:\n () => 1 }')).toEqual([['() => 1', '2:3', 1]]);
    expect(places('class A {\n  static a =\n () => 1 }')).toEqual([
      ['() => 1', '3:2', null],
      ['() => 1', '2:3', 1],
    ]);
    expect(places('class A { accessor a = () => 1 }')).toEqual([['() => 1', '1:27', 1]]);
  });

  test('parentheses around a field initialiser are outside', () => {
    expect(places('class A { a = ((b || c)) }')).toEqual([['b || c', '1:17', null]]);
  });

  test('a static block', () => {
    expect(places('class A { static {\n} }')).toEqual([['static {\n}', '1:11', null]]);
  });

  test.each([
    ['CRLF', 'function f() {\r\n}\r\nfunction g() {}', ['1:1', '3:1']],
    ['CR', 'function f() {\r}\rfunction g() {}', ['1:1', '3:1']],
    ['U+2028 and U+2029', 'function f() {\u2028}\u2029function g() {}', ['1:1', '3:1']],
    ['no line break: VT, FF, NEL', '\v\ffunction f() {\u0085}\nfunction g() {}', ['1:3', '2:1']],
    ['a byte order mark', '\uFEFFfunction f() {}\nfunction g() {}', ['1:1', '2:1']],
    ['columns in UTF-16 units', '"😀"; function f() {}', ['1:7']],
    ['a tab is one column', '\tfunction f() {}', ['1:2']],
  ])('lines: %s', (_what, code, expected) => {
    expect(places(code).map(([, place]) => place)).toEqual(expected);
  });

  test('offsets count from behind a byte order mark', () => {
    expect(unitsOf('\uFEFFfunction f() {}')).toMatchObject([{ start: 0, end: 15, endLine: 1 }]);
  });

  test('units come in source order, an outer one before its inner ones', () => {
    const starts = unitsOf(
      'f(() => g(() => 1), function () {}); function h() { return () => 1 }',
    ).map(({ start }) => start);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(starts).toHaveLength(5);
  });
});

describe('bodies', () => {
  test('leave out the own name, so that a renamed function keeps its body', () => {
    const bodies = unitsOf('function f<T>(a) { b() }; class A { async g<T>(a) { b() } }').map(
      ({ body }) => body,
    );
    expect(bodies).toEqual(['<T>(a) { b() }', '<T>(a) { b() }']);
  });

  test('are cut from the text as it was, not as it was patched to parse', () => {
    expect(unitsOf('function f() { return 017 }', 'a.cjs')[0]?.body).toBe('() { return 017 }');
  });
});
