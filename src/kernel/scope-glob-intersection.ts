// Whether two automata accept a path in common: a walk over the pairs of their states.
import { NAMED, SEGMENT_START, shapeAfter, stateAt } from './scope-glob-automaton.ts';
import type { Automaton, Shape, State } from './scope-glob-automaton.ts';
import { ANY, SLASH } from './scope-glob-syntax.ts';
import type { Token } from './scope-glob-syntax.ts';

const SHAPES = NAMED + 1;

/** The one symbol to try for two moves made together; null when no character fits both. */
function meet(left: Token, right: Token): Token | null {
  if (left === right) return left;
  if (left === ANY && right !== SLASH) return right;
  return right === ANY && left !== SLASH ? left : null;
}

/**
 * The pairs of states that one path leads to, each entered once per shape; so the work is at most the product of the
 * two sizes. Where two wildcards meet, only a character that neither pattern names is tried: it leads where any
 * character leads, and makes the segment a name.
 */
class PairWalk {
  readonly #left: Automaton;
  readonly #right: Automaton;
  readonly #seen: Uint8Array;
  /** Entered and not yet followed, as their numbers: small and without garbage. */
  readonly #open: number[] = [];

  constructor(left: Automaton, right: Automaton) {
    this.#left = left;
    this.#right = right;
    this.#seen = new Uint8Array(left.states.length * right.states.length * SHAPES);
  }

  meetsEnd(): boolean {
    this.#enter(this.#left.start, this.#right.start, SEGMENT_START);
    for (let pair = this.#open.pop(); pair !== undefined; pair = this.#open.pop()) {
      const shape = pair % SHAPES;
      const states = (pair - shape) / SHAPES;
      const rightState = states % this.#right.states.length;
      const leftState = (states - rightState) / this.#right.states.length;
      const one = stateAt(this.#left, leftState);
      const other = stateAt(this.#right, rightState);
      if (shape === NAMED && one.isAccepting && other.isAccepting) return true;
      this.#follow(one, other, shape);
    }
    return false;
  }

  #follow(one: State, other: State, shape: Shape): void {
    for (const move of one.moves) {
      for (const match of other.moves) {
        const symbol = meet(move.on, match.on);
        if (symbol !== null) this.#enter(move.to, match.to, shapeAfter(shape, symbol));
      }
    }
  }

  #enter(leftState: number, rightState: number, shape: Shape): void {
    if (shape < 0) return;
    const pair = (leftState * this.#right.states.length + rightState) * SHAPES + shape;
    if (this.#seen[pair] === 1) return;
    this.#seen[pair] = 1;
    this.#open.push(pair);
  }
}

/** Whether some path is accepted by both. */
export function sharePath(left: Automaton, right: Automaton): boolean {
  return new PairWalk(left, right).meetsEnd();
}
