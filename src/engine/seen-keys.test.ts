// Keys that wait in a checkpoint must be found as if they had always been in memory, and are forgotten by the part.
import { describe, expect, it } from 'vitest';
import { SeenKeys } from './seen-keys.ts';
import type { SeenPart } from './seen-keys.ts';

function idOf(seq: number): string {
  return `01a1f954-9eba-70f0-98c5-${String(seq).padStart(12, '0')}`;
}

function atOf(seq: number): string {
  return new Date(Date.UTC(2026, 0, 1) + seq * 60_000).toISOString();
}

function added(seqs: number, into = new SeenKeys(), from = 1): SeenKeys {
  for (let seq = from; seq < from + seqs; seq += 1) {
    const cause = seq % 10 === 0 ? `github:issue_comment:${seq}#0` : undefined;
    into.add({ seq, at: atOf(seq), id: idOf(seq), cause });
  }
  return into;
}

/** Keys as a reader of a checkpoint has them; which parts were opened. */
function shelved(keys: SeenKeys): { all: SeenKeys; opened: number[] } {
  const parts = new Map<number, SeenPart>(keys.parts().map((part) => [part, keys.part(part)]));
  const opened: number[] = [];
  const all = new SeenKeys();
  all.later(parts.keys(), (part) => {
    opened.push(part);
    return JSON.parse(JSON.stringify(parts.get(part))) as SeenPart;
  });
  return { all, opened };
}

function partsOf(keys: SeenKeys): SeenPart[] {
  return keys.parts().map((part) => keys.part(part));
}

describe('keys of commands', () => {
  it('are found by id and by cause, and by nothing else', () => {
    const keys = added(600);
    expect([keys.get(idOf(1)), keys.get(idOf(257)), keys.get(idOf(600))]).toEqual([
      { seq: 1 },
      { seq: 257 },
      { seq: 600 },
    ]);
    expect(keys.get('github:issue_comment:590#0')).toEqual({ seq: 590 });
    expect([keys.has(idOf(601)), keys.has('github:issue_comment:591#0')]).toEqual([false, false]);
  });

  it('that wait are not opened to add one, and opened once to look', () => {
    const { all, opened } = shelved(added(600));
    added(5, all, 601);
    expect(opened).toEqual([]);
    expect([all.get(idOf(3)), all.get(idOf(604))]).toEqual([{ seq: 3 }, { seq: 604 }]);
    all.get(idOf(4));
    expect(opened.toSorted()).toEqual([0, 1, 2]);
  });

  it('come to the same through a checkpoint at any point', () => {
    const whole = partsOf(added(900));
    for (const cut of [1, 255, 256, 257, 700]) {
      const { all } = shelved(added(cut));
      expect(partsOf(added(900 - cut, all, cut + 1))).toEqual(whole);
    }
  });

  it('change only the part that they go to', () => {
    const { all } = shelved(added(600));
    expect([...all.changedParts()]).toEqual([]);
    added(2, all, 601);
    expect([...all.changedParts()]).toEqual([2]);
    all.rest();
    added(200, all, 603);
    expect([...all.changedParts()]).toEqual([2, 3]);
  });

  it('are forgotten by the part, once its last one is too old, and opened no further than that', () => {
    const { all, opened } = shelved(added(800));
    all.forgetBefore(atOf(512));
    expect(opened).toEqual([0, 1]);
    expect([all.has(idOf(256)), all.has(idOf(257)), all.has(idOf(800))]).toEqual([
      false,
      true,
      true,
    ]);
    expect(all.has('github:issue_comment:250#0')).toBe(false);
    expect([...all.changedParts()]).toEqual([0]);
    expect(all.parts()).toEqual([1, 2, 3]);
  });

  it('are missed by everyone who looks when a part cannot be read', () => {
    const all = new SeenKeys();
    all.later([0], () => {
      throw new RangeError('cut off');
    });
    expect(() => all.get(idOf(1))).toThrow('cut off');
    expect(() => all.get(idOf(1))).toThrow('cut off');
  });
});
