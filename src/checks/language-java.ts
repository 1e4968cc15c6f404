// Java in the model coord-java: lambdas belong to the method around them, methods of inner classes stand for themselves.
import { asOperator, called, nameText, namedByField } from './syntax-language.ts';
import type { Named, SyntaxLanguage } from './syntax-language.ts';
import type { SyntaxTree } from './syntax-tree.ts';

function withBody(tree: SyntaxTree, node: number): Named | null {
  return tree.childIn(node, 'body') === undefined ? null : namedByField(tree, node);
}

/** A block that stands in a class by itself runs with every constructor. */
function initializer(tree: SyntaxTree, node: number): Named | null {
  const isInClass = classBodies.has(tree.kind(tree.parent(node)));
  return isInClass ? called('initializer')(tree, node) : null;
}

const classBodies: ReadonlySet<string> = new Set(['class_body', 'enum_body_declarations']);

/** The body of an anonymous class is named by what it is made of, that of a constant by the constant. */
function bodyName(tree: SyntaxTree, node: number): string | null {
  const owner = tree.parent(node);
  if (tree.kind(owner) === 'enum_constant') return nameText(tree, owner);
  const type =
    tree.kind(owner) === 'object_creation_expression' ? tree.childIn(owner, 'type') : undefined;
  return type === undefined ? null : tree.textOf(type).replace(/\s*<.*$/s, '');
}

/** `default` is free; `case null, default` is not. */
function label(tree: SyntaxTree, node: number): number {
  return tree.kind(node + 1) === 'default' ? 0 : 1;
}

export const java: SyntaxLanguage = {
  grammar: 'java',
  units: {
    method_declaration: withBody,
    constructor_declaration: withBody,
    compact_constructor_declaration: withBody,
    static_initializer: called('static'),
    block: initializer,
  },
  scopes: {
    class_declaration: nameText,
    interface_declaration: nameText,
    enum_declaration: nameText,
    record_declaration: nameText,
    annotation_type_declaration: nameText,
    class_body: bodyName,
  },
  onlyFields: {},
  branches: {
    if_statement: 1,
    for_statement: 1,
    enhanced_for_statement: 1,
    while_statement: 1,
    do_statement: 1,
    catch_clause: 1,
    ternary_expression: 1,
    guard: 1,
    '&&': asOperator,
    '||': asOperator,
  },
  cases: { switch_label: label },
  switches: ['switch_expression'],
};
