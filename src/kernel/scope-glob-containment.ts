// Whether one automaton accepts every path of another: a search for a counterexample, exact or not answered at all.
import { UsageError } from './fault.ts';
import { limits } from './limits.ts';
import {
  NAMED,
  SEGMENT_START,
  acceptsAt,
  shapeAfter,
  stateAt,
  stepsOf,
} from './scope-glob-automaton.ts';
import type { Automaton, Shape, Steps } from './scope-glob-automaton.ts';

/** A place of the inner automaton, and every state the outer one can be in after the same characters. */
interface Front {
  readonly at: number;
  readonly shape: Shape;
  /** Ascending. */
  readonly reached: readonly number[];
  /** A smaller front at the same place makes this one needless. */
  isDropped: boolean;
}

/**
 * The search. Two facts keep it small. A wildcard of the inner pattern needs to be tried on one character alone, one
 * that no pattern names: put in the place of whatever the wildcard took, it leaves a counterexample one, for where the
 * outer pattern takes it, it takes any character. And of two fronts at one place, only the one with fewer outer states
 * can matter, so those are tried first.
 */
class Counterexamples {
  readonly #inner: Automaton;
  readonly #outer: Automaton;
  /** Fronts to go on from, by how many outer states they hold. */
  readonly #open: Front[][];
  /** Per place and shape, the fronts of which none holds all states of another. */
  readonly #kept = new Map<number, Front[]>();
  readonly #outerAfter: Steps;
  #steps = 0;

  constructor(inner: Automaton, outer: Automaton) {
    this.#inner = inner;
    this.#outer = outer;
    this.#open = Array.from({ length: outer.states.length + 1 }, () => []);
    this.#outerAfter = stepsOf(outer);
  }

  exist(): boolean {
    this.#visit(this.#inner.start, SEGMENT_START, [this.#outer.start]);
    for (let front = this.#take(); front !== undefined; front = this.#take()) {
      if (this.#isCounterexample(front)) return true;
      if (!front.isDropped) this.#follow(front);
    }
    return false;
  }

  #take(): Front | undefined {
    return this.#open.find((fronts) => fronts.length > 0)?.pop();
  }

  #isCounterexample({ at, shape, reached }: Front): boolean {
    return shape === NAMED && acceptsAt(this.#inner, [at]) && !acceptsAt(this.#outer, reached);
  }

  #follow(front: Front): void {
    const width = front.reached.reduce((sum, state) => sum + this.#widthOf(state), 0);
    for (const { on, to } of stateAt(this.#inner, front.at).moves) {
      const shape = shapeAfter(front.shape, on);
      if (shape < 0) continue;
      this.#spend(width);
      const reached = this.#outerAfter(front.reached, on).sort((left, right) => left - right);
      this.#visit(to, shape, reached);
    }
  }

  #widthOf(outerState: number): number {
    return stateAt(this.#outer, outerState).moves.length;
  }

  #visit(at: number, shape: Shape, reached: readonly number[]): void {
    const place = at * (NAMED + 1) + shape;
    const kept = this.#kept.get(place) ?? [];
    if (kept.some((front) => this.#isPart(front.reached, reached))) return;
    const front: Front = { at, shape, reached, isDropped: false };
    for (const other of kept) other.isDropped = this.#isPart(reached, other.reached);
    this.#kept.set(place, [...kept.filter((other) => !other.isDropped), front]);
    this.#open[reached.length]?.push(front);
  }

  /** Whether every member of the ascending list `part` is in the ascending list `whole`. */
  #isPart(part: readonly number[], whole: readonly number[]): boolean {
    let at = 0;
    const isPart = part.every((member) => {
      while ((whole[at] ?? member) < member) at += 1;
      return whole[at] === member;
    });
    this.#spend(at + 1);
    return isPart;
  }

  /** The bound counts work, not time, so that every machine gives the same answer. */
  #spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps <= limits.globComparisonStepsMax) return;
    throw new UsageError(
      'glob-too-costly',
      `These globs are too entangled to be compared exactly in ${limits.globComparisonStepsMax} steps. Use fewer wildcards, or list what is meant.`,
      { globComparisonStepsMax: limits.globComparisonStepsMax },
    );
  }
}

/**
 * Whether every path that `inner` accepts is accepted by `outer`.
 * Throws UsageError `glob-too-costly` rather than guess when limits.globComparisonStepsMax is not enough.
 */
export function holdsEveryPath(outer: Automaton, inner: Automaton): boolean {
  return !new Counterexamples(inner, outer).exist();
}
