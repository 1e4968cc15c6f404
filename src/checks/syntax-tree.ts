// The port of a parser for many languages: a tree as plain data, and how to look around in it.

/** Which grammar reads a file; that of C++ reads C too. */
export type Grammar = 'python' | 'go' | 'java' | 'rust' | 'cpp';

/** The nodes of a tree in source order, an outer node before its inner ones; node 0 is the root. */
export interface NodeTable {
  /** The grammar's words for types of nodes and for fields; tokens are types too, such as `&&`. */
  readonly kindNames: readonly string[];
  readonly fieldNames: readonly string[];
  /** Indices into those, for each node. Field 0 is none. */
  readonly kinds: Uint16Array;
  readonly fields: Uint16Array;
  /** UTF-16 offsets. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly parents: Uint32Array;
  /** The first node behind each node and all that is inside it. */
  readonly nexts: Uint32Array;
}

/** Why there is no tree: the first error (a sentence) with its 1-based line, or more than the parser can do. */
export interface Unparsed {
  readonly ok: false;
  readonly error: string;
  readonly line: number;
  readonly isBeyondParser?: true;
}

export type Parsed = { readonly ok: true; readonly nodes: NodeTable } | Unparsed;

export type Parse = (text: string) => Parsed;

/** Loads a grammar, once. Rejects with a Fault where it is not installed. */
export type ParserOf = (grammar: Grammar) => Promise<Parse>;

/** A text with its tree. Nodes are told by number. */
export class SyntaxTree {
  readonly text: string;
  private readonly nodes: NodeTable;

  constructor(text: string, nodes: NodeTable) {
    this.text = text;
    this.nodes = nodes;
  }

  get size(): number {
    return this.nodes.kinds.length;
  }

  kind(node: number): string {
    return this.nodes.kindNames[this.nodes.kinds[node] ?? 0] ?? '';
  }

  /** The field of its parent that a node stands in; empty for none. */
  field(node: number): string {
    return this.nodes.fieldNames[this.nodes.fields[node] ?? 0] ?? '';
  }

  start(node: number): number {
    return this.nodes.starts[node] ?? 0;
  }

  end(node: number): number {
    return this.nodes.ends[node] ?? 0;
  }

  /** The root is its own parent. */
  parent(node: number): number {
    return this.nodes.parents[node] ?? 0;
  }

  next(node: number): number {
    return this.nodes.nexts[node] ?? this.size;
  }

  textOf(node: number): string {
    return this.text.slice(this.start(node), this.end(node));
  }

  *children(node: number): Generator<number> {
    const end = this.next(node);
    for (let child = node + 1; child < end; child = this.next(child)) yield child;
  }

  /** The first child in a field. */
  childIn(node: number, field: string): number | undefined {
    for (const child of this.children(node)) if (this.field(child) === field) return child;
    return undefined;
  }

  /** The first child of a kind. */
  childOf(node: number, kind: string): number | undefined {
    for (const child of this.children(node)) if (this.kind(child) === kind) return child;
    return undefined;
  }
}
