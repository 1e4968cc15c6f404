// What `coord measure` prints of files in several languages.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runShell } from '../shell.ts';
import { newRepository, useRepositories } from './shell-repository.ts';

useRepositories();

describe('measure', () => {
  it('knows other languages, and says which of their files do not parse', async () => {
    const directory = await newRepository();
    await writeFile(join(directory, 'a.py'), 'def f(a):\n    return a or 1\n');
    await writeFile(join(directory, 'b.go'), 'package p\n\nfunc (t *T) m() {}\n');
    await writeFile(join(directory, 'c.rs'), 'fn (');
    const { status, out, err } = await runShell(['-C', directory, 'measure', '.']);
    const lines = out.split('\n').map((line) => JSON.parse(line) as unknown);
    const unit = { column: 1, kind: 'function' };
    expect(lines).toEqual([
      { file: 'a.py', line: 1, ...unit, name: 'f', complexity: 2, lines: 2, start: 0, end: 27 },
      { file: 'b.go', line: 3, ...unit, name: 'T.m', complexity: 1, lines: 1, start: 11, end: 29 },
      { file: 'c.rs', error: 'Unexpected: fn (', line: 1 },
    ]);
    expect(err).toBe('coord: `c.rs` could not be analysed: syntax error at line 1.');
    expect(status).toBe(0);
  });
});
