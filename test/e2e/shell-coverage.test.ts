// `coord check` judges by a coverage report that is committed, or by one that only lies in the work tree.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateVerdict, Verdict } from '../../src/kernel/check.ts';
import { writers } from '../coverage-report.ts';
import { commitFile, git, inside, newLog, useRepositories } from './shell-repository.ts';
import type { JsonRun } from './shell-repository.ts';

useRepositories();

const policy = `version: 1
agents: { codex: {} }
checks: { scope: { mode: 'off' }, coverage: { lines: 50, patch: 90, minLines: 2 } }
`;

function coverageOf({ answer }: JsonRun): Verdict | undefined {
  const verdict = answer.result as unknown as GateVerdict;
  return verdict.checks.find(({ name }) => name === 'coverage');
}

async function withChange(): Promise<string> {
  const directory = await newLog();
  await commitFile(directory, '.github/coord.yml', policy);
  await git(directory, 'checkout', '-q', '-b', 'change');
  await commitFile(directory, 'src/a.ts', 'one();\ntwo();\nthree();\n');
  return directory;
}

/** As the tests write it, with paths of the machine. */
function reportIn(directory: string, third: number): string {
  const lines = [1, 2, 3].map((line): [number, number] => [line, line === 3 ? third : 1]);
  return writers.lcov1({ [join(directory, 'src', 'a.ts')]: { lines } });
}

const check = ['check', '--base', 'main', '--as', 'codex'];

describe('coverage on the shell', () => {
  it('is asked for, read from the tree of the head, and judged', async () => {
    const directory = await withChange();
    const without = await inside(directory, check);
    expect([without.status, coverageOf(without)?.conclusion]).toEqual([1, 'action_required']);
    expect(coverageOf(without)?.title).toContain('There is no coverage report');
    await mkdir(join(directory, 'coverage'));
    await commitFile(directory, 'coverage/lcov.info', reportIn(directory, 0));
    const low = await inside(directory, check);
    expect([low.status, coverageOf(low)?.findings.map(({ rule, line }) => [rule, line])]).toEqual([
      1,
      [
        ['coverage-patch', null],
        ['coverage-line', 3],
      ],
    ]);
    await commitFile(directory, 'coverage/lcov.info', reportIn(directory, 4));
    const good = await inside(directory, check);
    expect([good.status, coverageOf(good)?.conclusion]).toEqual([0, 'success']);
  });

  it('is read from a file that is not committed, from where -C points', async () => {
    const directory = await withChange();
    await writeFile(join(directory, 'here.info'), reportIn(directory, 4));
    const good = await inside(directory, [...check, '--coverage', 'here.info']);
    expect([good.status, coverageOf(good)?.conclusion]).toEqual([0, 'success']);
    await writeFile(join(directory, 'low.info'), reportIn(directory, 0));
    const low = await inside(directory, [...check, '--coverage', 'low.info']);
    expect(coverageOf(low)?.conclusion).toBe('failure');
    // Both together: what one of them covers is covered.
    const both = ['--coverage', 'low.info', '--coverage', 'here.info'];
    expect(coverageOf(await inside(directory, [...check, ...both]))?.conclusion).toBe('success');
  });

  it('does not pass by a name that is wrong', async () => {
    const directory = await withChange();
    for (const name of ['nowhere.info', 'src']) {
      const run = await inside(directory, [...check, '--coverage', name]);
      expect([run.status, run.answer.error.code]).toEqual([2, 'no-path']);
    }
  });
});
