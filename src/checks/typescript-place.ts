// Works out where ESLint would say that a unit is: its range, the place it is reported at, and its lines.
import type { ts } from 'ts-morph';
import type { TypeScript } from './typescript-operators.ts';
import type { Found } from './typescript-walk.ts';
import type { Unit } from './unit.ts';

type Member = ts.MethodDeclaration | ts.ConstructorDeclaration | ts.AccessorDeclaration;
type FunctionNode = Member | ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction;

interface Place {
  /** Where the unit's node begins. */
  readonly start: number;
  /** Where the rules report it. */
  readonly head: number;
  /** Where its lines begin to count, or null for units without lines. */
  readonly firstLineStart: number | null;
  /** Where its body text begins: after modifiers and its own name. */
  readonly bodyStart: number;
}

/** Turns what the walker found in a file into units, in source order. */
export class Placer {
  private readonly kinds: typeof ts.SyntaxKind;
  private readonly scanner: ts.Scanner;
  private readonly memberKinds: ReadonlySet<ts.SyntaxKind>;

  constructor(typeScript: TypeScript) {
    const kinds = typeScript.SyntaxKind;
    this.kinds = kinds;
    this.scanner = typeScript.createScanner(typeScript.ScriptTarget.ESNext, true);
    this.memberKinds = new Set([
      kinds.MethodDeclaration,
      kinds.Constructor,
      kinds.GetAccessor,
      kinds.SetAccessor,
    ]);
  }

  /** `text` is what the bodies are cut from: the file's own text may have been patched to parse. */
  place(file: ts.SourceFile, text: string, found: readonly Found[]): Unit[] {
    const units = found.map((unit) => this.unitAt(file, text, unit));
    // Stable, and outer units were found first: a field stays before the function that begins where it does.
    return units.sort((a, b) => a.start - b.start);
  }

  /** Where the unit of a function begins. */
  startOf(file: ts.SourceFile, node: ts.Node): number {
    return this.functionPlace(file, node as FunctionNode).start;
  }

  private unitAt(file: ts.SourceFile, text: string, found: Found): Unit {
    const node = this.withoutParentheses(found.node);
    const place = this.placeOf(file, node, found);
    const head = file.getLineAndCharacterOfPosition(place.head);
    const endLine = lineAt(file, node.end);
    const first = place.firstLineStart;
    return {
      kind: found.kind,
      name: found.name,
      qualifiedName: found.qualifiedName,
      line: head.line + 1,
      column: head.character + 1,
      endLine,
      start: place.start,
      end: node.end,
      complexity: found.complexity,
      modifiedComplexity: found.modifiedComplexity,
      lines: first === null ? null : endLine - lineAt(file, first) + 1,
      body: text.slice(place.bodyStart, node.end),
    };
  }

  private placeOf(file: ts.SourceFile, node: ts.Node, { kind }: Found): Place {
    if (kind === 'function') return this.functionPlace(file, node as FunctionNode);
    const start = node.getStart(file);
    return { start, head: start, firstLineStart: null, bodyStart: start };
  }

  private functionPlace(file: ts.SourceFile, node: FunctionNode): Place {
    const parameters = (node.typeParameters?.pos ?? node.parameters.pos) - 1;
    if (this.memberKinds.has(node.kind)) {
      // ESTree's function of a method begins at its parameters; the rules report and count the whole member.
      const head = node.getStart(file);
      return { start: parameters, head, firstLineStart: head, bodyStart: parameters };
    }
    const start = this.startAfterExport(file, node);
    const isArrow = node.kind === this.kinds.ArrowFunction;
    return {
      start,
      head: this.headOf(file, node, start),
      firstLineStart: start,
      bodyStart: isArrow ? start : parameters,
    };
  }

  /** `export` and `export default` belong to a node of their own in ESTree. */
  private startAfterExport(file: ts.SourceFile, node: FunctionNode): number {
    const [first, second] = node.modifiers ?? [];
    if (first?.kind !== this.kinds.ExportKeyword) return node.getStart(file);
    const last = second?.kind === this.kinds.DefaultKeyword ? second : first;
    this.scanner.setText(file.text, last.end);
    this.scanner.scan();
    const start = this.scanner.getTokenStart();
    this.scanner.setText('');
    return start;
  }

  private headOf(file: ts.SourceFile, node: FunctionNode, start: number): number {
    const member = this.memberAround(node);
    if (member !== undefined) return member.getStart(file);
    if (node.kind !== this.kinds.ArrowFunction) return start;
    return node.equalsGreaterThanToken.getStart(file);
  }

  /**
   * The member whose value or computed key the function is, if ESLint reports such functions at the member.
   * It does for ESTree's Property, PropertyDefinition, MethodDefinition and the two type signatures.
   */
  private memberAround(node: ts.Node): ts.Node | undefined {
    let child = node;
    let parent = node.parent;
    while (parent.kind === this.kinds.ParenthesizedExpression) {
      child = parent;
      parent = parent.parent;
    }
    if (parent.kind === this.kinds.ComputedPropertyName) {
      return this.isReportedForKey(parent.parent) ? parent.parent : undefined;
    }
    const isValue = (parent as { initializer?: ts.Node }).initializer === child;
    return isValue && this.isReportedForValue(parent) ? parent : undefined;
  }

  private isReportedForValue(parent: ts.Node): boolean {
    if (parent.kind === this.kinds.PropertyAssignment) return true;
    return parent.kind === this.kinds.PropertyDeclaration && !this.isSpecial(parent);
  }

  private isReportedForKey(parent: ts.Node): boolean {
    return parent.kind !== this.kinds.EnumMember && !this.isSpecial(parent);
  }

  /** Abstract members and accessor fields are node types that ESLint's core does not know. */
  private isSpecial(member: ts.Node): boolean {
    const { AbstractKeyword, AccessorKeyword } = this.kinds;
    const modifiers = (member as ts.PropertyDeclaration).modifiers ?? [];
    return modifiers.some(({ kind }) => kind === AbstractKeyword || kind === AccessorKeyword);
  }

  private withoutParentheses(node: ts.Node): ts.Node {
    let inner = node;
    while (inner.kind === this.kinds.ParenthesizedExpression) {
      inner = (inner as ts.ParenthesizedExpression).expression;
    }
    return inner;
  }
}

function lineAt(file: ts.SourceFile, position: number): number {
  return file.getLineAndCharacterOfPosition(position).line + 1;
}
