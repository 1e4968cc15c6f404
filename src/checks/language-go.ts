// Go as gocyclo counts it: function literals belong to the function around them.
import { asOperator, namedByField } from './syntax-language.ts';
import type { Named, SyntaxLanguage } from './syntax-language.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** `T` of `(r *T[K])`. */
function receiverOf(tree: SyntaxTree, node: number): string | null {
  const receiver = tree.childIn(node, 'receiver');
  const declared =
    receiver === undefined ? undefined : tree.childOf(receiver, 'parameter_declaration');
  const type = declared === undefined ? undefined : tree.childIn(declared, 'type');
  return type === undefined ? null : (/[^\W\d]\w*/u.exec(tree.textOf(type))?.[0] ?? null);
}

function method(tree: SyntaxTree, node: number): Named | null {
  const named = namedByField(tree, node);
  const receiver = receiverOf(tree, node);
  return named === null || receiver === null
    ? named
    : { ...named, name: `${receiver}.${named.name}` };
}

/** A literal that is the value of a package's variable is a function of that name; any other is none. */
function literal(tree: SyntaxTree, node: number): Named | null {
  const list = tree.parent(node);
  const spec = tree.parent(list);
  if (tree.kind(spec) !== 'var_spec' || !isOfPackage(tree, spec)) return null;
  const values = [...tree.children(list)].filter((child) => tree.kind(child) !== ',');
  const names = [...tree.children(spec)].filter(
    (child) => tree.field(child) === 'name' && tree.kind(child) === 'identifier',
  );
  const name = names[values.indexOf(node)];
  return name === undefined ? null : { name: tree.textOf(name), bodyStart: tree.start(node) };
}

function isOfPackage(tree: SyntaxTree, spec: number): boolean {
  let node = tree.parent(spec);
  if (tree.kind(node) === 'var_spec_list') node = tree.parent(node);
  return tree.kind(tree.parent(node)) === 'source_file';
}

export const go: SyntaxLanguage = {
  grammar: 'go',
  units: {
    function_declaration: namedByField,
    method_declaration: method,
    func_literal: literal,
  },
  scopes: {},
  onlyFields: {},
  branches: { if_statement: 1, for_statement: 1, '&&': asOperator, '||': asOperator },
  cases: { expression_case: 1, type_case: 1, communication_case: 1 },
  switches: ['expression_switch_statement', 'type_switch_statement', 'select_statement'],
};
