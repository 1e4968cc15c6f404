// The pace of commits and the order of commands, on any course of arrivals.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../kernel/limits.ts';
import { BatchWindow, paceOf } from './batch-window.ts';

const pace = paceOf(limits.commitsPerMinuteMax);
const second = 1000;

function windowOf(...sent: readonly (readonly [actor: string, item: string])[]) {
  const made = new BatchWindow<string>(pace);
  for (const [actor, item] of sent) made.add({ item, lane: 'a', actor, bytes: 100 });
  return made;
}

function items(batch: readonly { readonly item: string }[]): string[] {
  return batch.map(({ item }) => item);
}

/** Adds so many commands of one sender. */
function fill(into: BatchWindow<string>, count: number, actor = 'codex'): void {
  for (let each = 0; each < count; each += 1) {
    into.add({ item: `${actor} ${each}`, lane: 'a', actor, bytes: 100 });
  }
}

describe('the pace', () => {
  it('waits for nothing where nothing waits, and for nobody when it is quiet', () => {
    const made = windowOf();
    expect(made.waitMs(0)).toBeNull();
    fill(made, 1000);
    expect(made.waitMs(0)).toBe(0);
  });

  it('lets a few commands in a row be written at once, then spaces them', () => {
    const made = windowOf();
    const waits = [0, 1, 2, 3, 13, 23].map((at) => {
      fill(made, 1);
      const wait = made.waitMs(at * second);
      made.take();
      made.committed(at * second);
      return wait;
    });
    expect(waits).toEqual([0, 0, 0, 9000, 0, 0]);
    fill(made, 1);
    // Six were made since second 0; the seventh waits until the first is a minute ago.
    expect(made.waitMs(33 * second)).toBe(27 * second);
    expect(made.waitMs(60 * second)).toBe(0);
  });

  it('spaces the second commit already where many wait', () => {
    const made = windowOf();
    made.committed(0);
    fill(made, limits.batchQuietCommandsMax);
    expect(made.waitMs(second)).toBe(0);
    fill(made, 1);
    expect(made.waitMs(second)).toBe(9 * second);
    expect(made.waitMs(10 * second)).toBe(0);
  });

  it('waits for a period at most when the clock was set back', () => {
    const made = windowOf();
    for (let each = 0; each < 6; each += 1) made.committed(3_600_000);
    fill(made, 1);
    expect(made.waitMs(0)).toBe(60 * second);
  });
});

describe('a batch', () => {
  it('is in the order of arrival', () => {
    const made = windowOf(['a', '1'], ['b', '2'], ['a', '3'], ['c', '4'], ['a', '5']);
    expect(items(made.take())).toEqual(['1', '2', '3', '4', '5']);
    expect(made.size).toBe(0);
  });

  it('lets senders take turns where not everything fits', () => {
    const made = windowOf(['a', 'a1'], ['a', 'a2'], ['a', 'a3'], ['b', 'b1'], ['c', 'c1']);
    expect(items(made.take(3))).toEqual(['a1', 'b1', 'c1']);
    expect(items(made.take(3))).toEqual(['a2', 'a3']);
  });

  it('holds as many bytes as a batch may have, and one command however large', () => {
    const made = new BatchWindow<string>(pace);
    const half = limits.batchBytesMax / 2;
    for (const item of ['1', '2', '3']) made.add({ item, lane: 'a', actor: item, bytes: half });
    made.add({ item: '4', lane: 'a', actor: '4', bytes: limits.batchBytesMax * 2 });
    expect(items(made.take())).toEqual(['1', '2']);
    expect(items(made.take())).toEqual(['3']);
    expect(items(made.take())).toEqual(['4']);
  });

  it('is of one lane, of the one that has waited longest', () => {
    const made = new BatchWindow<string>(pace);
    for (const [item, lane] of ['1a', '2b', '3a', '4b'].map((text) => [text, text.slice(1)])) {
      made.add({ item: item ?? '', lane: lane ?? '', actor: 'x', bytes: 1 });
    }
    expect(items(made.take())).toEqual(['1a', '3a']);
    made.add({ item: '5a', lane: 'a', actor: 'x', bytes: 1 });
    expect(items(made.take())).toEqual(['2b', '4b']);
    expect(items(made.take())).toEqual(['5a']);
  });

  it('takes up again what was put back, before what came later', () => {
    const made = windowOf(['a', 'a1'], ['b', 'b1'], ['a', 'a2'], ['c', 'c1']);
    const batch = made.take();
    made.add({ item: 'a3', lane: 'a', actor: 'a', bytes: 1 });
    made.putBack(batch.slice(1));
    expect(made.size).toBe(4);
    expect(items(made.take(2))).toEqual(['b1', 'a2']);
    expect(items(made.take())).toEqual(['c1', 'a3']);
  });
});

interface Arrival {
  readonly afterMs: number;
  readonly actor: number;
  readonly lane: number;
  readonly bytes: number;
}

const arrivals = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.nat(500), fc.nat(20_000)),
    actor: fc.nat(4),
    lane: fc.nat(1),
    bytes: fc.oneof(fc.nat(1000), fc.nat(limits.recordBytesMax)),
  }),
  { minLength: 1, maxLength: 120 },
);

interface Made {
  readonly startMs: number;
  readonly endMs: number;
  readonly sizeBefore: number;
  readonly items: readonly { readonly number: number; readonly arrival: Arrival }[];
}

/** A course of arrivals on its way into a window, with the time it has come to. */
class Play {
  readonly made = new BatchWindow<{ number: number; arrival: Arrival }>(pace);
  readonly commits: Made[] = [];
  now = 0;
  #coming: { readonly number: number; readonly arrival: Arrival; readonly at: number }[];

  constructor(course: readonly Arrival[]) {
    let at = 0;
    this.#coming = course.map((arrival, number) => ({
      number,
      arrival,
      at: (at += arrival.afterMs),
    }));
  }

  get isOver(): boolean {
    return this.made.size === 0 && this.#coming.length === 0;
  }

  goTo(now: number): void {
    this.now = now;
    for (const { number, arrival } of this.#coming.filter(({ at }) => at <= now)) {
      const { actor, lane, bytes } = arrival;
      this.made.add({ item: { number, arrival }, lane: `${lane}`, actor: `${actor}`, bytes });
    }
    this.#coming = this.#coming.filter(({ at }) => at > now);
  }

  /** Waits until a batch may be taken or something comes. */
  pass(waitMs: number | null): void {
    this.goTo(Math.min(this.now + (waitMs ?? Infinity), this.#coming[0]?.at ?? Infinity));
  }

  write(commitMs: number, fits: number): void {
    const [startMs, sizeBefore] = [this.now, this.made.size];
    const batch = this.made.take();
    const written = Math.max(1, Math.floor((batch.length * fits) / 100));
    this.goTo(this.now + commitMs);
    this.made.putBack(batch.slice(written));
    this.made.committed(this.now);
    const items = batch.slice(0, written).map(({ item }) => item);
    this.commits.push({ startMs, endMs: this.now, sizeBefore, items });
  }
}

/** Plays a course of arrivals: a commit takes `commitMs`, of each batch `fits` per cent go into the commit. */
function play(course: readonly Arrival[], commitMs: number, fits: number): readonly Made[] {
  const played = new Play(course);
  played.goTo(0);
  for (let turn = 0; turn < 10_000; turn += 1) {
    if (played.isOver) return played.commits;
    const wait = played.made.waitMs(played.now);
    if (wait === 0) played.write(commitMs, fits);
    else played.pass(wait);
  }
  throw new Error('It does not come to an end.');
}

describe('on any course of arrivals', () => {
  const courses = [
    arrivals,
    fc.integer({ min: 0, max: 15_000 }),
    fc.integer({ min: 1, max: 100 }),
  ] as const;

  it('everything is written once, and what one sent stays in order', () => {
    fc.assert(
      fc.property(...courses, (course, commitMs, fits) => {
        const written = play(course, commitMs, fits).flatMap(({ items }) => items);
        expect(written.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
          course.map((_each, number) => number),
        );
        for (const [actor, lane] of [0, 1, 2, 3, 4].flatMap((a) => [
          [a, 0],
          [a, 1],
        ])) {
          const own = written.filter(
            ({ arrival }) => arrival.actor === actor && arrival.lane === lane,
          );
          expect(own).toEqual([...own].sort((a, b) => a.number - b.number));
        }
      }),
    );
  });

  it('no minute has more than six commits, and under load ten seconds lie between them', () => {
    fc.assert(
      fc.property(...courses, (course, commitMs, fits) => {
        const commits = play(course, commitMs, fits);
        for (const [index, { startMs, sizeBefore }] of commits.entries()) {
          const sixth = commits[index - pace.commitsMax];
          if (sixth !== undefined) expect(startMs - sixth.endMs).toBeGreaterThanOrEqual(60_000);
          const last = commits[index - 1];
          const isLoad = sizeBefore > pace.quietCommandsMax;
          if (last !== undefined && isLoad) {
            expect(startMs - last.endMs).toBeGreaterThanOrEqual(pace.spacingMs);
          }
        }
      }),
    );
  });

  it('a batch has at most its commands and bytes', () => {
    fc.assert(
      fc.property(...courses, (course, commitMs, fits) => {
        for (const { items } of play(course, commitMs, fits)) {
          const bytes = items.reduce((sum, { arrival }) => sum + arrival.bytes, 0);
          expect(bytes).toBeLessThanOrEqual(limits.batchBytesMax);
          expect(items.length).toBeLessThanOrEqual(limits.batchCommandsMax);
        }
      }),
    );
  });

  it('nobody waits for the many commands of another: each batch has one of everybody who waits', () => {
    const made = windowOf();
    fill(made, 5000, 'flood');
    fill(made, 3, 'quiet');
    fill(made, 1, 'shy');
    const first = items(made.take());
    expect(first.filter((item) => !item.startsWith('flood'))).toEqual([
      'quiet 0',
      'quiet 1',
      'quiet 2',
      'shy 0',
    ]);
    expect(first).toHaveLength(limits.batchCommandsMax);
  });
});
