// The automaton of a scope glob: one state per place in the pattern, however many alternatives it writes out to.
import { present } from './assert.ts';
import type { Piece, Sequence, Token } from './scope-glob-syntax.ts';
import { ANY, DOT, GLOBSTAR, SLASH, STAR } from './scope-glob-syntax.ts';

/**
 * `on` is a code point, or ANY for every character but the separator. Walks over automata also read ANY as a symbol:
 * a character that no pattern at hand names, of which there are always some left.
 */
export interface Move {
  readonly on: Token;
  readonly to: number;
}

export interface State {
  readonly moves: readonly Move[];
  readonly isAccepting: boolean;
}

/** Non-deterministic, without empty moves. It may accept what is no path: see `Shape`. */
export interface Automaton {
  readonly states: readonly State[];
  readonly start: number;
}

/**
 * How much of a segment was read: 0 nothing, 1 `.`, 2 `..`, 3 a name; below 0 what was read starts no path.
 * Every walk over an automaton keeps one, so that empty, `.` and `..` segments belong to no glob.
 */
export type Shape = number;
export const SEGMENT_START: Shape = 0;
export const NAMED: Shape = 3;

/** The shape after one more character. */
export function shapeAfter(shape: Shape, symbol: Token): Shape {
  if (symbol === SLASH) return shape === NAMED ? SEGMENT_START : -1;
  return symbol === DOT && shape < NAMED ? shape + 1 : NAMED;
}

/** A state by its number. */
export function stateAt({ states }: Automaton, at: number): State {
  return present(states[at], 'moves lead to states of the same automaton');
}

/** Leads from states, by a symbol (a code point or ANY), to every state that it leads to, each once. */
export type Steps = (from: readonly number[], symbol: Token) => number[];

export function stepsOf(automaton: Automaton): Steps {
  const marks = new Uint32Array(automaton.states.length);
  let mark = 0;
  return (from, symbol) => {
    mark += 1;
    const after: number[] = [];
    for (const state of from) {
      for (const { on, to } of stateAt(automaton, state).moves) {
        if (marks[to] === mark || !(on === symbol || (on === ANY && symbol !== SLASH))) continue;
        marks[to] = mark;
        after.push(to);
      }
    }
    return after;
  };
}

/** Whether what was read may end in one of these states. */
export function acceptsAt(automaton: Automaton, at: readonly number[]): boolean {
  return at.some((state) => stateAt(automaton, state).isAccepting);
}

/** Builds states from the end of the pattern to its start: `next` is always complete. */
class Builder {
  readonly states: State[] = [];
  /** States before which the pattern may be over; one that only an empty `*` makes accepting is none of them. */
  readonly #ends = new Set<number>();
  /** Every path from here on. */
  readonly #everything = this.#add((self) => [
    { on: ANY, to: self },
    { on: SLASH, to: self },
  ]);

  end(): number {
    const state = this.#add(() => []);
    this.#ends.add(state);
    return state;
  }

  sequence(sequence: Sequence, next: number): number {
    return sequence.reduceRight<number>((after, piece) => this.#piece(piece, after), next);
  }

  #piece(piece: Piece, next: number): number {
    if (typeof piece !== 'number') {
      return this.#join(piece.map((alternative) => this.sequence(alternative, next)));
    }
    if (piece === STAR) return this.#star(next);
    if (piece === GLOBSTAR) return this.#globstar(next);
    const to = piece === SLASH ? this.#orEverything(next) : next;
    return this.#add(() => [{ on: piece, to }], false);
  }

  #add(movesOf: (self: number) => Move[], isAccepting = true): number {
    const self = this.states.length;
    this.states.push({ moves: movesOf(self), isAccepting });
    return self;
  }

  #at(state: number): State {
    return present(this.states[state], 'a state is built before it is used');
  }

  /** A state that can do what any of these can. */
  #join(states: readonly number[]): number {
    const parts = states.map((state) => this.#at(state));
    const joined = this.#add(
      () => parts.flatMap((part) => part.moves),
      parts.some((part) => part.isAccepting),
    );
    if (states.some((state) => this.#ends.has(state))) this.#ends.add(joined);
    return joined;
  }

  /** A pattern that ends behind a separator, or in `**`, means everything from there on. */
  #orEverything(next: number): number {
    return this.#ends.has(next) ? this.#join([next, this.#everything]) : next;
  }

  #star(next: number): number {
    const { moves, isAccepting } = this.#at(next);
    return this.#add((self) => [{ on: ANY, to: self }, ...moves], isAccepting);
  }

  /** Names with the separator behind each, then what is behind the separator that follows `**`. */
  #globstar(next: number): number {
    const follow = this.#at(next).moves.map((move) => move.to);
    const rest = this.#at(
      this.#join(this.#ends.has(next) ? [...follow, this.#everything] : follow),
    );
    const name = this.states.length;
    const loop = name + 1;
    this.#add(
      () => [
        { on: ANY, to: name },
        { on: SLASH, to: loop },
      ],
      false,
    );
    return this.#add(() => [{ on: ANY, to: name }, ...rest.moves], rest.isAccepting);
  }
}

/** Compiles a pattern that was read; at most a few states per character of its text. */
export function automatonOf(sequence: Sequence): Automaton {
  const builder = new Builder();
  const start = builder.sequence(sequence, builder.end());
  return { states: builder.states, start };
}

/** One automaton for all paths that any of these accepts. */
export function unionOf(automata: readonly Automaton[]): Automaton {
  const states: State[] = [];
  const starts: State[] = [];
  for (const automaton of automata) {
    const offset = states.length;
    for (const { moves, isAccepting } of automaton.states) {
      states.push({ moves: moves.map(({ on, to }) => ({ on, to: to + offset })), isAccepting });
    }
    starts.push(stateAt({ states, start: 0 }, offset + automaton.start));
  }
  const moves = starts.flatMap((state) => state.moves);
  states.push({ moves, isAccepting: starts.some((state) => state.isAccepting) });
  return { states, start: states.length - 1 };
}
