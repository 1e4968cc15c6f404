// Finds what a name stands for at a place of one file, without types: what is not plain is nobody.
import type { ts } from 'ts-morph';
import { NearestAround } from './typescript-around.ts';
import type { TypeScript } from './typescript-operators.ts';

/** What names mean: the node of a function, class or object literal, or null for anything else. */
export type Meanings = ReadonlyMap<string, ts.Node | null>;

interface Named extends ts.Node {
  readonly name?: ts.Node | undefined;
}

/** The heads of loops and of `catch`, as far as they declare names. */
interface Head {
  readonly initializer?: { readonly declarations?: readonly ts.VariableDeclaration[] };
  readonly variableDeclaration?: ts.VariableDeclaration;
}

type Reader = (node: never) => Meanings;

const nothing: Meanings = new Map();

/** The kinds of nodes that are functions, with or without a body. */
export function functionKinds({ SyntaxKind: kinds }: TypeScript): ReadonlySet<ts.SyntaxKind> {
  return new Set([
    ...[kinds.FunctionDeclaration, kinds.FunctionExpression, kinds.ArrowFunction],
    ...[kinds.MethodDeclaration, kinds.Constructor, kinds.GetAccessor, kinds.SetAccessor],
  ]);
}

/** What stands inside parentheses, casts and behind commas. */
export function unwrapped(kinds: typeof ts.SyntaxKind, expression: ts.Node): ts.Node {
  let node = expression;
  for (;;) {
    const inner = isWrapper(kinds, node) ? node.expression : lastOf(kinds, node);
    if (inner === null) return node;
    node = inner;
  }
}

function isWrapper(kinds: typeof ts.SyntaxKind, node: ts.Node): node is ts.ParenthesizedExpression {
  return (
    node.kind === kinds.ParenthesizedExpression ||
    node.kind === kinds.NonNullExpression ||
    node.kind === kinds.AsExpression ||
    node.kind === kinds.SatisfiesExpression ||
    node.kind === kinds.TypeAssertionExpression
  );
}

/** What a sequence of expressions comes to. */
function lastOf(kinds: typeof ts.SyntaxKind, node: ts.Node): ts.Node | null {
  if (node.kind !== kinds.BinaryExpression) return null;
  const { operatorToken, right } = node as ts.BinaryExpression;
  return operatorToken.kind === kinds.CommaToken ? right : null;
}

/** One per file; remembers what each scope declares. Needs `parent` set on every node that is no token. */
export class ScopeReader {
  private readonly kinds: typeof ts.SyntaxKind;
  private readonly functions: ReadonlySet<ts.SyntaxKind>;
  private readonly readers: ReadonlyMap<ts.SyntaxKind, Reader>;
  private readonly around: NearestAround;
  private readonly scopes = new Map<ts.Node, Meanings>();

  constructor(typeScript: TypeScript) {
    this.kinds = typeScript.SyntaxKind;
    this.functions = functionKinds(typeScript);
    this.readers = this.buildReaders();
    this.around = new NearestAround(
      ({ kind }) => this.functions.has(kind) || this.readers.has(kind),
    );
  }

  /** What a name means at a node: the nearest scope around that declares it decides. */
  meaningOf(name: string, from: ts.Node): ts.Node | null {
    let scope = this.around.of(from);
    while (scope !== null) {
      const meaning = this.scopeOf(scope).get(name);
      if (meaning !== undefined) return meaning;
      scope = this.around.of(scope);
    }
    return null;
  }

  private scopeOf(scope: ts.Node): Meanings {
    const known = this.scopes.get(scope);
    if (known !== undefined) return known;
    const made = this.readScope(scope);
    this.scopes.set(scope, made);
    return made;
  }

  private readScope(node: ts.Node): Meanings {
    if (this.functions.has(node.kind))
      return this.functionScope(node as ts.FunctionLikeDeclaration);
    return this.readers.get(node.kind)?.(node as never) ?? nothing;
  }

  private buildReaders(): ReadonlyMap<ts.SyntaxKind, Reader> {
    const { kinds } = this;
    const list: Reader = ({ statements }: ts.Block) => this.declaredIn(statements);
    const clauses: Reader = (block: ts.CaseBlock) =>
      this.declaredIn(block.clauses.flatMap(({ statements }) => [...statements]));
    const head: Reader = (node: Head) => this.headScope(node);
    return new Map<ts.SyntaxKind, Reader>([
      [kinds.SourceFile, list],
      [kinds.Block, list],
      [kinds.ModuleBlock, list],
      [kinds.CaseBlock, clauses],
      [kinds.ClassExpression, (node: ts.ClassExpression) => selfNamed(node)],
      [kinds.CatchClause, head],
      [kinds.ForStatement, head],
      [kinds.ForInStatement, head],
      [kinds.ForOfStatement, head],
    ]);
  }

  private functionScope(node: ts.FunctionLikeDeclaration): Meanings {
    const isNamed = node.kind === this.kinds.FunctionExpression;
    const meanings = isNamed ? selfNamed(node) : new Map<string, ts.Node | null>();
    for (const { name } of node.parameters) addNames(name, null, meanings);
    return meanings;
  }

  private headScope({ variableDeclaration, initializer }: Head): Meanings {
    const meanings = new Map<string, ts.Node | null>();
    const caught = variableDeclaration === undefined ? [] : [variableDeclaration];
    for (const { name } of [...(initializer?.declarations ?? []), ...caught]) {
      addNames(name, null, meanings);
    }
    return meanings;
  }

  private declaredIn(statements: readonly ts.Statement[]): Meanings {
    const meanings = new Map<string, ts.Node | null>();
    for (const statement of statements) this.addDeclared(statement, meanings);
    return meanings;
  }

  private addDeclared(statement: Named, meanings: Map<string, ts.Node | null>): void {
    const { kinds } = this;
    if (statement.kind === kinds.VariableStatement) {
      const { declarations } = (statement as unknown as ts.VariableStatement).declarationList;
      for (const { name, initializer } of declarations) {
        addNames(name, this.valueOf(initializer), meanings);
      }
    } else if (statement.kind === kinds.ImportDeclaration) {
      this.addImported(statement as unknown as ts.ImportDeclaration, meanings);
    } else if (statement.name !== undefined) {
      const isCallable =
        statement.kind === kinds.ClassDeclaration ||
        (statement.kind === kinds.FunctionDeclaration &&
          (statement as ts.FunctionLikeDeclaration).body !== undefined);
      addNames(statement.name, isCallable ? statement : null, meanings);
    }
  }

  private addImported(
    { importClause }: ts.ImportDeclaration,
    meanings: Map<string, ts.Node | null>,
  ): void {
    const bindings = importClause?.namedBindings as
      { readonly name?: ts.Node; readonly elements?: readonly ts.ImportSpecifier[] } | undefined;
    const names = [
      importClause?.name,
      bindings?.name,
      ...(bindings?.elements ?? []).map(({ name }) => name),
    ];
    for (const name of names) if (name !== undefined) addNames(name, null, meanings);
  }

  private valueOf(initializer: ts.Node | undefined): ts.Node | null {
    if (initializer === undefined) return null;
    const value = unwrapped(this.kinds, initializer);
    const { ClassExpression, ObjectLiteralExpression } = this.kinds;
    const isKnown = value.kind === ClassExpression || value.kind === ObjectLiteralExpression;
    return isKnown || this.functions.has(value.kind) ? value : null;
  }
}

function selfNamed(node: Named): Map<string, ts.Node | null> {
  const name = (node.name as { text?: string } | undefined)?.text;
  return new Map(name === undefined ? [] : [[name, node]]);
}

/** Every name of a pattern; a plain name that is declared twice keeps the function, as overloads do. */
function addNames(
  pattern: ts.Node,
  meaning: ts.Node | null,
  meanings: Map<string, ts.Node | null>,
): void {
  const open: ts.Node[] = [pattern];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { elements, text } = node as { elements?: readonly Named[]; text?: string };
    if (text !== undefined) meanings.set(text, meaning ?? meanings.get(text) ?? null);
    for (const { name } of elements ?? []) if (name !== undefined) open.push(name);
  }
}
