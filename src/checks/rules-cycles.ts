// Cycles of a graph of calls, without recursion, so that long chains of calls cost no stack.

/** Edges by number of the node; a node that calls nobody may be missing. */
export type Calls = ReadonlyMap<number, ReadonlySet<number>>;

interface Visit {
  readonly node: number;
  readonly targets: Iterator<number>;
}

/** Tarjan's bookkeeping: when a node was met, and the earliest one that is reached from it. */
interface Search {
  readonly calls: Calls;
  readonly met: Map<number, number>;
  readonly earliest: Map<number, number>;
  readonly open: number[];
  readonly isOpen: Set<number>;
  readonly cycles: number[][];
}

/** The strongly connected parts that hold a cycle, each a list of nodes; a node that calls itself is one. */
export function cyclesOf(calls: Calls): number[][] {
  const search: Search = {
    ...{ calls, met: new Map(), earliest: new Map() },
    ...{ open: [], isOpen: new Set(), cycles: [] },
  };
  for (const node of calls.keys()) if (!search.met.has(node)) searchFrom(node, search);
  return search.cycles;
}

function searchFrom(start: number, search: Search): void {
  const path: Visit[] = [visit(start, search)];
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    const next = last.targets.next();
    if (next.done === true) {
      path.pop();
      close(last.node, path.at(-1)?.node, search);
    } else if (!search.met.has(next.value)) path.push(visit(next.value, search));
    else if (search.isOpen.has(next.value)) lower(last.node, metAt(next.value, search), search);
  }
}

function visit(node: number, { calls, met, earliest, open, isOpen }: Search): Visit {
  met.set(node, met.size);
  earliest.set(node, met.size - 1);
  open.push(node);
  isOpen.add(node);
  return { node, targets: (calls.get(node) ?? new Set<number>()).values() };
}

function metAt(node: number, { met }: Search): number {
  return met.get(node) ?? 0;
}

function lower(node: number, to: number, { earliest }: Search): void {
  earliest.set(node, Math.min(earliest.get(node) ?? to, to));
}

function close(node: number, caller: number | undefined, search: Search): void {
  const { calls, earliest, open, isOpen, cycles } = search;
  const own = earliest.get(node) ?? 0;
  if (caller !== undefined) lower(caller, own, search);
  if (own !== metAt(node, search)) return;
  const part = open.splice(open.lastIndexOf(node));
  for (const one of part) isOpen.delete(one);
  if (part.length > 1 || calls.get(node)?.has(node) === true) cycles.push(part);
}
