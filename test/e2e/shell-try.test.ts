// `coord try` judges what was merged in any repository, says who met whom, and leaves no trace.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { gitEnvironment } from '../fakes/github/git/run.ts';
import { runShell } from '../shell.ts';
import { commitFile, git, inside, newRepository, useRepositories } from './shell-repository.ts';
import type { JsonRun } from './shell-repository.ts';

useRepositories();
const run = promisify(execFile);

function branchy(name: string, branches: number): string {
  const lines = Array.from(
    { length: branches },
    (_, place) => `  if (n === ${place}) return ${place};`,
  );
  return `export function ${name}(n: number): number {\n${lines.join('\n')}\n  return n;\n}\n`;
}

const calm = (text: string): string => `${branchy('pick', 3)}export const name = '${text}';\n`;

/** Runs git on a day of a month that is over. */
async function on(day: number, directory: string, ...args: string[]): Promise<void> {
  const date = `2026-10-${String(day).padStart(2, '0')}T12:00:00Z`;
  const who = ['-c', 'user.name=Tess Tester', '-c', 'user.email=tess@example.com'];
  const dates = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const env = gitEnvironment({ GIT_CONFIG_GLOBAL: '/dev/null', ...dates });
  await run('git', [...who, ...args], { cwd: directory, env });
}

interface Written {
  readonly path: string;
  readonly text: string;
  readonly subject: string;
}

async function write(
  day: number,
  directory: string,
  { path, text, subject }: Written,
): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), text);
  await git(directory, 'add', '.');
  await on(day, directory, 'commit', '-q', '-m', subject);
}

/** Two merged branches that were open together over the same function, and a squashed change between. */
async function withHistory(): Promise<string> {
  const directory = await newRepository();
  await write(2, directory, { path: 'src/a.ts', text: calm('first'), subject: 'Begin' });
  await git(directory, 'checkout', '-q', '-b', 'one');
  await write(3, directory, { path: 'src/a.ts', text: branchy('pick', 12), subject: 'More' });
  await git(directory, 'checkout', '-q', '-b', 'two', 'main');
  await write(4, directory, { path: 'src/a.ts', text: branchy('pick', 4), subject: 'Less' });
  await git(directory, 'checkout', '-q', 'main');
  const merge = ['merge', '-q', '--no-ff', '-X', 'theirs', '-m'];
  await on(5, directory, ...merge, 'Merge pull request #7 from x/one', '-m', 'Pick more', 'one');
  await write(6, directory, { path: 'docs/b.md', text: 'A text.\n', subject: 'Say it (#8)' });
  await on(7, directory, ...merge, 'Merge pull request #9 from x/two', '-m', 'Pick less', 'two');
  return directory;
}

interface Looked {
  readonly branch: string;
  readonly policy: string;
  readonly changes: readonly {
    readonly number: number | null;
    readonly subject: string;
    readonly conclusion: string;
  }[];
  readonly overlaps: readonly {
    readonly first: { readonly number: number };
    readonly second: { readonly number: number };
    readonly paths: readonly { readonly path: string; readonly functions: readonly string[] }[];
  }[];
}

const looked = ({ answer }: JsonRun): Looked => answer.result as unknown as Looked;

describe('a first look', () => {
  it('says of each merged change what the gate would have said', async () => {
    const answered = await inside(await withHistory(), ['try']);
    expect(answered.status).toBe(0);
    const { branch, policy, changes } = looked(answered);
    expect([branch, policy]).toEqual(['main', 'none']);
    expect(changes.map(({ number, subject, conclusion }) => [number, subject, conclusion])).toEqual(
      [
        [9, 'Pick less', 'success'],
        [8, 'Say it (#8)', 'success'],
        [7, 'Pick more', 'failure'],
        [null, 'Begin', 'success'],
      ],
    );
  });

  it('names the functions that changes which were open together both changed', async () => {
    const { overlaps } = looked(await inside(await withHistory(), ['try']));
    expect(overlaps).toMatchObject([
      {
        first: { number: 7 },
        second: { number: 9 },
        paths: [{ path: 'src/a.ts', functions: ['pick'] }],
      },
    ]);
  });

  it('is told in a few lines, the stopped ones with their places', async () => {
    const { out, err } = await runShell(['-C', await withHistory(), 'try', '--last', '3']);
    expect(out).toContain("The last 3 changes of main, judged by coord's own defaults.");
    expect(out).toContain('1 of them would have been stopped, 2 would have passed.');
    expect(out).toMatch(
      /#7 {2}Pick more \(.*\): complexity\n {6}src\/a\.ts:1 {2}`pick` has complexity 13/,
    );
    expect(out).toContain('#7 and #9\n      src/a.ts: pick');
    expect(err).toBe('');
  });

  it('goes by the policy of the branch, as if it were required', async () => {
    const directory = await withHistory();
    const policy = 'version: 1\nenforce: observe\nchecks: { complexity: { max: 20 } }\n';
    await commitFile(directory, '.github/coord.yml', policy);
    const { policy: oid, changes } = looked(await inside(directory, ['try']));
    expect(oid).toMatch(/^[0-9a-f]{40}$/);
    expect(changes.map(({ conclusion }) => conclusion)).not.toContain('failure');
    const out = (await runShell(['-C', directory, 'try'])).out;
    expect(out).toContain('judged by the policy of the branch');
    expect(out).toContain('All of them would have passed.');
  });

  it('leaves nothing behind', async () => {
    const directory = await withHistory();
    const state = async () => [
      await git(directory, 'for-each-ref'),
      await git(directory, 'status', '--porcelain'),
      await git(directory, 'count-objects', '-v'),
      readdirSync(join(directory, '.git')).sort().join(),
    ];
    const before = await state();
    await inside(directory, ['try']);
    expect(await state()).toEqual(before);
  });

  it('says where there is nothing to look at, and what to name instead', async () => {
    const directory = await newRepository();
    const { out } = await runShell(['-C', directory, 'try']);
    expect(out).toContain('Nothing was merged into main yet');
    await git(directory, 'branch', '-m', 'trunk');
    const nowhere = await inside(directory, ['try']);
    expect([nowhere.status, nowhere.answer.error.code]).toEqual([2, 'no-base']);
    expect((await inside(directory, ['try', '--branch', 'trunk'])).status).toBe(0);
    expect((await inside(directory, ['try', '--last', '0'])).status).toBe(2);
  });
});
