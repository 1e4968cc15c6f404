// Finds the function that a call calls, where the file itself shows it: by its name, or as a member of `this` or of a name.
import type { ts } from 'ts-morph';
import { NearestAround } from './typescript-around.ts';
import type { TypeScript } from './typescript-operators.ts';
import { ScopeReader, functionKinds, unwrapped } from './typescript-scope.ts';
import type { Meanings } from './typescript-scope.ts';

interface Member extends ts.Node {
  readonly name?: ts.Node | undefined;
  readonly initializer?: ts.Node | undefined;
  readonly modifiers?: readonly ts.Node[] | undefined;
}

/** A class or object literal, and whether its static members are meant; those of an object literal all are. */
interface Owner {
  readonly node: ts.Node;
  readonly isStatic: boolean;
}

/** One per file. Needs `parent` set on every node that is no token. */
export class CalleeReader {
  private readonly kinds: typeof ts.SyntaxKind;
  private readonly functions: ReadonlySet<ts.SyntaxKind>;
  private readonly scopes: ScopeReader;
  /** Whatever has a `this` of its own. */
  private readonly around: NearestAround;
  private readonly instanceMembers = new Map<ts.Node, Meanings>();
  private readonly staticMembers = new Map<ts.Node, Meanings>();

  constructor(typeScript: TypeScript) {
    this.kinds = typeScript.SyntaxKind;
    this.functions = functionKinds(typeScript);
    this.scopes = new ScopeReader(typeScript);
    const { ArrowFunction, PropertyDeclaration, ClassStaticBlockDeclaration } = this.kinds;
    const selves = new Set([...this.functions, PropertyDeclaration, ClassStaticBlockDeclaration]);
    selves.delete(ArrowFunction);
    this.around = new NearestAround(({ kind }) => selves.has(kind));
  }

  /** The function called: by `f()`, `(f)()`, `this.m()`, `A.m()`, `f.call()`; null where the file does not show it. */
  calleeOf(call: ts.CallExpression): ts.Node | null {
    const callee = unwrapped(this.kinds, call.expression);
    const found = this.functionAt(callee, call);
    if (found !== null) return found;
    const access = this.accessOf(callee);
    if (access === null || (access.name !== 'call' && access.name !== 'apply')) return null;
    return this.functionAt(access.object, call);
  }

  private functionAt(node: ts.Node, call: ts.Node): ts.Node | null {
    const meaning = this.meaningOf(node, call);
    return meaning !== null && this.functions.has(meaning.kind) ? meaning : null;
  }

  private meaningOf(node: ts.Node, call: ts.Node): ts.Node | null {
    if (node.kind === this.kinds.Identifier) {
      return this.scopes.meaningOf((node as ts.Identifier).text, call);
    }
    const access = this.accessOf(node);
    if (access === null) return null;
    const owner = this.ownerOf(access.object, call);
    return owner === null ? null : (this.membersOf(owner).get(access.name) ?? null);
  }

  /** `a.b` and `a['b']`. */
  private accessOf(node: ts.Node): { readonly object: ts.Node; readonly name: string } | null {
    const { kinds } = this;
    if (node.kind === kinds.PropertyAccessExpression) {
      const { expression, name } = node as ts.PropertyAccessExpression;
      return { object: unwrapped(kinds, expression), name: name.text };
    }
    if (node.kind !== kinds.ElementAccessExpression) return null;
    const { expression, argumentExpression: key } = node as ts.ElementAccessExpression;
    const isText =
      key.kind === kinds.StringLiteral || key.kind === kinds.NoSubstitutionTemplateLiteral;
    if (!isText) return null;
    return { object: unwrapped(kinds, expression), name: (key as ts.StringLiteral).text };
  }

  private ownerOf(object: ts.Node, call: ts.Node): Owner | null {
    if (object.kind === this.kinds.ThisKeyword) return this.selfAround(call);
    if (object.kind !== this.kinds.Identifier) return null;
    const node = this.scopes.meaningOf((object as ts.Identifier).text, call);
    return node === null || this.functions.has(node.kind) ? null : { node, isStatic: true };
  }

  /** What `this` is: the owner of the member that the code belongs to; arrows have no `this` of their own. */
  private selfAround(call: ts.Node): Owner | null {
    const node = this.around.of(call);
    if (node === null) return null;
    return this.functions.has(node.kind) ? this.ownerOfFunction(node) : this.ownerOfMember(node);
  }

  private ownerOfFunction(node: ts.Node): Owner | null {
    const { FunctionDeclaration, FunctionExpression, PropertyAssignment, PropertyDeclaration } =
      this.kinds;
    if (node.kind === FunctionDeclaration) return null;
    if (node.kind !== FunctionExpression) return this.ownerOfMember(node);
    const { parent } = node;
    const isField = parent.kind === PropertyAssignment || parent.kind === PropertyDeclaration;
    return isField ? this.ownerOfMember(parent) : null;
  }

  private ownerOfMember(member: ts.Node): Owner {
    const node = member.parent;
    return { node, isStatic: this.isStatic(member, node) };
  }

  private isStatic(member: Member, owner: ts.Node): boolean {
    const { StaticKeyword, ClassStaticBlockDeclaration, ObjectLiteralExpression } = this.kinds;
    if (owner.kind === ObjectLiteralExpression) return true;
    if (member.kind === ClassStaticBlockDeclaration) return true;
    return member.modifiers?.some(({ kind }) => kind === StaticKeyword) ?? false;
  }

  private membersOf({ node, isStatic }: Owner): Meanings {
    const known = isStatic ? this.staticMembers : this.instanceMembers;
    const made = known.get(node) ?? this.readMembers(node, isStatic);
    known.set(node, made);
    return made;
  }

  private readMembers(owner: ts.Node, isStatic: boolean): Meanings {
    const { members, properties } = owner as {
      members?: readonly Member[];
      properties?: readonly Member[];
    };
    const meanings = new Map<string, ts.Node>();
    for (const member of members ?? properties ?? []) {
      if (this.isStatic(member, owner) !== isStatic) continue;
      const name = (member.name as { text?: string } | undefined)?.text;
      const meaning = this.functionIn(member);
      if (name !== undefined && meaning !== null) meanings.set(name, meaning);
    }
    return meanings;
  }

  /** A method itself, or the function that a field has; never an accessor, which nobody calls by its name. */
  private functionIn(member: Member): ts.Node | null {
    if (member.kind === this.kinds.MethodDeclaration) return member;
    if (member.initializer === undefined) return null;
    const value = unwrapped(this.kinds, member.initializer);
    return this.functions.has(value.kind) ? value : null;
  }
}
