// Whether a history of concurrent operations on one thing could have happened one after the other (Wing and Gong's question).

/** An operation as its caller saw it. */
export interface Operation<Call, Result> {
  readonly call: Call;
  /** Null when nobody knows: it may have happened, or not. */
  readonly result: Result | null;
  /** Times of one monotonic clock. Without a result: when it can no longer happen, as its process was dead; null for never. */
  readonly invoked: number;
  readonly returned: number | null;
}

/** What a thing does when operations come one at a time. */
export interface Sequential<State, Call, Result> {
  readonly initial: State;
  /** The state after a call; undefined when the call cannot have had this result there. Null stands for any result. */
  readonly step: (state: State, call: Call, result: Result | null) => State | undefined;
  /** Equal texts for equal states. */
  readonly key: (state: State) => string;
}

/** One way in which it may have gone so far: the state, and which of those still running have taken effect. */
interface Way<State> {
  readonly state: State;
  readonly done: ReadonlySet<number>;
}

interface Moment {
  readonly at: number;
  readonly index: number;
  readonly isReturn: boolean;
}

/** Invocations before returns where the clock cannot tell: that allows more orders, never fewer. */
function momentsOf<Call, Result>(history: readonly Operation<Call, Result>[]): Moment[] {
  const moments = history.flatMap(({ invoked, returned }, index) => [
    { at: invoked, index, isReturn: false },
    ...(returned === null ? [] : [{ at: returned, index, isReturn: true }]),
  ]);
  return moments.sort(
    (left, right) => left.at - right.at || Number(left.isReturn) - Number(right.isReturn),
  );
}

class Search<State, Call, Result> {
  readonly #model: Sequential<State, Call, Result>;
  readonly #history: readonly Operation<Call, Result>[];
  readonly #running = new Set<number>();
  #ways: Way<State>[];

  constructor(model: Sequential<State, Call, Result>, history: readonly Operation<Call, Result>[]) {
    this.#model = model;
    this.#history = history;
    this.#ways = [{ state: model.initial, done: new Set() }];
  }

  begin(index: number): void {
    this.#running.add(index);
  }

  /** Keeps the ways in which the operation has taken effect by now; false when there is none. */
  end(index: number): boolean {
    this.#close(index, this.#waysThat(index));
    return this.#ways.length > 0;
  }

  /** From here on an operation of unknown outcome has happened or never will. */
  giveUp(index: number): void {
    const without = this.#ways.filter(({ done }) => !done.has(index));
    this.#close(index, [...this.#waysThat(index), ...without]);
  }

  #close(index: number, ways: readonly Way<State>[]): void {
    this.#running.delete(index);
    const kept = new Map<string, Way<State>>();
    for (const { state, done } of ways) {
      const others = new Set(done);
      others.delete(index);
      const way = { state, done: others };
      kept.set(this.#keyOf(way), way);
    }
    this.#ways = [...kept.values()];
  }

  #keyOf({ state, done }: Way<State>): string {
    return `${this.#model.key(state)} ${[...done].sort().join()}`;
  }

  /** All ways to go on from those so far until one operation has taken effect, each once. */
  #waysThat(index: number): Way<State>[] {
    const met = new Set<string>();
    const found: Way<State>[] = [];
    const open = [...this.#ways];
    for (let way = open.pop(); way !== undefined; way = open.pop()) {
      const key = this.#keyOf(way);
      if (met.has(key)) continue;
      met.add(key);
      if (way.done.has(index)) found.push(way);
      else open.push(...this.#nextWays(way));
    }
    return found;
  }

  #nextWays({ state, done }: Way<State>): Way<State>[] {
    const next: Way<State>[] = [];
    for (const index of this.#running) {
      const operation = this.#history[index];
      if (operation === undefined || done.has(index)) continue;
      const after = this.#model.step(state, operation.call, operation.result);
      if (after !== undefined) next.push({ state: after, done: new Set([...done, index]) });
    }
    return next;
  }
}

/** The first operation that no order explains, by its place in the history; null when the history is linearizable. */
export function firstUnexplained<State, Call, Result>(
  model: Sequential<State, Call, Result>,
  history: readonly Operation<Call, Result>[],
): number | null {
  const search = new Search(model, history);
  for (const { index, isReturn } of momentsOf(history)) {
    if (!isReturn) search.begin(index);
    else if (history[index]?.result === null) search.giveUp(index);
    else if (!search.end(index)) return index;
  }
  return null;
}
