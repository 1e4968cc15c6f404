// Finds the functions in a syntax tree and counts their branches, in one walk along its nodes: depth costs no recursion.
import type { Branches, Named, SyntaxLanguage } from './syntax-language.ts';
import type { SyntaxTree } from './syntax-tree.ts';
import { clipName, extendName } from './unit-name.ts';
import type { Unit } from './unit.ts';

/** A function while its inside is being walked. */
interface Draft {
  readonly node: number;
  readonly named: Named;
  readonly qualifiedName: string;
  complexity: number;
  modifiedComplexity: number;
}

/** Nodes up to `end` belong to a function or to none. */
interface Frame {
  readonly end: number;
  readonly draft: Draft | null;
  readonly scope: string;
}

/** Every function of a file in source order, an outer one before its inner ones. */
export function unitsIn(language: SyntaxLanguage, tree: SyntaxTree): Unit[] {
  const drafts = new Walk(language, tree).drafts();
  const lineStarts = lineStartsOf(tree.text);
  return drafts.map((draft) => unitOf(tree, draft, lineStarts));
}

class Walk {
  private readonly language: SyntaxLanguage;
  private readonly tree: SyntaxTree;
  private readonly switches: ReadonlySet<string>;
  private readonly found: Draft[] = [];
  private readonly frames: Frame[] = [];

  constructor(language: SyntaxLanguage, tree: SyntaxTree) {
    this.language = language;
    this.tree = tree;
    this.switches = new Set(language.switches);
  }

  drafts(): readonly Draft[] {
    const { size } = this.tree;
    let frame: Frame = { end: size, draft: null, scope: '' };
    this.frames.push(frame);
    let node = 0;
    while (node < size) {
      if (node >= frame.end) {
        this.frames.pop();
        frame = this.frames.at(-1) ?? frame;
        continue;
      }
      const kind = this.tree.kind(node);
      if (frame.draft !== null) this.count(frame.draft, kind, node);
      const [inside, next] = this.enter(frame, kind, node);
      frame = inside;
      node = next;
    }
    return this.found;
  }

  private count(draft: Draft, kind: string, node: number): void {
    const both = this.weight(this.language.branches, kind, node);
    draft.complexity += both + this.weight(this.language.cases, kind, node);
    draft.modifiedComplexity += both + (this.switches.has(kind) ? 1 : 0);
  }

  private weight(branches: Branches, kind: string, node: number): number {
    const rule = branches[kind];
    if (rule === undefined) return 0;
    return rule === 1 ? 1 : rule(this.tree, node);
  }

  /** The frame that holds for what is inside a node, and the node to go on with. */
  private enter(frame: Frame, kind: string, node: number): readonly [Frame, number] {
    const part = this.partOf(kind, node);
    if (part === null) return [frame, this.tree.next(node)];
    const opened = this.opened(frame, kind, node);
    const isWhole = part === node;
    if (opened === null && isWhole) return [frame, node + 1];
    const { draft, scope } = opened ?? frame;
    const inside = { end: this.tree.next(part), draft, scope };
    this.frames.push(inside);
    return [inside, isWhole ? node + 1 : part];
  }

  /** The node itself where all of it is looked into, else its last field where only that is, or null for none. */
  private partOf(kind: string, node: number): number | null {
    const field = this.language.onlyFields[kind];
    if (field === undefined) return node;
    return field === null ? null : (this.tree.childIn(node, field) ?? null);
  }

  private opened(frame: Frame, kind: string, node: number): Pick<Frame, 'draft' | 'scope'> | null {
    const named = this.language.units[kind]?.(this.tree, node) ?? null;
    if (named !== null) {
      const qualifiedName = extendName(frame.scope, clipName(named.name));
      const draft = { node, named, qualifiedName, complexity: 1, modifiedComplexity: 1 };
      this.found.push(draft);
      return { draft, scope: qualifiedName };
    }
    const lend = this.language.scopes[kind];
    if (lend === undefined) return null;
    const name = lend(this.tree, node);
    return {
      draft: null,
      scope: name === null ? frame.scope : extendName(frame.scope, clipName(name)),
    };
  }
}

function unitOf(tree: SyntaxTree, draft: Draft, lineStarts: readonly number[]): Unit {
  const { node, named, qualifiedName, complexity, modifiedComplexity } = draft;
  const start = tree.start(node);
  const end = tree.end(node);
  const line = lineAt(lineStarts, start);
  const endLine = lineAt(lineStarts, Math.max(start, end - 1));
  return {
    ...{ kind: 'function', name: clipName(named.name), qualifiedName },
    ...{ line, column: start - (lineStarts[line - 1] ?? 0) + 1, endLine, start, end },
    ...{ complexity, modifiedComplexity, lines: endLine - line + 1 },
    body: tree.text.slice(named.bodyStart, end),
  };
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** 1-based. */
function lineAt(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] ?? Infinity) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
