// Real grammars parse real text, and none of them takes the process down.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SyntaxTree } from '../../checks/syntax-tree.ts';
import type { Grammar, Parsed } from '../../checks/syntax-tree.ts';
import { limits } from '../../kernel/limits.ts';
import { parserOf } from './syntax-parser.ts';

async function parsed(grammar: Grammar, text: string): Promise<Parsed> {
  return (await parserOf(grammar))(text);
}

async function treeOf(grammar: Grammar, text: string): Promise<SyntaxTree> {
  const result = await parsed(grammar, text);
  if (!result.ok) throw new Error(result.error);
  return new SyntaxTree(text, result.nodes);
}

afterEach(() => void vi.restoreAllMocks());

describe('a tree', () => {
  test('has its nodes in source order, each with its field, parent and end', async () => {
    const tree = await treeOf('go', 'package p\nvar a = b && c\n');
    const shown = Array.from({ length: tree.size }, (_, node) => {
      const field = tree.field(node) === '' ? '' : `${tree.field(node)}: `;
      return `${node} ${field}${tree.kind(node)} in ${tree.parent(node)}, next ${tree.next(node)}`;
    });
    expect(shown).toEqual([
      '0 source_file in 0, next 14',
      '1 package_clause in 0, next 4',
      '2 package in 1, next 3',
      '3 package_identifier in 1, next 4',
      '4 var_declaration in 0, next 14',
      '5 var in 4, next 6',
      '6 var_spec in 4, next 14',
      '7 name: identifier in 6, next 8',
      '8 = in 6, next 9',
      '9 value: expression_list in 6, next 14',
      '10 binary_expression in 9, next 14',
      '11 left: identifier in 10, next 12',
      '12 operator: && in 10, next 13',
      '13 right: identifier in 10, next 14',
    ]);
  });

  test('counts in UTF-16 units', async () => {
    const text = "a = '𝒳é'\nbc = 1\n";
    const tree = await treeOf('python', text);
    const texts = Array.from({ length: tree.size }, (_, node) => tree.textOf(node));
    expect(texts).toContain("'𝒳é'");
    expect(texts).toContain('bc');
  });
});

describe('what does not parse', () => {
  test.each([
    ['python', 'a = 1\n\ndef f(:\n  pass\n', 3, 'Expected ) here.'],
    ['go', 'package p\nfunc f() {\n', 2, 'Unexpected: {'],
    ['java', 'class A {\n\n int 1; }', 3, 'Unexpected: int 1; }'],
    ['rust', 'fn f() {}\nfn (', 2, 'Unexpected: fn ('],
    ['cpp', 'int a;\n<<<<<<< HEAD\nint b;\n', 2, 'Unexpected: <<<<<<< HEAD'],
  ] as const)('in %s is told with its line', async (grammar, text, line, error) => {
    expect(await parsed(grammar, text)).toEqual({ ok: false, error, line });
  });

  test('in time is given up, and the next file is parsed from its beginning', async () => {
    const next = 'y = 2\n';
    const { size } = await treeOf('python', next);
    let now = 0;
    const clock = vi.spyOn(performance, 'now');
    clock.mockImplementation(() => (now += limits.parseMillisecondsMax / 20));
    const long = 'x = 1\n'.repeat(20_000);
    const slow = await parsed('python', long);
    expect(slow).toEqual({
      ...{ ok: false, line: 1, isBeyondParser: true },
      error: 'The parser took longer than 10 seconds.',
    });
    clock.mockRestore();
    expect((await treeOf('python', next)).size).toBe(size);
  });

  test('because it is nested too deeply harms no other file', async () => {
    const deep = await parsed('cpp', `int f() { x = ${'(a)*'.repeat(6000)} b; }`);
    expect(deep).toMatchObject({ ok: false, isBeyondParser: true });
    expect(deep).toHaveProperty('error', expect.stringMatching(/^The parser gave up: /));
    for (const grammar of ['go', 'cpp'] as const) {
      expect((await parsed(grammar, '')).ok).toBe(true);
    }
  });
});

test('depth alone costs neither the stack nor quadratic time', async () => {
  const depth = 50_000;
  const tree = await treeOf('python', `x = ${'('.repeat(depth)}1${')'.repeat(depth)}\n`);
  expect(tree.size).toBeGreaterThan(3 * depth);
});
