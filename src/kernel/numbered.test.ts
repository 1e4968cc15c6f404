// A collection that lies in parts must read as the plain map it stands for, and open no more than it is asked for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Numbered } from './numbered.ts';

interface Item {
  readonly id: string;
  readonly number: number;
  readonly text: string;
}

function item(number: number, text = 'new'): Item {
  return { id: `id-${number}`, number, text };
}

function filled(count: number): Numbered<Item> {
  const all = new Numbered<Item>();
  for (let number = 1; number <= count; number += 1) all.set(`id-${number}`, item(number));
  return all;
}

/** The same as a reader of a checkpoint has it; which parts were opened. */
function shelved(from: Numbered<Item>): { all: Numbered<Item>; opened: number[] } {
  const parts = new Map(from.parts().map((part) => [part, from.itemsOf(part)]));
  const opened: number[] = [];
  const all = new Numbered<Item>();
  all.later(parts.keys(), (part) => {
    opened.push(part);
    return parts.get(part) ?? [];
  });
  return { all, opened };
}

describe('numbered things', () => {
  it('are found by id and number, the newest part opened first and no more than needed', () => {
    const { all, opened } = shelved(filled(200));
    expect(all.get('id-199')).toEqual(item(199));
    expect(opened).toEqual([3]);
    expect(all.numbered(1)).toEqual(item(1));
    expect(opened).toEqual([3, 0]);
    expect(all.get('id-100')).toEqual(item(100));
    expect(opened).toEqual([3, 0, 2, 1]);
    expect([all.get('nobody'), all.numbered(201), all.has('id-201')]).toEqual([
      undefined,
      undefined,
      false,
    ]);
  });

  it('stand in the order of their numbers whatever was opened first', () => {
    const { all } = shelved(filled(200));
    all.get('id-150');
    all.numbered(3);
    all.set('id-201', item(201));
    const numbers = Array.from({ length: 201 }, (_, index) => index + 1);
    expect([...all.values()].map(({ number }) => number)).toEqual(numbers);
    expect([...all.keys()][0]).toBe('id-1');
    expect(all.size).toBe(201);
  });

  it('say which parts changed: by a new one, another one, one less', () => {
    const { all, opened } = shelved(filled(200));
    all.set('id-201', item(201));
    expect([[...all.changedParts()], opened]).toEqual([[3], [3]]);
    all.rest();
    all.set('id-64', item(64, 'changed'));
    all.delete('id-65');
    expect([...all.changedParts()]).toEqual([0, 1]);
    expect(all.itemsOf(1)).toHaveLength(63);
    expect(all.delete('id-65')).toBe(false);
  });

  it('that are all gone leave an emptied part, and none in the list', () => {
    const { all } = shelved(filled(65));
    all.delete('id-65');
    expect([all.parts(), [...all.changedParts()], all.itemsOf(1)]).toEqual([[0], [1], []]);
    all.clear();
    expect([all.parts(), all.size, [...all.changedParts()].toSorted()]).toEqual([[], 0, [0, 1]]);
  });

  it('are kept under their own id only', () => {
    expect(() => new Numbered<Item>().set('other', item(1))).toThrow('under its own id');
  });

  it('fail for everyone who asks when a part cannot be opened', () => {
    const all = new Numbered<Item>();
    all.later([0], () => {
      throw new RangeError('cut off');
    });
    expect(() => all.get('id-1')).toThrow('cut off');
    expect(() => [...all]).toThrow('cut off');
  });

  it('do in any order of acts what a map does', () => {
    const act = fc.tuple(fc.constantFrom('get', 'set', 'delete', 'list'), fc.nat({ max: 260 }));
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const plain = new Map(filled(200));
        const { all } = shelved(filled(200));
        for (const [what, at] of acts) {
          const number = at + 1;
          const id = `id-${number}`;
          if (what === 'get') expect(all.get(id)).toEqual(plain.get(id));
          if (what === 'delete') expect(all.delete(id)).toBe(plain.delete(id));
          if (what === 'list') expect(all.size).toBe(plain.size);
          if (what === 'set') {
            all.set(id, item(number, what));
            plain.set(id, item(number, what));
          }
        }
        const byNumber = [...plain.values()].sort((left, right) => left.number - right.number);
        expect([...all.values()]).toEqual(byNumber);
        expect(all.parts().flatMap((part) => all.itemsOf(part))).toEqual(byNumber);
      }),
    );
  });
});
