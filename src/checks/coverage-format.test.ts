// A report is known by what it holds, and what is none of the four is refused with a sentence.
import { describe, expect, it } from 'vitest';
import { writers } from '../../test/coverage-report.ts';
import type { Report } from '../../test/coverage-report.ts';
import { problemOf } from '../../test/coverage-scene.ts';
import { readReport } from './coverage-format.ts';

describe('anything else', () => {
  it.each([
    ['nothing', ''],
    ['Go', 'mode: set\nexample.com/a.go:1.2,3.4 1 1\n'],
    ['prose', 'All tests passed.'],
    ['a page', '<html></html>'],
    ['XML without an element', '<!-- -->'],
  ])('such as %s is no report', async (_what, text) => {
    expect(await problemOf(text)).toContain('this is no report of LCOV');
  });

  it('is told by its content, also behind a byte order mark', async () => {
    const report: Report = { 'src/a.ts': { lines: [[1, 2]], functions: [] } };
    for (const write of Object.values(writers)) {
      const marked = await readReport(`\uFEFF${write(report)}`);
      expect(marked).toEqual(await readReport(write(report)));
      expect(marked.ok && [...marked.coverage.files.keys()]).toEqual(['src/a.ts']);
    }
  });
});
