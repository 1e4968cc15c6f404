import { describe, expect, it } from 'vitest';
import { twinsOf } from './scope-twin.ts';

describe('twinsOf', () => {
  it.each<[string, string[], string[], string[]]>([
    ['a file', ['src/A.ts'], ['src/a.ts', 'src/A.ts'], ['src/A.ts ~ src/a.ts']],
    ['a folder', ['Src/b.ts'], ['src/a.ts', 'Src/b.ts'], ['Src ~ src']],
    ['a folder that is a file elsewhere', ['SRC'], ['src/a.ts', 'SRC'], ['SRC ~ src']],
    ['composed letters', ['caf\u00e9'], ['cafe\u0301', 'caf\u00e9'], ['caf\u00e9 ~ cafe\u0301']],
    ['sharp s', ['STRASSE'], ['straße', 'STRASSE'], ['STRASSE ~ straße']],
    ['two new ones', ['a/X', 'a/x'], ['a/X', 'a/x'], ['a/X ~ a/x', 'a/x ~ a/X']],
    ['old twins that are left alone', ['b'], ['a', 'A', 'b'], []],
    [
      'a new file below one of two old twin folders',
      ['Docs/new'],
      ['Docs/a', 'docs/a', 'Docs/new'],
      [],
    ],
    ['the same name in different folders', ['a/x'], ['b/X', 'a/x'], []],
    ['a prefix that is no folder', ['ab'], ['A', 'ab'], []],
    ['no new names', [], ['a', 'A'], []],
    ['a tree that does not have the new name', ['a'], ['A'], ['a ~ A']],
  ])('%s', (_name, added, tree, found) => {
    const twins = twinsOf(added, new Set(tree));
    expect(twins.map(({ name, other }) => `${name} ~ ${other}`)).toEqual(found);
  });

  it('stays quick in a tree of 100,000 files', () => {
    const tree = Array.from({ length: 100_000 }, (_, i) => `src/${i % 97}/${i % 9973}/f${i}.ts`);
    const added = tree.slice(0, 1000);
    const start = performance.now();
    expect(twinsOf(added, new Set(tree))).toEqual([]);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
