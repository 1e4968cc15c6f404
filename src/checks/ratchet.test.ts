// The ratchet on code as people change it: edited, reformatted, renamed, moved, copied, split.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeUnit, matchUnits } from './ratchet.ts';
import type { Match } from './ratchet.ts';
import { analyse } from './typescript.ts';
import type { FileUnits, Unit } from './unit.ts';

type Files = Readonly<Record<string, string>>;

function unitsOf(files: Files): FileUnits[] {
  return Object.entries(files).map(([path, code]) => {
    const analysis = analyse(path, code);
    if (!analysis.ok) throw new Error(`${path}:${analysis.line}: ${analysis.error}`);
    return { path, units: analysis.units };
  });
}

function describeMatch(match: Match | undefined): string {
  return match === undefined ? 'new' : `${match.by} ${match.path} ${match.unit.qualifiedName}`;
}

/** For each head unit `path name`, what it was matched with. */
function matched(base: Files, head: Files, renames: Files = {}): Record<string, string> {
  const heads = unitsOf(head);
  const matches = matchUnits(unitsOf(base), heads, new Map(Object.entries(renames)));
  const lines = heads.flatMap(({ path, units }) =>
    units.map((unit): [string, string] => [
      `${path} ${unit.qualifiedName} ${unit.line}`,
      describeMatch(matches.get(unit)),
    ]),
  );
  return Object.fromEntries(lines);
}

/** A function with ten distinct words, of which `changed` are others than usual. */
function wordy(name: string, changed = 0): string {
  const words = Array.from({ length: 10 }, (_, index) =>
    index < changed ? `other${index}` : `word${index}`,
  );
  return `function ${name}() { ${words.join('; ')} }`;
}

const cases: [
  what: string,
  base: Files,
  head: Files,
  expected: Record<string, string>,
  renames?: Files,
][] = [
  [
    'untouched and shifted by lines',
    { 'a.ts': 'function f() { a && b }' },
    { 'a.ts': '\n\nfunction f() { a && b }' },
    { 'a.ts f 3': 'identical a.ts f' },
  ],
  [
    'reformatted',
    { 'a.ts': 'function f(a, b) { return a&&b }' },
    { 'a.ts': 'function f(\n  a,\n  b\n) {\n  return a && b\n}' },
    { 'a.ts f 1': 'identical a.ts f' },
  ],
  [
    'edited',
    { 'a.ts': 'function f() { a && b }' },
    { 'a.ts': 'function f() { a || c }' },
    { 'a.ts f 1': 'name a.ts f' },
  ],
  [
    'edited in a renamed file',
    { 'a.ts': 'function f() { a && b }' },
    { 'b.ts': 'function f() { a || c }' },
    { 'b.ts f 1': 'name a.ts f' },
    { 'b.ts': 'a.ts' },
  ],
  [
    'edited and moved without a rename of the file: nothing to recognise it by',
    { 'a.ts': 'function f() { a && b }' },
    { 'b.ts': 'function f() { a || c }' },
    { 'b.ts f 1': 'new' },
  ],
  [
    'moved to another file',
    { 'a.ts': 'function f() { a && b }' },
    { 'b.ts': 'function f() { a && b }' },
    { 'b.ts f 1': 'identical a.ts f' },
  ],
  [
    'renamed',
    { 'a.ts': 'function f() { a && b }' },
    { 'a.ts': 'function g() { a && b }' },
    { 'a.ts g 1': 'body a.ts f' },
  ],
  [
    'a function made a method of another file',
    { 'a.ts': 'function f(c) { a && b }' },
    { 'b.ts': 'class A { g(c) { a && b } }' },
    { 'b.ts A.g 1': 'body a.ts f' },
  ],
  [
    'a file split in two',
    { 'a.ts': 'function f() { a }\nfunction g() { b }\nfunction h() { c }' },
    { 'a.ts': 'function f() { a }', 'b.ts': 'function g() { b }\nfunction h() { c }' },
    {
      'a.ts f 1': 'identical a.ts f',
      'b.ts g 1': 'identical a.ts g',
      'b.ts h 2': 'identical a.ts h',
    },
  ],
  [
    'a copy is new while the original stays, whichever file comes first',
    { 'b.ts': 'function f() { a && b }' },
    { 'a.ts': 'function f() { a && b }', 'b.ts': 'function f() { a && b }' },
    { 'a.ts f 1': 'new', 'b.ts f 1': 'identical b.ts f' },
  ],
  [
    'renamed and edited a little',
    { 'a.ts': wordy('f') },
    { 'b.ts': wordy('g', 1) },
    { 'b.ts g 1': 'similar a.ts f' },
  ],
  [
    'renamed and edited a lot',
    { 'a.ts': wordy('f') },
    { 'a.ts': wordy('g', 2) },
    { 'a.ts g 1': 'new' },
  ],
  [
    'too few words to be similar',
    { 'a.ts': 'function f() { a; b; c; d; e; f; g }' },
    { 'a.ts': 'function x() { a; b; c; d; e; f; g; g }' },
    { 'a.ts x 1': 'new' },
  ],
  [
    'the name goes before a moved body',
    { 'a.ts': 'function f() { a && b }\nfunction g() { c && d }' },
    { 'a.ts': 'function f() { c && d }\nfunction g() { e && h }' },
    { 'a.ts f 1': 'name a.ts f', 'a.ts g 2': 'name a.ts g' },
  ],
  [
    'a field and its arrow keep to their own kind',
    { 'a.ts': 'class A { f = () => a }' },
    { 'a.ts': 'class A { f = () => b }' },
    { 'a.ts A.f 1': 'name a.ts A.f' },
  ],
  [
    'a field is never a function',
    { 'a.ts': 'class A { f = (a, b) }' },
    { 'a.ts': 'class A { f() { a, b } }' },
    { 'a.ts A.f 1': 'new' },
  ],
  [
    'reformatted, with a twin elsewhere that went away',
    { 'a.ts': 'function f() { a && b }', 'b.ts': 'function f() { a && b }' },
    { 'b.ts': 'function f() { a&&b }' },
    { 'b.ts f 1': 'identical b.ts f' },
  ],
  [
    'a class of the same name elsewhere does not take the match',
    { 'a.ts': 'class A { m() { a } }', 'b.ts': 'class A { m() { b } }' },
    { 'a.ts': 'class A { m() { c } }', 'b.ts': 'class A { m() { d } }' },
    { 'a.ts A.m 1': 'name a.ts A.m', 'b.ts A.m 1': 'name b.ts A.m' },
  ],
];

describe('matching', () => {
  test.each(cases)('%s', (_what, ...[base, head, expected, renames]) => {
    expect(matched(base, head, renames)).toEqual(expected);
  });

  test('anonymous functions go by their order as long as none came or went', () => {
    const heads = unitsOf({ 'a.ts': 'it("a", () => { x1 }); it("b", () => { y1 })' });
    const bases = unitsOf({ 'a.ts': 'it("a", () => { x }); it("b", () => { y })' });
    const matches = matchUnits(bases, heads, new Map());
    const pairs = heads[0]?.units.map((unit) => [unit.body, matches.get(unit)?.unit.body]);
    expect(pairs).toEqual([
      ['() => { x1 }', '() => { x }'],
      ['() => { y1 }', '() => { y }'],
    ]);
  });

  test('of equal ones the first goes with the first', () => {
    const files = { 'a.ts': 'it("a", () => { x });\nit("b", () => { x })' };
    const heads = unitsOf(files);
    const matches = matchUnits(unitsOf(files), heads, new Map());
    expect(heads[0]?.units.map((unit) => matches.get(unit)?.unit.line)).toEqual([1, 2]);
  });

  test('an anonymous function put in front does not take the place of the one behind it', () => {
    const callback = (edit: string): string =>
      `it('x', () => { one(two, three, four, five, six, seven, eight, nine, ${edit}) })`;
    const bases = unitsOf({ 'a.ts': callback('ten') });
    const heads = unitsOf({ 'a.ts': `it('new', () => { other(code) })\n${callback('eleven')}` });
    const matches = matchUnits(bases, heads, new Map());
    const [added, edited] = heads[0]?.units ?? [];
    expect(edited && matches.get(edited)?.by).toBe('name');
    expect(added && matches.get(added)).toBe(undefined);
  });

  test('each base unit is used once, and only by its own kind', () => {
    const name = fc.constantFrom('f', 'g', 'A.m');
    const body = fc.constantFrom('() { a }', '() {  a }', '() { b }', wordy(''), wordy('', 1));
    const kind = fc.constantFrom<Unit['kind']>('function', 'class-static-block');
    const unit = fc.record({ kind, qualifiedName: name, body }).map((given) => fakeUnit(given));
    const file = fc.record({ path: fc.constantFrom('a.ts', 'b.ts'), units: fc.array(unit) });
    const files = fc.array(file, { maxLength: 3 });
    fc.assert(
      fc.property(files, files, name, (base, head, idle) => {
        const needsPast = (_file: FileUnits, unit: Unit): boolean => unit.qualifiedName !== idle;
        const matches = matchUnits(base, head, new Map(), needsPast);
        const used = [...matches.values()].map((match) => match.unit);
        expect(new Set(used).size).toBe(used.length);
        for (const [one, match] of matches) expect(match.unit.kind).toBe(one.kind);
        // Whatever has an identical counterpart of its name left over must have been matched.
        const free = base.flatMap(({ units }) => units).filter((one) => !used.includes(one));
        for (const one of head.flatMap(({ units }) => units)) {
          const twin = free.find((other) => sameCode(one, other));
          if (!matches.has(one)) expect(twin).toBe(undefined);
        }
      }),
    );
  });

  test('thousands of units that are nearly the same cost seconds at most', () => {
    const many = (edit: string): FileUnits[] => [
      {
        path: `${edit}.ts`,
        units: Array.from({ length: 5000 }, (_, index) =>
          fakeUnit({
            kind: 'function',
            qualifiedName: `${edit}${index}`,
            body: wordy(`n${index}`).replace('word0', `${edit}${index}`),
          }),
        ),
      },
    ];
    const startedAt = performance.now();
    const matches = matchUnits(many('old'), many('new'), new Map());
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(matches.size).toBeGreaterThan(0);
  });
});

function sameCode(one: Unit, other: Unit): boolean {
  return one.kind === other.kind && one.body === other.body;
}

function fakeUnit(given: Pick<Unit, 'kind' | 'qualifiedName' | 'body'>): Unit {
  return {
    ...given,
    name: given.qualifiedName,
    line: 1,
    column: 1,
    endLine: 1,
    start: 0,
    end: given.body.length,
    complexity: 1,
    modifiedComplexity: 1,
    lines: 1,
  };
}

describe('judging', () => {
  test.each([
    [8, undefined, 'within', false],
    [8, 20, 'within', false],
    [9, undefined, 'new', true],
    [9, 8, 'crossed', true],
    [12, 11, 'worse', true],
    [12, 12, 'unchanged', false],
    [11, 12, 'better', false],
  ] as const)('%s after %s is %s', (head, base, standing, fails) => {
    expect(judgeUnit(head, base, 8)).toEqual({ standing, fails });
  });

  test('a function that is renamed and grows is judged by what it was', () => {
    const base = unitsOf({ 'a.ts': `${wordy('f').slice(0, -1)}; ${'if (a) b; '.repeat(9)} }` });
    const head = unitsOf({ 'b.ts': `${wordy('g').slice(0, -1)}; ${'if (a) b; '.repeat(10)} }` });
    const [unit] = head[0]?.units ?? [];
    const match = unit && matchUnits(base, head, new Map()).get(unit);
    expect(match?.by).toBe('similar');
    expect(judgeUnit(unit?.complexity ?? 0, match?.unit.complexity, 8)).toEqual({
      standing: 'worse',
      fails: true,
    });
  });
});
