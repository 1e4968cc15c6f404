// Reads the coverage reports that `coord check --coverage` names: files as they lie there, committed or not.
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BlobText, GivenReport } from '../../../checks/pull-request.ts';
import { UsageError } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';

function contentOf(path: string, bytes: number): BlobText {
  if (bytes > limits.coverageReportBytesMax) return { ok: false, why: 'too-large' };
  const body = readFileSync(path);
  return body.subarray(0, 8000).includes(0)
    ? { ok: false, why: 'binary' }
    : { ok: true, text: body.toString('utf8') };
}

/**
 * The files with the names they were given; paths count from `directory`. UsageError `no-path` where one is no file:
 * a misspelt name must not look like a change without coverage.
 */
export function givenReports(directory: string, names: readonly string[]): GivenReport[] {
  return names.map((name) => {
    const path = resolve(directory, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() !== true) {
      const message = `There is no file ${name}. Run the tests with coverage first, or correct --coverage.`;
      throw new UsageError('no-path', message, { path: name });
    }
    return { name, content: contentOf(path, found.size) };
  });
}
