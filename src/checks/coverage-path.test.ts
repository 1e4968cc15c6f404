// A path of a report finds the one file of the tree that it means, or none.
import { describe, expect, it } from 'vitest';
import type { Coverage } from './coverage-model.ts';
import { placeCoverage } from './coverage-path.ts';
import type { Mapping, PlacedCoverage } from './coverage-path.ts';

interface Given {
  readonly files: readonly string[];
  readonly roots?: readonly string[];
  readonly tree: readonly string[];
  readonly mappings?: readonly Mapping[];
}

function place({ files, roots = [], tree, mappings = [] }: Given): PlacedCoverage {
  const coverage: Coverage = {
    files: new Map(files.map((path) => [path, { lines: new Map([[1, 1]]), functions: [] }])),
    roots,
  };
  return placeCoverage(coverage, new Set(tree), mappings);
}

const tree = ['index.js', 'src/a.ts', 'src/lib/a.ts', 'src/lib/b.ts', 'test/b.ts'];

describe('a path of a report', () => {
  it.each<[string, string, Partial<Given>, string[]]>([
    ['as it stands', 'src/a.ts', {}, ['src/a.ts']],
    ['with a dot', './src/./a.ts', {}, ['src/a.ts']],
    ['of a machine', '/srv/ci/demo/src/a.ts', {}, ['src/a.ts']],
    ['as an address', 'file:///srv/ci/src/a.ts', {}, ['src/a.ts']],
    ['of Windows', 'D:\\a\\demo\\src\\lib\\a.ts', {}, ['src/lib/a.ts']],
    ['relative, of Windows', '.\\src\\a.ts', {}, ['src/a.ts']],
    ['of a folder above', '../src/a.ts', {}, ['src/a.ts']],
    ['that leaves and comes back', 'src/lib/../a.ts', {}, ['src/a.ts']],
    ['that ends in one file only', 'lib/b.ts', {}, ['src/lib/b.ts']],
    ['below a root', 'a.ts', { roots: ['/srv/ci/demo/src/lib'] }, ['src/lib/a.ts']],
    ['below one of the roots', 'lib/b.ts', { roots: ['/x/lib', '/x/src'] }, ['src/lib/b.ts']],
    ['below a root of its own', 'src/a.ts', { roots: ['.'] }, ['src/a.ts']],
    [
      'that is said to be elsewhere',
      '/build/gen/a.ts',
      { mappings: [{ from: '/build/gen/', to: 'src/lib/' }] },
      ['src/lib/a.ts'],
    ],
    [
      'that is said to be elsewhere, of Windows',
      'C:\\out\\a.ts',
      { mappings: [{ from: 'C:\\out', to: 'src' }] },
      ['src/a.ts'],
    ],
    [
      'by the first mapping that fits',
      'out/a.ts',
      {
        mappings: [
          { from: 'in', to: 'x' },
          { from: 'out', to: 'src' },
          { from: 'out', to: 'src/lib' },
        ],
      },
      ['src/a.ts'],
    ],
    [
      'of a package',
      'com/acme/Calc.java',
      { tree: ['app/src/main/java/com/acme/Calc.java'] },
      ['app/src/main/java/com/acme/Calc.java'],
    ],
  ])('%s', (_what, path, given, found) => {
    const placed = place({ files: [path], tree, ...given });
    expect([...placed.files.keys()]).toEqual(found);
    expect([placed.unplaced, placed.ambiguous]).toEqual([[], []]);
  });

  it.each([
    ['of another tree', '/srv/ci/demo/other.ts'],
    ['of nothing', '..'],
    ['that climbs out', '../../../../etc/passwd'],
    ['that ends in half a name', 'xsrc/aa.ts'],
    ['that begins within a name', 'ib/b.ts'],
    ['that is a folder', 'src/lib'],
  ])('%s has no place', (_what, path) => {
    const placed = place({ files: [path], tree });
    expect([placed.files.size, placed.unplaced]).toEqual([0, [path]]);
  });

  it('that several files may be is told with them', () => {
    const { ambiguous, files } = place({ files: ['b.ts'], tree });
    expect(ambiguous).toEqual([{ path: 'b.ts', among: ['src/lib/b.ts', 'test/b.ts'] }]);
    expect(files.size).toBe(0);
    const roots = ['/x/src/lib', '/x/src'];
    expect(place({ files: ['a.ts'], roots, tree }).ambiguous).toEqual([
      { path: 'a.ts', among: ['src/lib/a.ts', 'src/a.ts'] },
    ]);
  });

  it('with a name as of a file at the root is that file only below the same folder', () => {
    const files = ['/ci/demo/src/a.ts', '/ci/demo/index.js', '/usr/lib/thing/index.js'];
    const { files: placed, unplaced } = place({ files, tree });
    expect([...placed.keys()]).toEqual(['src/a.ts', 'index.js']);
    expect(unplaced).toEqual(['/usr/lib/thing/index.js']);
    expect([...place({ files: ['/ci/demo/index.js'], tree }).files.keys()]).toEqual(['index.js']);
  });

  it("of other people's code is not ours", () => {
    const files = ['/ci/demo/node_modules/x/src/a.ts', '/py/site-packages/src/a.ts'];
    expect(place({ files, tree }).unplaced).toEqual(files);
    const own = ['node_modules/x/src/a.ts'];
    expect(place({ files: own, tree: own }).files.size).toBe(1);
  });

  it('twice is one file, with the hits of both', () => {
    const { files } = place({ files: ['src/a.ts', '/srv/ci/src/a.ts'], tree });
    expect([...files].map(([path, { lines }]) => [path, lines.get(1)])).toEqual([['src/a.ts', 2]]);
  });

  it('of thousands of folders takes no long time', () => {
    const files = Array.from({ length: 2000 }, (_, index) => `/${'d/'.repeat(2000)}${index}/x.ts`);
    const start = performance.now();
    expect(place({ files, tree }).unplaced).toHaveLength(2000);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
