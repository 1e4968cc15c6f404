// A state that waits in a checkpoint must be found as if it had always been in memory, and only when looked for.
import { describe, expect, it } from 'vitest';
import { ConceptStates } from './concept-states.ts';

interface Box {
  readonly items: string[];
}

function put(item: string): (state: object) => void {
  return (state) => (state as Box).items.push(item);
}

/** A map with one state that is there and one that waits; how often that was made. */
function waiting(): { states: ConceptStates; made: () => number } {
  let made = 0;
  const states = new ConceptStates();
  states.set('late', { items: [] });
  states.set('here', { items: ['x'] });
  states.later('late', () => {
    made += 1;
    return { items: ['a'] };
  });
  return { states, made: () => made };
}

describe('a state that waits', () => {
  it('is made once, when it is asked for, with what happened meanwhile in its order', () => {
    const { states, made } = waiting();
    states.change('late', put('b'));
    states.change('late', put('c'));
    states.change('here', put('y'));
    states.change('nowhere', put('z'));
    expect(states.get('here')).toEqual({ items: ['x', 'y'] });
    expect([states.size, states.has('late'), made()]).toEqual([2, true, 0]);
    expect(states.get('late')).toEqual({ items: ['a', 'b', 'c'] });
    states.change('late', put('d'));
    expect(states.get('late')).toEqual({ items: ['a', 'b', 'c', 'd'] });
    expect(made()).toBe(1);
  });

  it('is made for whoever looks at all of them, in the order they always had', () => {
    const both = [
      ['late', { items: ['a', 'b'] }],
      ['here', { items: ['x'] }],
    ];
    const looks: ((states: ConceptStates) => unknown)[] = [
      (states) => [...states],
      (states) => [...states.entries()],
      (states) => [...new Map(states)],
      (states) => [...states.keys()].map((name) => [name, states.get(name)]),
      (states) => [...states.values()].map((state, at) => [['late', 'here'][at], state]),
      (states) => {
        const seen: unknown[] = [];
        states.forEach((state, name) => seen.push([name, state]));
        return seen;
      },
    ];
    for (const look of looks) {
      const { states } = waiting();
      states.change('late', put('b'));
      expect(look(states)).toEqual(both);
    }
  });

  it('is made when too much has happened to it', () => {
    const { states, made } = waiting();
    for (let index = 0; index <= 1000; index += 1) states.change('late', put(`${index}`));
    expect(made()).toBe(1);
    expect((states.get('late') as Box).items.slice(-2)).toEqual(['999', '1000']);
    expect((states.get('late') as Box).items).toHaveLength(1002);
  });

  it('fails for everyone who asks when it cannot be made, and never half', () => {
    const { states } = waiting();
    states.later('late', () => {
      throw new RangeError('cut off');
    });
    states.change('late', put('b'));
    expect(() => states.get('late')).toThrow('cut off');
    expect(() => [...states]).toThrow('cut off');
  });

  it('is forgotten when another is put in its place', () => {
    const { states, made } = waiting();
    states.set('late', { items: [] });
    expect(states.get('late')).toEqual({ items: [] });
    expect([states.delete('late'), states.get('late'), made()]).toEqual([true, undefined, 0]);
    states.clear();
    expect([...states]).toEqual([]);
  });
});
