// Python as radon counts it.
import { nameText, namedByField } from './syntax-language.ts';
import type { SyntaxLanguage } from './syntax-language.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** radon does not know `except*`, nor therefore the `else` behind it. */
function tryBranches(tree: SyntaxTree, node: number): number {
  let branches = 0;
  for (const child of tree.children(node)) {
    const kind = tree.kind(child);
    if (kind === 'except_clause') {
      if (tree.childOf(child, '*') !== undefined) return 0;
      branches += 1;
    } else if (kind === 'else_clause') branches += 1;
  }
  return branches;
}

const constants: ReadonlySet<string> = new Set(['None', 'True', 'False']);

/** `_` or a bare name, with or without a guard: what radon takes for the default. */
function isDefault(tree: SyntaxTree, clause: number): boolean {
  const pattern = tree.childOf(clause, 'case_pattern');
  if (pattern === undefined || tree.childOf(clause, ',') !== undefined) return false;
  const text = tree.textOf(pattern).replace(/^[(\s]+|[)\s]+$/g, '');
  return /^[^\W\d]\w*$/u.test(text) && !constants.has(text);
}

/** One default is free; more than one is possible only with guards, and the others count. */
function matchBranches(tree: SyntaxTree, node: number): number {
  const body = tree.childIn(node, 'body');
  if (body === undefined) return 0;
  const clauses = [...tree.children(body)].filter((child) => tree.kind(child) === 'case_clause');
  return clauses.length - (clauses.some((clause) => isDefault(tree, clause)) ? 1 : 0);
}

function loopBranches(tree: SyntaxTree, node: number): number {
  return tree.childOf(node, 'else_clause') === undefined ? 1 : 2;
}

/** The `if` of a comprehension; a guard of `case` is free. */
function comprehensionIf(tree: SyntaxTree, node: number): number {
  return tree.kind(tree.parent(node)) === 'case_clause' ? 0 : 1;
}

export const python: SyntaxLanguage = {
  grammar: 'python',
  units: { function_definition: namedByField },
  scopes: { class_definition: nameText },
  onlyFields: {
    function_definition: 'body',
    class_definition: 'body',
    assert_statement: null,
    decorator: null,
  },
  branches: {
    if_statement: 1,
    elif_clause: 1,
    conditional_expression: 1,
    for_statement: loopBranches,
    while_statement: loopBranches,
    try_statement: tryBranches,
    boolean_operator: 1,
    for_in_clause: 1,
    if_clause: comprehensionIf,
    assert_statement: 1,
  },
  cases: { match_statement: matchBranches },
  switches: ['match_statement'],
};
