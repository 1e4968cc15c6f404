// C and C++ in the model coord-c: lambdas belong to the function around them, and the preprocessor is not run.
import { asOperator } from './syntax-language.ts';
import type { Named, SyntaxLanguage } from './syntax-language.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** Declarators wrap one another: `*f(int)` is a pointer declarator around that of a function, around its name. */
function isWrapping(kind: string): boolean {
  return kind.endsWith('_declarator');
}

function wrapped(tree: SyntaxTree, node: number): number | undefined {
  const inner = tree.childIn(node, 'declarator');
  if (inner !== undefined) return inner;
  for (const child of tree.children(node)) if (isWrapping(tree.kind(child))) return child;
  return undefined;
}

function nameNode(tree: SyntaxTree, node: number): number | undefined {
  let name = tree.childIn(node, 'declarator');
  while (name !== undefined && isWrapping(tree.kind(name))) name = wrapped(tree, name);
  return name;
}

/** `operator bool() const` and `A::operator bool()` hold their parameters: the name ends before those. */
function nameEnd(tree: SyntaxTree, name: number): number {
  for (let node = name; node < tree.next(name); node += 1) {
    if (tree.kind(node) === 'abstract_function_declarator') return tree.start(node);
  }
  return tree.end(name);
}

function dotted(name: string): string {
  return name.replace(/\s*::\s*/g, '.').trim();
}

/** In the body of a function, `each(a, b) { ... }` is a macro that reads like a function without a type. */
function isMacro(tree: SyntaxTree, node: number): boolean {
  const isInside = tree.kind(tree.parent(node)) === 'compound_statement';
  return isInside && tree.childIn(node, 'type') === undefined;
}

function definition(tree: SyntaxTree, node: number): Named | null {
  const body = tree.childOf(node, 'compound_statement') ?? tree.childOf(node, 'try_statement');
  const name = nameNode(tree, node);
  if (body === undefined || name === undefined || isMacro(tree, node)) return null;
  const bodyStart = nameEnd(tree, name);
  return { name: dotted(tree.text.slice(tree.start(name), bodyStart)), bodyStart };
}

function scopeName(tree: SyntaxTree, node: number): string | null {
  const name = tree.childIn(node, 'name');
  return name === undefined ? null : dotted(tree.textOf(name));
}

/** `default` has no value. */
function withValue(tree: SyntaxTree, node: number): number {
  return tree.childIn(node, 'value') === undefined ? 0 : 1;
}

export const c: SyntaxLanguage = {
  grammar: 'cpp',
  units: { function_definition: definition },
  scopes: {
    namespace_definition: scopeName,
    class_specifier: scopeName,
    struct_specifier: scopeName,
    union_specifier: scopeName,
  },
  // Decided when the code is compiled.
  onlyFields: {
    noexcept: null,
    requires_clause: null,
    static_assert_declaration: null,
    decltype: null,
  },
  branches: {
    if_statement: 1,
    for_statement: 1,
    for_range_loop: 1,
    while_statement: 1,
    do_statement: 1,
    catch_clause: 1,
    conditional_expression: 1,
    '&&': asOperator,
    '||': asOperator,
    and: asOperator,
    or: asOperator,
  },
  cases: { case_statement: withValue },
  switches: ['switch_statement'],
};
