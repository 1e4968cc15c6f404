// Rust in the model coord-rust: closures belong to the function around them, and what macros are given is not looked into.
import { asOperator, nameText, namedByField } from './syntax-language.ts';
import type { SyntaxLanguage } from './syntax-language.ts';
import type { SyntaxTree } from './syntax-tree.ts';

function withoutArguments(text: string): string {
  return text.replace(/\s*<.*$/s, '');
}

/** `Type`, or `<Type as Trait>`: two traits may give a type methods of one name. */
function implName(tree: SyntaxTree, node: number): string | null {
  const type = tree.childIn(node, 'type');
  const trait = tree.childIn(node, 'trait');
  if (type === undefined) return null;
  const name = withoutArguments(tree.textOf(type));
  return trait === undefined ? name : `<${name} as ${withoutArguments(tree.textOf(trait))}>`;
}

/** The arm `_` is free, unless it has a guard. */
function arm(tree: SyntaxTree, node: number): number {
  const pattern = tree.childIn(node, 'pattern');
  return pattern !== undefined && tree.textOf(pattern) === '_' ? 0 : 1;
}

function guard(tree: SyntaxTree, node: number): number {
  return tree.childIn(node, 'condition') === undefined ? 0 : 1;
}

function letElse(tree: SyntaxTree, node: number): number {
  return tree.childIn(node, 'alternative') === undefined ? 0 : 1;
}

/** In `if let A = b && c` the tokens stand in a chain of their own. */
function and(tree: SyntaxTree, node: number): number {
  return tree.kind(tree.parent(node)) === 'let_chain' ? 1 : asOperator(tree, node);
}

export const rust: SyntaxLanguage = {
  grammar: 'rust',
  units: { function_item: namedByField },
  scopes: { mod_item: nameText, trait_item: nameText, impl_item: implName },
  onlyFields: {},
  branches: {
    if_expression: 1,
    while_expression: 1,
    for_expression: 1,
    loop_expression: 1,
    match_pattern: guard,
    let_declaration: letElse,
    try_expression: 1,
    '&&': and,
    '||': asOperator,
  },
  cases: { match_arm: arm },
  switches: ['match_expression'],
};
