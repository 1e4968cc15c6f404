// Looks through a parsed file for what the check `rules` judges, in one walk with a stack of its own.
import type { ts } from 'ts-morph';
import type { Breach, RuleName } from './rules-breach.ts';
import { commentsIn, commentsOf } from './rules-comments.ts';
import type { Comment, Stretch } from './rules-comments.ts';
import { isExplanation, marksGenerated, suppressionOf } from './rules-suppressions.ts';
import { ExportReader } from './typescript-exports.ts';
import { LoopReader } from './typescript-loops.ts';
import type { TypeScript } from './typescript-operators.ts';
import type { Namer } from './typescript-name.ts';
import type { Placer } from './typescript-place.ts';
import { RecursionReader } from './typescript-recursion.ts';
import { functionKinds, unwrapped } from './typescript-scope.ts';
import { StatementReader } from './typescript-statements.ts';
import type { Traits, Unit } from './unit.ts';

/** Lines at the top of a file in which a tool may say that it wrote it. */
const markedLinesMax = 5;
const textCharsMax = 200;
const globalObjects: ReadonlySet<string> = new Set(['globalThis', 'window', 'global', 'self']);

/** One file while it is looked through. */
interface Work {
  readonly file: ts.SourceFile;
  readonly text: string;
  readonly opaque: Stretch[];
  readonly calls: ts.CallExpression[];
  readonly catches: ts.Block[];
  readonly breaches: Breach[];
  readonly unitOf: (node: ts.Node) => number | null;
}

type Look = (node: never, work: Work) => void;

/** One per process; a look leaves nothing behind. */
export class Inspector {
  private readonly kinds: typeof ts.SyntaxKind;
  private readonly forEachChild: typeof ts.forEachChild;
  private readonly functions: ReadonlySet<ts.SyntaxKind>;
  private readonly looks: (Look | undefined)[];
  private readonly loops: LoopReader;
  private readonly recursion: RecursionReader;
  private readonly statements: StatementReader;
  private readonly exported: ExportReader;
  private readonly placer: Placer;
  private readonly namer: Namer;

  constructor(typeScript: TypeScript, placer: Placer, namer: Namer) {
    this.kinds = typeScript.SyntaxKind;
    this.forEachChild = typeScript.forEachChild;
    this.functions = functionKinds(typeScript);
    this.placer = placer;
    this.namer = namer;
    this.loops = new LoopReader(typeScript);
    this.recursion = new RecursionReader(typeScript);
    this.statements = new StatementReader(typeScript);
    this.exported = new ExportReader(typeScript);
    this.looks = this.buildLooks();
  }

  /** `text` is the file's text before any patch; `units` are what was found in it, with `parent` set by that walk. */
  inspect(file: ts.SourceFile, text: string, units: readonly Unit[]): Traits {
    const statements = this.statements.unitsOf(file, text);
    const work: Work = {
      ...{ file, text, opaque: [], calls: [], catches: [], breaches: [] },
      unitOf: this.finderOf(file, units),
    };
    this.walk(work);
    const opaque = work.opaque.sort((a, b) => a.start - b.start);
    const comments = commentsOf(text, opaque);
    this.addRecursions(work);
    this.addEmptyCatches(work, comments);
    this.addExports(work, comments, units.length);
    addSuppressions(work, comments);
    return {
      breaches: work.breaches.sort((a, b) => a.offset - b.offset),
      statements,
      isMarkedGenerated: comments.some(
        (comment) => lineAt(file, comment.start) <= markedLinesMax && marksGenerated(comment),
      ),
    };
  }

  private walk(work: Work): void {
    const nodes: ts.Node[] = [work.file];
    const push = (child: ts.Node): void => {
      nodes.push(child);
    };
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      this.looks[node.kind]?.(node as never, work);
      this.forEachChild(node, push);
    }
  }

  private buildLooks(): (Look | undefined)[] {
    const kinds = this.kinds;
    const looks = new Array<Look | undefined>(kinds.Count).fill(undefined);
    const on = (look: Look, ...of: ts.SyntaxKind[]): void => {
      for (const kind of of) looks[kind] = look;
    };
    on(opaque, kinds.StringLiteral, kinds.NoSubstitutionTemplateLiteral, kinds.JsxText);
    on(opaque, kinds.TemplateHead, kinds.TemplateMiddle, kinds.TemplateTail);
    on(opaque, kinds.RegularExpressionLiteral);
    on((node: ts.Node, work) => add(work, 'anyTypes', node), kinds.AnyKeyword);
    on((node: ts.Node, work) => add(work, 'nonNull', node), kinds.NonNullExpression);
    on(this.loop, kinds.WhileStatement, kinds.DoStatement, kinds.ForStatement);
    on(({ block }: ts.CatchClause, work) => work.catches.push(block), kinds.CatchClause);
    on(this.call, kinds.CallExpression);
    on(this.construction, kinds.NewExpression);
    on(this.parameters, ...this.functions);
    return looks;
  }

  private readonly loop = (node: ts.WhileStatement, work: Work): void => {
    if (this.loops.isUnbounded(node)) add(work, 'unboundedLoop', node);
  };

  private readonly construction = (node: ts.NewExpression, work: Work): void => {
    const callee = unwrapped(this.kinds, node.expression);
    if (this.globalName(callee) === 'Function') add(work, 'eval', node);
  };

  private readonly call = (node: ts.CallExpression, work: Work): void => {
    const callee = unwrapped(this.kinds, node.expression);
    const name = this.globalName(callee);
    if (name === 'eval' || name === 'Function') add(work, 'eval', node);
    work.calls.push(node);
    const body = this.handlerOf(node, callee);
    if (body !== null) work.catches.push(body);
  };

  /** `a` of `a` and of `globalThis.a`; undefined where something else is called. */
  private globalName(callee: ts.Node): string | undefined {
    if (callee.kind === this.kinds.Identifier) return (callee as ts.Identifier).text;
    const { name, expression } = callee as Partial<ts.PropertyAccessExpression>;
    const owner = (expression as { text?: string } | undefined)?.text ?? '';
    return globalObjects.has(owner) ? name?.text : undefined;
  }

  /** The body of the function in `p.catch(function)`. */
  private handlerOf(node: ts.CallExpression, callee: ts.Node): ts.Block | null {
    const { name } = callee as Partial<ts.PropertyAccessExpression>;
    const [first] = node.arguments;
    if (name?.text !== 'catch' || first === undefined) return null;
    const handler = unwrapped(this.kinds, first);
    if (!this.functions.has(handler.kind)) return null;
    const { body } = handler as ts.ArrowFunction;
    return body.kind === this.kinds.Block ? (body as ts.Block) : null;
  }

  private readonly parameters = (node: ts.FunctionLikeDeclaration, work: Work): void => {
    const unit = node.body === undefined ? null : work.unitOf(node);
    if (unit === null || node.parameters.length === 0) return;
    const value = node.parameters.filter(
      ({ name }) => (name as { text?: string }).text !== 'this',
    ).length;
    add(work, 'parameters', node, { unit, value });
  };

  private addRecursions(work: Work): void {
    for (const { node, through } of this.recursion.recursionsOf(work.calls)) {
      const unit = work.unitOf(node);
      const value = through
        .map((other) => this.namer.nameOf(other as ts.NamedDeclaration))
        .join(', ');
      if (unit !== null) add(work, 'recursion', node, { unit, value });
    }
  }

  private addEmptyCatches(work: Work, comments: readonly Comment[]): void {
    for (const block of work.catches) {
      if (!block.statements.every((statement) => this.isIdle(statement))) continue;
      const isExplained = commentsIn(comments, block).some(isExplanation);
      if (!isExplained) add(work, 'emptyCatch', block);
    }
  }

  /** Does nothing: `;`, `{}`, a name or a value on its own. */
  private isIdle(statement: ts.Statement): boolean {
    const { kinds } = this;
    if (statement.kind === kinds.EmptyStatement) return true;
    if (statement.kind === kinds.Block) return (statement as ts.Block).statements.length === 0;
    if (statement.kind !== kinds.ExpressionStatement) return false;
    let value = unwrapped(kinds, (statement as ts.ExpressionStatement).expression);
    if (value.kind === kinds.VoidExpression) value = (value as ts.VoidExpression).expression;
    return value.kind === kinds.Identifier || value.kind <= kinds.LastLiteralToken;
  }

  private addExports(work: Work, comments: readonly Comment[], unitsCount: number): void {
    for (const { node, kind, statement } of this.exported.undocumented(work.file, comments)) {
      const unit = kind === 'class' ? unitsCount + statement : work.unitOf(node);
      if (unit !== null) add(work, 'documentedExports', node, { unit, kind });
    }
  }

  /** Finds the index of a function's unit by where it begins: no two functions begin at one place. */
  private finderOf(file: ts.SourceFile, units: readonly Unit[]): (node: ts.Node) => number | null {
    const byStart = new Map<number, number>();
    for (const [index, { kind, start }] of units.entries()) {
      if (kind === 'function') byStart.set(start, index);
    }
    return (node) => byStart.get(this.placer.startOf(file, node)) ?? null;
  }
}

function opaque(node: ts.Node, { file, opaque: stretches }: Work): void {
  stretches.push({ start: node.getStart(file), end: node.end });
}

function add(
  { file, text, breaches }: Work,
  rule: RuleName,
  node: ts.Node,
  parts: Partial<Breach> = {},
): void {
  const offset = node.getStart(file);
  const line = lineAt(file, offset);
  const endLine = lineAt(file, node.end);
  const shown = lineTextAt(text, offset);
  breaches.push({
    ...{ rule, kind: rule, line, endLine, offset, text: shown, unit: null, value: null },
    ...parts,
  });
}

function addSuppressions({ file, breaches }: Work, comments: readonly Comment[]): void {
  for (const comment of comments) {
    const kind = suppressionOf(comment);
    if (kind === undefined) continue;
    const line = lineAt(file, comment.start);
    const shown = squeezed(comment.text.slice(0, textCharsMax));
    breaches.push({
      ...{ rule: 'suppressions', kind, line, endLine: line, offset: comment.start },
      ...{ text: shown, unit: null, value: null },
    });
  }
}

function lineAt(file: ts.SourceFile, position: number): number {
  return file.getLineAndCharacterOfPosition(position).line + 1;
}

/** The line that an offset is on, around it as far as counts, without layout. */
function lineTextAt(text: string, offset: number): string {
  const before = text.slice(Math.max(0, offset - textCharsMax), offset);
  const after = text.slice(offset, offset + textCharsMax);
  return squeezed((before.split(/[\n\r]/).at(-1) ?? '') + (after.split(/[\n\r]/)[0] ?? ''));
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
