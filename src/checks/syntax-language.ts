// What a language is to the counter: which of its nodes are functions, which lend a name, and which are branches.
import type { Grammar, SyntaxTree } from './syntax-tree.ts';

/** A function's own name, and where its text goes on behind it: from there on it is compared. */
export interface Named {
  readonly name: string;
  readonly bodyStart: number;
}

type Ask<Answer> = (tree: SyntaxTree, node: number) => Answer;

/** How much a node counts, by its kind. */
export type Branches = Readonly<Record<string, 1 | Ask<number>>>;

export interface SyntaxLanguage {
  readonly grammar: Grammar;
  /** Functions; null where a node of this kind is none after all. Functions inside are units of their own. */
  readonly units: Readonly<Record<string, Ask<Named | null>>>;
  /** What names the functions inside it, or null. Code that stands in it itself belongs to no function. */
  readonly scopes: Readonly<Record<string, Ask<string | null>>>;
  /** Nodes of which only the last field is looked into, or nothing (null): what is before it counts nowhere. */
  readonly onlyFields: Readonly<Record<string, string | null>>;
  /** Counted in both variants. */
  readonly branches: Branches;
  /** Counted in the classic variant only. */
  readonly cases: Branches;
  /** Counted in the modified variant only. */
  readonly switches: readonly string[];
}

/** The name in the field `name`, in case a node has it. */
export function namedByField(tree: SyntaxTree, node: number): Named | null {
  const name = tree.childIn(node, 'name');
  return name === undefined ? null : { name: tree.textOf(name), bodyStart: tree.end(name) };
}

/** The text of the field `name`. */
export function nameText(tree: SyntaxTree, node: number): string | null {
  return namedByField(tree, node)?.name ?? null;
}

/** A function without a name of its own. */
export function called(name: string): Ask<Named> {
  return (tree, node) => ({ name, bodyStart: tree.start(node) });
}

/** 1 for a token that is the operator of an operation, 0 where it means something else. */
export function asOperator(tree: SyntaxTree, node: number): number {
  return tree.field(node) === 'operator' ? 1 : 0;
}
