// A checkpoint must give back the fold it was made of: maps and sets at any depth, and text that only looks like them.
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, takeCheckpoint } from './checkpoint.ts';
import { emptyFold, routeEvents } from './fold.ts';

const box = { name: 'box', initial: () => ({}), shapes: {}, evolve: {} };
const evolutions = routeEvents([box]);

function throughCheckpoint(state: object): unknown {
  const fold = emptyFold(evolutions);
  fold.states.set('box', state);
  return decodeCheckpoint(takeCheckpoint(fold).files, evolutions, 'c0').states.get('box');
}

describe('a state that goes through a checkpoint', () => {
  it.each<[string, object]>([
    ['no map at all', { count: 3, names: ['a', null, true] }],
    ['an empty map', { byId: new Map(), last: 0 }],
    ['a map of objects', { byId: new Map([['k', { tags: ['x'], at: { y: 1 } }]]), sent: 1 }],
    ['a set', { seen: new Set(['a', 'b']) }],
    ['a map in a map', { outer: new Map([['k', new Map([['l', new Set([1])]])]]) }],
    [
      'a map deep below a map',
      { outer: new Map([['k', { list: [{ inner: new Map([[1, 2]]) }] }]]) },
    ],
    ['objects as keys', { pairs: new Map([[{ id: 1 }, new Set([{ id: 2 }])]]) }],
    ['a state that is a map', new Map([['k', { v: 1 }]])],
    ['text that names a map', { title: '{"$map":[["a",1]]}', after: new Map([['$map', '$set']]) }],
    ['several maps beside one another', { a: new Map([['x', 1]]), b: { c: new Map([['y', 2]]) } }],
  ])('comes back the same with %s', (_what, state) => {
    expect(throughCheckpoint(state)).toEqual(state);
  });

  it('keeps the order of a map', () => {
    const byId = new Map(Array.from('zyxabc').map((key, index) => [key, { index }]));
    const back = throughCheckpoint({ byId }) as { byId: Map<string, unknown> };
    expect([...back.byId.keys()].join('')).toBe('zyxabc');
  });

  it('finds maps in a file that somebody laid out with spaces', () => {
    const files = new Map(takeCheckpoint(emptyFold(evolutions)).files);
    files.set('checkpoint/box.json', '{ "byId" : { "$map" : [ [ "k", 1 ] ] } }');
    expect(decodeCheckpoint(files, evolutions, 'c0').states.get('box')).toEqual({
      byId: new Map([['k', 1]]),
    });
  });

  it('is refused when a file is cut off', () => {
    const files = new Map(takeCheckpoint(emptyFold(evolutions)).files);
    files.set('checkpoint/box.json', '{"byId":{"$map":[["k"');
    expect(() => decodeCheckpoint(files, evolutions, 'c0').states.get('box')).toThrow(
      /box\.json is missing or cut off/,
    );
  });
});
