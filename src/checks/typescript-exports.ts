// Finds exported functions and classes that no doc comment describes.
import type { ts } from 'ts-morph';
import { commentsIn } from './rules-comments.ts';
import type { Comment } from './rules-comments.ts';
import { isExplanation } from './rules-suppressions.ts';
import type { TypeScript } from './typescript-operators.ts';
import { functionKinds, unwrapped } from './typescript-scope.ts';

/** An exported function or class, and the index of its statement in the file. */
export interface Exported {
  readonly node: ts.Node;
  readonly kind: 'function' | 'class';
  readonly statement: number;
}

/** What a statement declares under a name; the default export without one is called `default`. */
interface Declared extends Exported {
  readonly name: string;
  readonly isExported: boolean;
}

interface Modified extends ts.Statement {
  readonly modifiers?: readonly ts.Node[] | undefined;
}

export class ExportReader {
  private readonly kinds: typeof ts.SyntaxKind;
  private readonly functions: ReadonlySet<ts.SyntaxKind>;

  constructor(typeScript: TypeScript) {
    this.kinds = typeScript.SyntaxKind;
    this.functions = functionKinds(typeScript);
  }

  /** In the order of the file. `comments` are all of the file in order. Overloads share the comment of one of them. */
  undocumented(file: ts.SourceFile, comments: readonly Comment[]): Exported[] {
    const exported = this.exportedNames(file);
    const declared = file.statements.flatMap((statement, index) => this.declared(statement, index));
    const wanted = declared.filter(({ name, isExported }) => isExported || exported.has(name));
    if (wanted.length === 0) return [];
    const documented = this.documentedNames(file, comments);
    return wanted.filter(({ statement, name }) => {
      const isFunction = file.statements[statement]?.kind === this.kinds.FunctionDeclaration;
      return !documented.has(isFunction ? name : statement);
    });
  }

  /** Indices of statements with a doc comment in front of them, and names of functions, for their overloads. */
  private documentedNames(
    file: ts.SourceFile,
    comments: readonly Comment[],
  ): ReadonlySet<number | string> {
    const docs = comments.filter((one) => one.text.startsWith('/**') && isExplanation(one));
    const documented = file.statements.flatMap((statement, index) => {
      const stretch = { pos: statement.pos, end: statement.getStart(file) };
      if (commentsIn(docs, stretch).length === 0) return [];
      const isFunction = statement.kind === this.kinds.FunctionDeclaration;
      return isFunction ? [index, nameOf(statement)] : [index];
    });
    return new Set(documented);
  }

  private declared(statement: ts.Statement, index: number): Declared[] {
    const { kinds } = this;
    const isExported = this.isExported(statement);
    if (statement.kind === kinds.VariableStatement) {
      const { declarations } = (statement as ts.VariableStatement).declarationList;
      return declarations.flatMap(({ name, initializer }) => {
        const value = initializer === undefined ? null : this.valueOf(initializer);
        const text = (name as { text?: string }).text;
        if (value === null || text === undefined) return [];
        return [{ ...value, statement: index, name: text, isExported }];
      });
    }
    if (statement.kind === kinds.ExportAssignment) {
      const value = this.valueOf((statement as ts.ExportAssignment).expression);
      return value === null
        ? []
        : [{ ...value, statement: index, name: 'default', isExported: true }];
    }
    const value = this.valueOf(statement);
    return value === null
      ? []
      : [{ ...value, statement: index, name: nameOf(statement), isExported }];
  }

  private valueOf(node: ts.Node): Pick<Exported, 'node' | 'kind'> | null {
    const { ClassDeclaration, ClassExpression } = this.kinds;
    const value = unwrapped(this.kinds, node);
    if (value.kind === ClassDeclaration || value.kind === ClassExpression) {
      return { node: value, kind: 'class' };
    }
    const hasBody = (value as ts.FunctionLikeDeclaration).body !== undefined;
    return this.functions.has(value.kind) && hasBody ? { node: value, kind: 'function' } : null;
  }

  private isExported(statement: Modified): boolean {
    return statement.modifiers?.some(({ kind }) => kind === this.kinds.ExportKeyword) ?? false;
  }

  /** Local names in `export { a, b as c }`, `export default a` and `export = a`. */
  private exportedNames(file: ts.SourceFile): ReadonlySet<string> {
    const { kinds } = this;
    const names = file.statements.flatMap((statement) => {
      if (statement.kind === kinds.ExportAssignment) {
        return (
          unwrapped(kinds, (statement as ts.ExportAssignment).expression) as { text?: string }
        ).text;
      }
      if (statement.kind !== kinds.ExportDeclaration) return undefined;
      const { moduleSpecifier, exportClause } = statement as ts.ExportDeclaration;
      if (moduleSpecifier !== undefined || exportClause?.kind !== kinds.NamedExports)
        return undefined;
      return exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
    });
    return new Set(names.filter((name) => name !== undefined));
  }
}

function nameOf(statement: ts.Node): string {
  return (statement as { name?: { text?: string } }).name?.text ?? 'default';
}
