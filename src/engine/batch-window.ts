// When the next commit of a shared log may be made and what goes into it: at once when it is quiet, spaced and full under load.
import { limits } from '../kernel/limits.ts';

/** How fast commits may follow one another. */
export interface Pace {
  /** Most commits within any `perMs` milliseconds. */
  readonly commitsMax: number;
  readonly perMs: number;
  /** Pause after a commit under load. */
  readonly spacingMs: number;
  /** So many commits within `perMs` need no pause between them, as long as few commands wait. */
  readonly quietCommitsMax: number;
  readonly quietCommandsMax: number;
}

const minuteMs = 60_000;

/** The pace of so many commits a minute, which must be at least 1. */
export function paceOf(commitsPerMinute: number): Pace {
  return {
    commitsMax: commitsPerMinute,
    perMs: minuteMs,
    spacingMs: minuteMs / commitsPerMinute,
    quietCommitsMax: Math.ceil(commitsPerMinute / 2),
    quietCommandsMax: limits.batchQuietCommandsMax,
  };
}

/** A command that waits to be written. */
export interface Waiting<Item> {
  readonly item: Item;
  /** Commands of different lanes never share a commit. */
  readonly lane: string;
  /** Who sent it: senders take turns where not everything fits. */
  readonly actor: string;
  readonly bytes: number;
}

interface Placed<Item> extends Waiting<Item> {
  /** Place in the order of arrival. */
  readonly place: number;
}

type Lane<Item> = Map<string, Placed<Item>[]>;

function firstPlace<Item>(lane: Lane<Item>): number {
  return Math.min(...[...lane.values()].map((queue) => queue[0]?.place ?? Infinity));
}

/** Whether one more entry of so many bytes goes into the batch; the first one always does. */
function hasRoom(batch: readonly unknown[], bytes: number, commandsMax: number): boolean {
  return batch.length === 0 || (batch.length < commandsMax && bytes <= limits.batchBytesMax);
}

/**
 * A queue with a pace. Time arrives as data (milliseconds, any origin). What one sender sent stays in its order, and
 * a batch is in the order of arrival; who sent much does not keep the others waiting.
 */
export class BatchWindow<Item> {
  readonly #pace: Pace;
  readonly #lanes = new Map<string, Lane<Item>>();
  #commitsMs: number[] = [];
  #arrived = 0;
  #size = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** How many commands wait. */
  get size(): number {
    return this.#size;
  }

  add(waiting: Waiting<Item>): void {
    this.#arrived += 1;
    const lane = this.#lane(waiting.lane);
    const queue = lane.get(waiting.actor) ?? [];
    queue.push({ ...waiting, place: this.#arrived });
    lane.set(waiting.actor, queue);
    this.#size += 1;
  }

  /** Milliseconds until a batch may be taken; null when nothing waits. Never more than the pace's period. */
  waitMs(nowMs: number): number | null {
    if (this.#size === 0) return null;
    const { commitsMax, perMs, spacingMs } = this.#pace;
    const recent = this.#recent(nowMs);
    const last = recent.at(-1);
    if (last === undefined) return 0;
    const first = recent[recent.length - commitsMax];
    const forPace = first === undefined ? 0 : first + perMs - nowMs;
    const forSpacing = this.#isQuiet(recent) ? 0 : last + spacingMs - nowMs;
    // A clock that was set back must not stop the log for longer than a period.
    return Math.min(Math.max(forPace, forSpacing, 0), perMs);
  }

  /** A commit was made, or may have been; call it when its outcome is known. */
  committed(nowMs: number): void {
    this.#commitsMs = [...this.#recent(nowMs), nowMs];
  }

  /** The next batch, which waits no more: of the lane that has waited longest, senders in turn, in the order of arrival. */
  take(commandsMax: number = limits.batchCommandsMax): Waiting<Item>[] {
    const lanes = [...this.#lanes].map(([name, lane]) => ({ name, lane, first: firstPlace(lane) }));
    const [oldest] = lanes.sort((left, right) => left.first - right.first);
    if (oldest === undefined) return [];
    const batch = this.#batchOf(oldest.lane, commandsMax);
    if (oldest.lane.size === 0) this.#lanes.delete(oldest.name);
    this.#size -= batch.length;
    return batch.sort((left, right) => left.place - right.place);
  }

  /** What was taken and did not fit after all waits again, before everything that came later. */
  putBack(batch: readonly Waiting<Item>[]): void {
    const placed = batch as readonly Placed<Item>[];
    for (const entry of [...placed].reverse()) {
      const lane = this.#lane(entry.lane);
      const queue = lane.get(entry.actor) ?? [];
      // First in line among the senders too: its turn had come.
      const others = [...lane].filter(([actor]) => actor !== entry.actor);
      this.#lanes.set(entry.lane, new Map([[entry.actor, [entry, ...queue]], ...others]));
    }
    this.#size += batch.length;
  }

  #batchOf(lane: Lane<Item>, commandsMax: number): Placed<Item>[] {
    const batch: Placed<Item>[] = [];
    let bytes = 0;
    for (;;) {
      const [turn] = lane;
      const head = turn?.[1][0];
      if (turn === undefined || head === undefined) return batch;
      if (!hasRoom(batch, bytes + head.bytes, commandsMax)) return batch;
      const [actor, queue] = turn;
      lane.delete(actor);
      queue.shift();
      if (queue.length > 0) lane.set(actor, queue);
      batch.push(head);
      bytes += head.bytes;
    }
  }

  #lane(name: string): Lane<Item> {
    const lane = this.#lanes.get(name) ?? new Map<string, Placed<Item>[]>();
    this.#lanes.set(name, lane);
    return lane;
  }

  #recent(nowMs: number): number[] {
    const { perMs } = this.#pace;
    // What lies ahead was noted before the clock was set back; it counts as now.
    return this.#commitsMs.map((at) => Math.min(at, nowMs)).filter((at) => nowMs - at < perMs);
  }

  #isQuiet(recent: readonly number[]): boolean {
    const { quietCommitsMax, quietCommandsMax } = this.#pace;
    return recent.length < quietCommitsMax && this.#size <= quietCommandsMax;
  }
}
