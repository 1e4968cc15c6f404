// One coverage, written in every form, comes to one verdict.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writers } from '../../test/coverage-report.ts';
import type { Format, Report } from '../../test/coverage-report.ts';
import { judge, lines, ran, report } from '../../test/coverage-scene.ts';

const formats = Object.keys(writers) as Format[];

describe('the same coverage', () => {
  const file = fc.record({
    size: fc.integer({ min: 1, max: 12 }),
    marks: fc.stringMatching(/^[-+ ]{1,12}$/),
    called: fc.boolean(),
    isNew: fc.boolean(),
  });

  it('in every format has one verdict', async () => {
    const scene = fc.record({
      files: fc.array(file, { minLength: 1, maxLength: 4 }),
      bound: fc.integer({ min: 0, max: 100 }),
      root: fc.constantFrom('', '/srv/ci/demo/', 'C:\\ci\\demo\\'),
    });
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(scene, async ({ files, bound, root }) => {
        const base: Record<string, string> = { 'README.md': 'x' };
        const head: Record<string, string> = { 'README.md': 'y' };
        const measured: Record<string, Report[string]> = {};
        for (const [index, { size, marks, called, isNew }] of files.entries()) {
          const path = `src/part${index}/file.ts`;
          head[path] = lines(size);
          if (!isNew) base[path] = lines(Math.ceil(size / 2));
          const functions = [{ name: 'f', line: 1, hits: called ? 2 : 0 }];
          measured[path] = {
            lines: ran(`${called ? '+' : '-'}${marks}`.slice(0, size)),
            functions,
          };
        }
        const verdicts = await Promise.all(
          formats.map((format) => {
            // JaCoCo knows packages only, which are no places on a machine.
            const place = format === 'jacoco' ? '' : root;
            const named = Object.entries(measured).map(([path, one]) => [place + path, one]);
            const text = writers[format](Object.fromEntries(named) as Report);
            const coverage = `lines: ${bound}, patch: ${bound}, minLines: 2, functions: require`;
            return judge(coverage, { base, head: { ...head, [report]: text } });
          }),
        );
        for (const verdict of verdicts) expect(verdict).toEqual(verdicts[0]);
        seen.add(verdicts[0]?.conclusion ?? '');
      }),
      { numRuns: 60 },
    );
    expect([...seen].sort()).toEqual(['failure', 'success']);
  });
});
