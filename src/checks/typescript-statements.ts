// The code at the top of a file that is no function, statement by statement, made out as units for the ratchet.
import type { ts } from 'ts-morph';
import type { TypeScript } from './typescript-operators.ts';
import type { Unit } from './unit.ts';

interface Named {
  readonly name?: { readonly text?: string } | undefined;
}

export class StatementReader {
  private readonly kinds: typeof ts.SyntaxKind;

  constructor({ SyntaxKind }: TypeScript) {
    this.kinds = SyntaxKind;
  }

  /** One unit for each statement, functions too, so that an index here is an index into `file.statements`. */
  unitsOf(file: ts.SourceFile, text: string): Unit[] {
    return file.statements.map((statement) => this.unitOf(file, text, statement));
  }

  private unitOf(file: ts.SourceFile, text: string, statement: ts.Statement): Unit {
    const start = statement.getStart(file);
    const name = this.nameOf(statement);
    return {
      // The ratchet compares kinds for equality: this one keeps statements apart from functions of the same text.
      kind: 'class-static-block',
      ...{ name, qualifiedName: `top-level ${name}` },
      line: lineAt(file, start),
      column: 1,
      endLine: lineAt(file, statement.end),
      start,
      end: statement.end,
      complexity: 1,
      modifiedComplexity: 1,
      lines: null,
      body: text.slice(start, statement.end),
    };
  }

  private nameOf(statement: ts.Statement): string {
    const [first] =
      (statement as Partial<ts.VariableStatement>).declarationList?.declarations ?? [];
    const named = (first ?? statement) as Named;
    return named.name?.text ?? this.kinds[statement.kind];
  }
}

function lineAt(file: ts.SourceFile, position: number): number {
  return file.getLineAndCharacterOfPosition(position).line + 1;
}
