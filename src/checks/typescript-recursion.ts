// Finds functions that call themselves, directly or through others of the same file.
import type { ts } from 'ts-morph';
import { cyclesOf } from './rules-cycles.ts';
import { NearestAround } from './typescript-around.ts';
import { CalleeReader } from './typescript-callee.ts';
import type { TypeScript } from './typescript-operators.ts';
import { functionKinds } from './typescript-scope.ts';

/** A function that comes round to itself, and the other functions on the way, in no particular order. */
export interface Recursion {
  readonly node: ts.Node;
  readonly through: readonly ts.Node[];
}

/** They call back later, when the caller has returned: that is waiting, not recursion. */
const waiting: ReadonlySet<string> = new Set([
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'nextTick'],
  ...['requestAnimationFrame', 'requestIdleCallback', 'then', 'catch', 'finally'],
  ...['on', 'once', 'addEventListener'],
]);

const shownMax = 4;

/** Functions by number, and who calls whom; a function also leads to the callbacks in it, which it has called. */
class CallGraph {
  readonly nodes: ts.Node[] = [];
  readonly calls = new Map<number, Set<number>>();
  /** Called by name, so that a cycle through them is theirs. */
  readonly called = new Set<number>();
  /** Whose surroundings are known already. */
  readonly placed = new Set<ts.Node>();
  private readonly numbers = new Map<ts.Node, number>();

  numberOf(node: ts.Node): number {
    const known = this.numbers.get(node);
    if (known !== undefined) return known;
    this.numbers.set(node, this.nodes.length);
    return this.nodes.push(node) - 1;
  }

  add(from: ts.Node, to: ts.Node): void {
    const caller = this.numberOf(from);
    const known = this.calls.get(caller) ?? new Set<number>();
    this.calls.set(caller, known);
    known.add(this.numberOf(to));
  }
}

export class RecursionReader {
  private readonly typeScript: TypeScript;
  private readonly functions: ReadonlySet<ts.SyntaxKind>;

  constructor(typeScript: TypeScript) {
    this.typeScript = typeScript;
    this.functions = functionKinds(typeScript);
  }

  /** `calls` are all calls of one file. Needs `parent` set on every node that is no token. */
  recursionsOf(calls: readonly ts.CallExpression[]): Recursion[] {
    const callees = new CalleeReader(this.typeScript);
    const graph = new CallGraph();
    const around = new NearestAround(({ kind }) => this.functions.has(kind));
    for (const call of calls) {
      const callee = callees.calleeOf(call);
      if (callee === null) continue;
      const caller = around.of(call);
      if (caller === null) continue;
      this.addAround(caller, graph, around);
      graph.add(caller, callee);
      graph.called.add(graph.numberOf(callee));
    }
    return cyclesOf(graph.calls).flatMap((cycle) => recursionsIn(cycle, graph));
  }

  /** Leads from the functions around to the callbacks inside them, outwards. */
  private addAround(inner: ts.Node, graph: CallGraph, around: NearestAround): void {
    let node = inner;
    while (!graph.placed.has(node)) {
      graph.placed.add(node);
      const outer = this.isCallback(node) ? around.of(node) : null;
      if (outer === null) return;
      graph.add(outer, node);
      node = outer;
    }
  }

  /** Handed to a call, which calls it before it returns; or called on the spot. */
  private isCallback(node: ts.Node): boolean {
    const { CallExpression, NewExpression, ParenthesizedExpression } = this.typeScript.SyntaxKind;
    let around = node.parent;
    while (around.kind === ParenthesizedExpression) around = around.parent;
    if (around.kind !== CallExpression && around.kind !== NewExpression) return false;
    const { text, name } = (around as ts.CallExpression).expression as {
      text?: string;
      name?: { text?: string };
    };
    return !waiting.has(name?.text ?? text ?? '');
  }
}

function recursionsIn(cycle: readonly number[], { nodes, called }: CallGraph): Recursion[] {
  const named = cycle
    .filter((number) => called.has(number))
    .flatMap((number) => nodes[number] ?? []);
  // Some of them are enough to find the others by, and a long cycle has too many to list for each.
  const shown = named.slice(0, shownMax);
  return named.map((node) => ({ node, through: shown.filter((other) => other !== node) }));
}
