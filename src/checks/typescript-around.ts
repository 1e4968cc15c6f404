// Finds the nearest node of some kinds around another, remembering the way: a call in a long chain costs no more than any.
import type { ts } from 'ts-morph';

/** One per file. Needs `parent` set on every node that is no token. */
export class NearestAround {
  private readonly isWanted: (node: ts.Node) => boolean;
  private readonly known = new Map<ts.Node, ts.Node | null>();

  constructor(isWanted: (node: ts.Node) => boolean) {
    this.isWanted = isWanted;
  }

  /** The nearest wanted node above this one; null where there is none. */
  of(node: ts.Node): ts.Node | null {
    const passed: ts.Node[] = [];
    let at = node;
    let found: ts.Node | null | undefined;
    while (found === undefined) {
      passed.push(at);
      const parent = at.parent as ts.Node | undefined;
      if (parent === undefined) found = null;
      else if (this.isWanted(parent)) found = parent;
      else {
        found = this.known.get(parent);
        at = parent;
      }
    }
    for (const one of passed) this.known.set(one, found);
    return found;
  }
}
