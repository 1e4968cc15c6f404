// Finds the units of a parsed file and counts their branches, in one walk with a stack of its own: depth costs no recursion.
import type { ts } from 'ts-morph';
import type { Namer } from './typescript-name.ts';
import { countTargetDefaults, describeOperators } from './typescript-operators.ts';
import type { Operators, TypeScript } from './typescript-operators.ts';
import { extendName } from './unit-name.ts';
import type { UnitKind } from './unit.ts';

/** A unit before its place is worked out; `node` is the syntax node whose range the unit reports. */
export interface Found {
  readonly node: ts.Node;
  readonly kind: UnitKind;
  readonly name: string;
  readonly qualifiedName: string;
  complexity: number;
  modifiedComplexity: number;
}

/** Who a stretch of code counts for, and the name that its inner units extend. */
interface Owner {
  readonly qualifiedName: string;
  readonly unit: Pick<Found, 'complexity' | 'modifiedComplexity'>;
}

/** The program itself is no unit: what counts for it is dropped. */
const nobody: Owner = { qualifiedName: '', unit: { complexity: 0, modifiedComplexity: 0 } };

type Rule = (node: never, owner: Owner) => void;

interface Named extends ts.Node {
  readonly name?: ts.Node | undefined;
}

/** One per process; a walk leaves nothing behind, so memory stays flat over any number of files. */
export class Walker {
  private readonly kinds: typeof ts.SyntaxKind;
  private readonly forEachChild: typeof ts.forEachChild;
  private readonly lastToken: ts.SyntaxKind;
  private readonly operators: Operators;
  private readonly namer: Namer;
  private readonly rules: (Rule | undefined)[];

  private readonly nodes: ts.Node[] = [];
  private readonly owners: Owner[] = [];
  private found: Found[] = [];

  // What `push` and `pushMember` need to know of the node at hand; forEachChild hands nothing on.
  private parent: ts.Node | undefined;
  private key: ts.Node | undefined;
  private inside: Owner = nobody;
  private outside: Owner = nobody;

  constructor(typeScript: TypeScript, namer: Namer) {
    this.kinds = typeScript.SyntaxKind;
    this.forEachChild = typeScript.forEachChild;
    this.lastToken = typeScript.SyntaxKind.LastToken;
    this.operators = describeOperators(typeScript);
    this.namer = namer;
    this.rules = this.buildRules();
  }

  /**
   * The file's units in no particular order, but an outer unit before its inner ones.
   * It sets `parent` of every node it meets: cheaper than asking the parser for it, and names need it.
   */
  walk(file: ts.SourceFile): Found[] {
    const found: Found[] = [];
    this.found = found;
    try {
      this.descend(file, nobody);
      for (;;) {
        const node = this.nodes.pop();
        const owner = this.owners.pop();
        if (node === undefined || owner === undefined) break;
        const rule = this.rules[node.kind];
        if (rule === undefined) this.descend(node, owner);
        else rule(node as never, owner);
      }
    } finally {
      this.forget();
    }
    return found;
  }

  private forget(): void {
    this.found = [];
    this.nodes.length = 0;
    this.owners.length = 0;
    this.parent = this.key = undefined;
    this.inside = this.outside = nobody;
  }

  private buildRules(): (Rule | undefined)[] {
    const kinds = this.kinds;
    const rules = new Array<Rule | undefined>(kinds.Count).fill(undefined);
    const on = (rule: Rule, ...of: ts.SyntaxKind[]): void => {
      for (const kind of of) rules[kind] = rule;
    };
    on(this.branching, kinds.CatchClause, kinds.ConditionalExpression, kinds.IfStatement);
    on(this.branching, kinds.ForStatement, kinds.WhileStatement, kinds.DoStatement);
    on(this.forInOrOf, kinds.ForInStatement, kinds.ForOfStatement);
    on(this.caseClause, kinds.CaseClause);
    on(this.switchStatement, kinds.SwitchStatement);
    on(this.access, kinds.PropertyAccessExpression, kinds.ElementAccessExpression);
    on(this.access, kinds.CallExpression);
    on(this.binary, kinds.BinaryExpression);
    on(this.parameter, kinds.Parameter);
    on(this.bindingElement, kinds.BindingElement);
    on(this.shorthand, kinds.ShorthandPropertyAssignment);
    on(this.functionLike, kinds.FunctionDeclaration, kinds.FunctionExpression);
    on(this.functionLike, kinds.ArrowFunction, kinds.MethodDeclaration, kinds.Constructor);
    on(this.functionLike, kinds.GetAccessor, kinds.SetAccessor);
    on(this.field, kinds.PropertyDeclaration);
    on(this.staticBlock, kinds.ClassStaticBlockDeclaration);
    on(this.naming, kinds.ClassDeclaration, kinds.ClassExpression, kinds.ModuleDeclaration);
    return rules;
  }

  private readonly push = (child: ts.Node): void => {
    this.pushFor(child, this.inside);
  };

  /** Computed keys and decorators of a member run with the code around it. */
  private readonly pushMember = (child: ts.Node): void => {
    const runsOutside = child === this.key || child.kind === this.kinds.Decorator;
    this.pushFor(child, runsOutside ? this.outside : this.inside);
  };

  private pushFor(child: ts.Node, owner: Owner): void {
    if (child.kind <= this.lastToken) return;
    (child as { parent: ts.Node | undefined }).parent = this.parent;
    this.nodes.push(child);
    this.owners.push(owner);
  }

  private descend(node: ts.Node, owner: Owner): void {
    this.parent = node;
    this.inside = owner;
    this.forEachChild(node, this.push);
  }

  private descendMember(node: Named, key: ts.Node | undefined, inner: Owner, outer: Owner): void {
    this.parent = node;
    this.key = key;
    this.inside = inner;
    this.outside = outer;
    this.forEachChild(node, this.pushMember);
  }

  private descendOnly(node: ts.Node, children: (ts.Node | undefined)[], owner: Owner): void {
    this.parent = node;
    for (const child of children) if (child !== undefined) this.pushFor(child, owner);
  }

  private open(node: ts.Node, kind: UnitKind, name: string, around: Owner): Owner {
    const qualifiedName = extendName(around.qualifiedName, name);
    const unit = { node, kind, name, qualifiedName, complexity: 1, modifiedComplexity: 1 };
    this.found.push(unit);
    return { qualifiedName, unit };
  }

  private readonly branching = (node: ts.Node, owner: Owner): void => {
    addBranches(owner, 1);
    this.descend(node, owner);
  };

  private readonly caseClause = (node: ts.CaseClause, owner: Owner): void => {
    owner.unit.complexity += 1;
    this.descend(node, owner);
  };

  private readonly switchStatement = (node: ts.SwitchStatement, owner: Owner): void => {
    owner.unit.modifiedComplexity += 1;
    this.descend(node, owner);
  };

  private readonly access = (node: ts.CallExpression, owner: Owner): void => {
    if (node.questionDotToken !== undefined) addBranches(owner, 1);
    this.descend(node, owner);
  };

  private readonly binary = (node: ts.BinaryExpression, owner: Owner): void => {
    const operator = node.operatorToken.kind;
    if (this.operators.isBranching(operator)) addBranches(owner, 1);
    if (this.operators.isAssignment(operator)) {
      addBranches(owner, countTargetDefaults(this.operators, node.left));
    }
    this.descend(node, owner);
  };

  private readonly forInOrOf = (node: ts.ForInOrOfStatement, owner: Owner): void => {
    addBranches(owner, 1 + countTargetDefaults(this.operators, node.initializer));
    this.descend(node, owner);
  };

  /** A rest parameter cannot have a default; what stands there all the same is in no ESTree. */
  private readonly parameter = (node: ts.ParameterDeclaration, owner: Owner): void => {
    if (node.dotDotDotToken === undefined) this.withDefault(node, node.initializer, owner);
    else this.descendOnly(node, [...(node.modifiers ?? []), node.name, node.type], owner);
  };

  private readonly bindingElement = (node: ts.BindingElement, owner: Owner): void => {
    const isArray = node.parent.kind === this.kinds.ArrayBindingPattern;
    if (isArray || node.dotDotDotToken === undefined) {
      this.withDefault(node, node.initializer, owner);
    } else this.descendOnly(node, [node.propertyName ?? node.name], owner);
  };

  private readonly shorthand = (node: ts.ShorthandPropertyAssignment, owner: Owner): void => {
    this.withDefault(node, node.objectAssignmentInitializer, owner);
  };

  private withDefault(node: ts.Node, value: ts.Node | undefined, owner: Owner): void {
    if (value !== undefined) addBranches(owner, 1);
    this.descend(node, owner);
  }

  /** Overloads, abstract methods and `declare function` have no body: they count for the code around them. */
  private readonly functionLike = (node: ts.FunctionLikeDeclaration, owner: Owner): void => {
    if (node.body === undefined) {
      this.descend(node, owner);
      return;
    }
    const inner = this.open(node, 'function', this.namer.nameOf(node), owner);
    this.descendMember(node, node.name, inner, owner);
  };

  /** `accessor` fields are ordinary code of the enclosing unit; other initial values are units of their own. */
  private readonly field = (node: ts.PropertyDeclaration, owner: Owner): void => {
    const value = node.initializer;
    if (value === undefined || this.isAccessor(node)) {
      this.descend(node, owner);
      return;
    }
    const name = this.namer.nameOf(node);
    const { unit } = this.open(value, 'class-field-initializer', name, owner);
    // A function that is the field's value has the field's name: the field must not be its scope as well.
    const inner = { qualifiedName: owner.qualifiedName, unit };
    this.descendOnly(node, [...(node.modifiers ?? []), node.name, node.type], owner);
    this.descendOnly(node, [value], inner);
  };

  private isAccessor(node: ts.PropertyDeclaration): boolean {
    return node.modifiers?.some(({ kind }) => kind === this.kinds.AccessorKeyword) ?? false;
  }

  private readonly staticBlock = (node: ts.ClassStaticBlockDeclaration, owner: Owner): void => {
    this.descend(node, this.open(node, 'class-static-block', 'static', owner));
  };

  /** Classes and namespaces only lend their name: their own code counts for whatever encloses them. */
  private readonly naming = (
    node: ts.ClassLikeDeclaration | ts.ModuleDeclaration,
    owner: Owner,
  ): void => {
    const qualifiedName = extendName(owner.qualifiedName, this.namer.nameOf(node));
    this.descend(node, { qualifiedName, unit: owner.unit });
  };
}

function addBranches(owner: Owner, count: number): void {
  owner.unit.complexity += count;
  owner.unit.modifiedComplexity += count;
}
