// The README's first use and the log page's own verifier, run as they are written.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { splitWords } from '../../src/grammar/words.ts';
import { fencesOf } from '../markdown.ts';
import { textOf } from '../project-files.ts';
import { runShell } from '../shell.ts';
import type { ShellRun } from '../shell.ts';

const run = promisify(execFile);
const person = { user: ['user.name', 'Ada'], mail: ['user.email', 'ada@example.com'] };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coord first use '));
  await git('init', '-q', '-b', 'main');
  for (const setting of Object.values(person)) await git('config', ...setting);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function git(...words: readonly string[]): Promise<string> {
  return (await run('git', ['-C', folder, ...words])).stdout;
}

function section(heading: string): string {
  const readme = textOf('README.md');
  const from = readme.indexOf(`## ${heading}\n`);
  return readme.slice(from, readme.indexOf('\n## ', from + 1));
}

async function follow(line: string): Promise<ShellRun> {
  const [, ...words] = splitWords(line);
  return runShell(['-C', folder, ...words]);
}

it('every command of "In a repository of your own" does what it says, in that order', async () => {
  const text = section('In a repository of your own');
  const fences = fencesOf(text);
  const policy = fences.find(({ language }) => language === 'yaml')?.text ?? '';
  const lines = fences
    .filter(({ language }) => language === 'sh')
    .flatMap((fence) => fence.text.split('\n'))
    .filter((line) => line.startsWith('coord '));
  expect(lines[0]).toBe('coord init --agents-md');
  for (const [index, line] of lines.entries()) {
    const { status, out, err } = await follow(line);
    expect([line, status, err], out).toEqual([line, 0, '']);
    if (index > 0) continue;
    await mkdir(join(folder, '.github'));
    await writeFile(join(folder, '.github/coord.yml'), policy);
    await git('add', '.');
    await git('commit', '-q', '-m', 'Begin.');
  }
  expect(lines).toHaveLength(8);
  expect((await follow('coord task list')).out).toMatch(/T-1.*completed/s);
  expect(await git('status', '--porcelain')).toBe('');
});

it('the verifier on the page about the log agrees, and sees a change', async () => {
  const page = textOf('docs/explanation/log.md');
  const program = join(folder, '..', `verify-${process.pid}.mjs`);
  await writeFile(program, fencesOf(page).find(({ language }) => language === 'js')?.text ?? '');
  try {
    const verified = await runShell(['-C', folder, '--json', 'verify']);
    const { chain } = (JSON.parse(verified.out) as { result: { chain: string } }).result;
    const { stdout } = await run(process.execPath, [program], { cwd: folder });
    expect(`sha256:${stdout.trim().replace('good: ', '')}`).toBe(chain);
    await forge();
    await expect(run(process.execPath, [program], { cwd: folder })).rejects.toThrow(
      'The chain breaks at',
    );
  } finally {
    await rm(program);
  }
});

/** Puts a commit with the same batch and trailers once more on top, as a hand might. */
async function forge(): Promise<void> {
  const store = `--git-dir=${join(folder, '.git/coord/store.git')}`;
  const message = await git(store, 'log', '-1', '--format=%B', 'coord');
  const tree = (await git(store, 'rev-parse', 'coord^{tree}')).trim();
  const commit = await git(store, 'commit-tree', tree, '-p', 'coord', '-m', message);
  await git(store, 'update-ref', 'refs/heads/coord', commit.trim());
}

it('git shows what the page about the log says', async () => {
  const store = `--git-dir=${join(folder, '.git/coord/store.git')}`;
  expect(await git(store, 'ls-tree', '--name-only', 'coord')).toBe(
    'README.md\nbatch.ndjson\ncheckpoint\nformat\n',
  );
  expect(await git(store, 'show', 'coord:format')).toBe('coord-log 1\n');
});
