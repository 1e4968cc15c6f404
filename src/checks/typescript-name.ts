// Names units the way people would look for them; a name only has to be stable between two versions of a file.
import type { ts } from 'ts-morph';
import type { TypeScript } from './typescript-operators.ts';
import { clipName } from './unit-name.ts';

/** Bounds on looking around: a name must cost the same wherever in a long chain or list the function stands. */
const contextStepsMax = 8;
const calleeStepsMax = 8;
const argumentsMax = 32;

/** Answers a name for a function below `parent`, or undefined to look further up. */
type Context = (parent: never, child: ts.Node) => string | undefined;

/** Names functions, classes, namespaces and fields. `parent` must be set on the node and on what is above it. */
export class Namer {
  private readonly kinds: typeof ts.SyntaxKind;
  private readonly contexts: ReadonlyMap<ts.SyntaxKind, Context>;
  private readonly keywords: ReadonlyMap<ts.SyntaxKind, string>;

  constructor(typeScript: TypeScript) {
    this.kinds = typeScript.SyntaxKind;
    this.contexts = this.buildContexts();
    this.keywords = new Map([
      [this.kinds.ThisKeyword, 'this'],
      [this.kinds.SuperKeyword, 'super'],
      [this.kinds.ImportKeyword, 'import'],
    ]);
  }

  /** The own name: declared, else what it is assigned to, else `argN:callee`, else where it stands. */
  nameOf(node: ts.NamedDeclaration): string {
    return clipName(this.declaredName(node) ?? this.contextName(node));
  }

  private declaredName(node: ts.NamedDeclaration): string | undefined {
    if (node.kind === this.kinds.Constructor) return 'constructor';
    if (node.name === undefined) return this.isDefaultExport(node) ? 'default' : undefined;
    const name = this.propertyName(node.name);
    if (node.kind === this.kinds.GetAccessor) return `get ${name}`;
    if (node.kind === this.kinds.SetAccessor) return `set ${name}`;
    return name;
  }

  private isDefaultExport(node: ts.Node): boolean {
    const { FunctionDeclaration, ClassDeclaration } = this.kinds;
    return node.kind === FunctionDeclaration || node.kind === ClassDeclaration;
  }

  private contextName(node: ts.Node): string {
    let child = node;
    for (let step = 0; step < contextStepsMax; step += 1) {
      const parent = child.parent;
      const context = this.contexts.get(parent.kind);
      if (context === undefined) break;
      const name = context(parent as never, child);
      if (name !== undefined) return name;
      child = parent;
    }
    return 'anonymous';
  }

  private buildContexts(): ReadonlyMap<ts.SyntaxKind, Context> {
    const kinds = this.kinds;
    const further: Context = () => undefined;
    const named: Context = (parent: ts.PropertyAssignment) => this.propertyName(parent.name);
    const result: Context = () => 'return';
    return new Map<ts.SyntaxKind, Context>([
      [kinds.ParenthesizedExpression, further],
      [kinds.AsExpression, further],
      [kinds.SatisfiesExpression, further],
      [kinds.TypeAssertionExpression, further],
      [kinds.NonNullExpression, further],
      [kinds.ConditionalExpression, further],
      [kinds.JsxExpression, further],
      [kinds.BinaryExpression, (parent, child) => this.assignedName(parent, child)],
      [kinds.VariableDeclaration, named],
      [kinds.Parameter, named],
      [kinds.BindingElement, named],
      [kinds.PropertyAssignment, named],
      [kinds.ShorthandPropertyAssignment, named],
      [kinds.PropertyDeclaration, named],
      [kinds.JsxAttribute, named],
      [kinds.CallExpression, (parent, child) => this.argumentName(parent, child)],
      [kinds.NewExpression, (parent, child) => this.argumentName(parent, child)],
      [kinds.ExportAssignment, () => 'default'],
      [kinds.ReturnStatement, result],
      [kinds.ArrowFunction, result],
      [kinds.ArrayLiteralExpression, () => 'element'],
      [kinds.Decorator, () => 'decorator'],
    ]);
  }

  private assignedName(parent: ts.BinaryExpression, child: ts.Node): string | undefined {
    const operator = parent.operatorToken.kind;
    const { FirstAssignment, LastAssignment } = this.kinds;
    if (operator < FirstAssignment || operator > LastAssignment) return undefined;
    return child === parent.right ? this.expressionName(parent.left) : undefined;
  }

  private argumentName(parent: ts.CallExpression | ts.NewExpression, child: ts.Node): string {
    if (child === parent.expression) return 'iife';
    const callee = this.expressionName(parent.expression) ?? 'call';
    const given = parent.arguments ?? [];
    for (let index = 0; index < Math.min(given.length, argumentsMax); index += 1) {
      if (given[index] === child) return `arg${index}:${callee}`;
    }
    return `argN:${callee}`;
  }

  /** `a.b.c` of a dotted name, `c` of anything else that ends so, undefined for what has no name. */
  private expressionName(expression: ts.Node): string | undefined {
    const { kinds } = this;
    const parts: string[] = [];
    let node: ts.Node | undefined = expression;
    for (let step = 0; node !== undefined && step < calleeStepsMax; step += 1) {
      const part = this.partName(node);
      if (part !== undefined) parts.unshift(part);
      // `each(table)(name, fn)` is named by what was called first; `get().then(fn)` only by `then`.
      const goesOn: boolean = node.kind !== kinds.CallExpression || parts.length === 0;
      node = goesOn ? (node as { expression?: ts.Node }).expression : undefined;
    }
    return parts.length === 0 ? undefined : parts.join('.');
  }

  private partName(node: ts.Node): string | undefined {
    if (node.kind === this.kinds.Identifier) return (node as ts.Identifier).text;
    if (node.kind === this.kinds.PropertyAccessExpression) {
      return (node as ts.PropertyAccessExpression).name.text;
    }
    return this.keywords.get(node.kind);
  }

  private propertyName(name: ts.Node): string {
    if (name.kind === this.kinds.ComputedPropertyName) {
      return `[${this.computedName((name as ts.ComputedPropertyName).expression)}]`;
    }
    return (name as { text?: string }).text ?? 'pattern';
  }

  private computedName(expression: ts.Expression): string {
    const literal = (expression as { text?: string }).text;
    return literal ?? this.expressionName(expression) ?? 'computed';
  }
}
