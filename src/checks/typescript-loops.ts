// Tells loops that nothing ends: always true at their head, and nothing in their body leaves or waits.
import type { ts } from 'ts-morph';
import type { TypeScript } from './typescript-operators.ts';
import { functionKinds, unwrapped } from './typescript-scope.ts';

/** What `break` without a label leaves, and the labels around, seen from a node inside a loop's body. */
interface Around {
  readonly catchesBreak: boolean;
  readonly labels: readonly string[];
}

type Loop = ts.WhileStatement | ts.DoStatement | ts.ForStatement;

/** Reads the kinds once: the compiler's enum objects are slow to read. */
export class LoopReader {
  private readonly kinds: typeof ts.SyntaxKind;
  private readonly forEachChild: typeof ts.forEachChild;
  private readonly leaving: ReadonlySet<ts.SyntaxKind>;
  private readonly catching: ReadonlySet<ts.SyntaxKind>;
  private readonly true: ReadonlySet<ts.SyntaxKind>;
  private readonly separate: ReadonlySet<ts.SyntaxKind>;

  constructor(typeScript: TypeScript) {
    const kinds = typeScript.SyntaxKind;
    this.kinds = kinds;
    this.forEachChild = typeScript.forEachChild;
    this.leaving = new Set([
      ...[kinds.ReturnStatement, kinds.ThrowStatement],
      ...[kinds.AwaitExpression, kinds.YieldExpression],
    ]);
    this.catching = new Set([
      ...[kinds.ForStatement, kinds.ForInStatement, kinds.ForOfStatement],
      ...[kinds.WhileStatement, kinds.DoStatement, kinds.SwitchStatement],
    ]);
    this.true = new Set([
      kinds.TrueKeyword,
      kinds.ArrayLiteralExpression,
      kinds.ObjectLiteralExpression,
    ]);
    this.separate = new Set([
      ...functionKinds(typeScript),
      ...[kinds.PropertyDeclaration, kinds.ClassStaticBlockDeclaration],
    ]);
  }

  /** Whether the loop goes on for ever as far as its syntax shows. `parent` must be set on it. */
  isUnbounded(loop: Loop): boolean {
    const { kinds } = this;
    const isFor = loop.kind === kinds.ForStatement;
    const condition = isFor ? loop.condition : (loop as ts.DoStatement).expression;
    if (condition !== undefined && !this.isAlwaysTrue(condition)) return false;
    return !this.isLeft(loop);
  }

  private isAlwaysTrue(condition: ts.Expression): boolean {
    const { kinds } = this;
    const value = unwrapped(kinds, condition);
    if (value.kind === kinds.PrefixUnaryExpression) {
      return this.isNegatedFalse(value as ts.PrefixUnaryExpression);
    }
    const { text } = value as { text?: string };
    if (value.kind === kinds.NumericLiteral) return Number(text) !== 0;
    if (value.kind === kinds.StringLiteral) return text !== '';
    return this.true.has(value.kind);
  }

  private isNegatedFalse({ operator, operand }: ts.PrefixUnaryExpression): boolean {
    const { kinds } = this;
    if (operator !== kinds.ExclamationToken) return false;
    if (operand.kind === kinds.FalseKeyword || operand.kind === kinds.NullKeyword) return true;
    const isNumber = operand.kind === kinds.NumericLiteral;
    return isNumber && Number((operand as ts.NumericLiteral).text) === 0;
  }

  /** Looks with a stack of its own, so that deep code costs no recursion. */
  private isLeft(loop: Loop): boolean {
    const own = this.labelsOf(loop);
    const nodes: ts.Node[] = [];
    const arounds: Around[] = [];
    let around: Around = { catchesBreak: false, labels: [] };
    const push = (child: ts.Node): void => {
      nodes.push(child);
      arounds.push(around);
    };
    this.forEachChild(loop, push);
    for (;;) {
      const node = nodes.pop();
      const at = arounds.pop();
      if (node === undefined || at === undefined) return false;
      if (this.leaves(node, at, own)) return true;
      if (this.separate.has(node.kind)) continue;
      around = this.aroundBelow(node, at);
      this.forEachChild(node, push);
    }
  }

  private aroundBelow(node: ts.Node, around: Around): Around {
    if (this.catching.has(node.kind)) return { ...around, catchesBreak: true };
    if (node.kind !== this.kinds.LabeledStatement) return around;
    return { ...around, labels: [...around.labels, (node as ts.LabeledStatement).label.text] };
  }

  private leaves(node: ts.Node, around: Around, own: readonly string[]): boolean {
    const { kinds } = this;
    if (this.leaving.has(node.kind)) return true;
    if (node.kind === kinds.ForOfStatement) {
      return (node as ts.ForOfStatement).awaitModifier !== undefined;
    }
    const { label } = node as ts.BreakOrContinueStatement;
    if (node.kind === kinds.BreakStatement) {
      return label === undefined ? !around.catchesBreak : !around.labels.includes(label.text);
    }
    if (node.kind !== kinds.ContinueStatement || label === undefined) return false;
    return ![...around.labels, ...own].includes(label.text);
  }

  private labelsOf(loop: ts.Node): string[] {
    const labels: string[] = [];
    // Tokens have no parent set, statements do.
    let parent = loop.parent as ts.Node | undefined;
    while (parent?.kind === this.kinds.LabeledStatement) {
      labels.push((parent as ts.LabeledStatement).label.text);
      parent = parent.parent;
    }
    return labels;
  }
}
