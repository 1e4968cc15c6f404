// Throw-away repositories for tests of the shell: with a policy, with a remote, and a look at what must not change.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';
import { gitEnvironment } from '../fakes/github/git/run.ts';
import { runShell } from '../shell.ts';
import type { ShellRun } from '../shell.ts';

const run = promisify(execFile);

/** What the shell's JSON document says. */
export interface Answer {
  readonly ok: boolean;
  readonly result: Record<string, unknown>;
  readonly error: {
    readonly kind: 'refusal' | 'usage' | 'fault';
    readonly code: string;
    readonly message: string;
    readonly data: Record<string, unknown>;
  };
}

export interface JsonRun extends ShellRun {
  readonly answer: Answer;
}

let folder = '';
let count = 0;

/** Makes the temporary folder of a test file and removes it at the end; call it once at the top. */
export function useRepositories(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coord shell '));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
}

/** A new empty folder. */
export async function newFolder(): Promise<string> {
  const directory = join(folder, `at-${(count += 1)}`);
  await mkdir(directory);
  return directory;
}

/** Runs native git without the settings of this machine's user; answers what it printed. */
export async function git(directory: string, ...args: string[]): Promise<string> {
  const who = ['-c', 'user.name=Tess Tester', '-c', 'user.email=tess@example.com'];
  const { stdout } = await run('git', [...who, ...args], {
    cwd: directory,
    env: gitEnvironment({ GIT_CONFIG_GLOBAL: '/dev/null' }),
  });
  return stdout;
}

/** Commits a file, as the policy of the base branch is one. */
export async function commitFile(directory: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), text);
  await git(directory, 'add', '.');
  await git(directory, 'commit', '-q', '-m', `Write ${path}`);
}

/** A repository with a first commit and a git user. */
export async function newRepository(): Promise<string> {
  const directory = await newFolder();
  await git(directory, 'init', '-q', '-b', 'main');
  await git(directory, 'config', 'user.name', 'Tess Tester');
  await git(directory, 'config', 'user.email', 'tess@example.com');
  await commitFile(directory, 'README.md', '# A repository\n');
  return directory;
}

/** As `newRepository`, with a log and the agent codex. */
export async function newLog(): Promise<string> {
  const directory = await newRepository();
  await inside(directory, ['init']);
  await inside(directory, ['agent', 'join', 'codex', '--as', 'codex']);
  return directory;
}

/** A repository whose remote `origin` is an empty bare one beside it; answers both. */
export async function newClone(): Promise<{ directory: string; remote: string }> {
  const [directory, remote] = [await newRepository(), await newFolder()];
  await git(remote, 'init', '-q', '--bare', '-b', 'main');
  await git(directory, 'remote', 'add', 'origin', remote);
  await git(directory, 'push', '-q', 'origin', 'main');
  return { directory, remote };
}

/** Runs a command line with `--json` in a directory, and reads the one document that it prints. */
export async function inside(
  directory: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  stdin = '',
): Promise<JsonRun> {
  const ran = await runShell(['-C', directory, '--json', ...words], environment, stdin);
  return { ...ran, answer: JSON.parse(ran.out) as Answer };
}

/** All that a command that fails must leave as it is: the work tree, the user's refs, the store's refs and files. */
export async function stateOf(directory: string): Promise<string> {
  const beside = join(directory, '.git', 'coord');
  const store = join(beside, 'store.git');
  const refs = ['for-each-ref', '--format=%(refname) %(objectname)'];
  return [
    await git(directory, 'status', '--porcelain=v1', '--ignored'),
    await git(directory, ...refs),
    await git(directory, 'rev-parse', 'HEAD'),
    existsSync(store) ? await git(directory, `--git-dir=${store}`, ...refs) : 'no store',
    existsSync(beside) ? readdirSync(beside).join(' ') : '',
  ].join('\n');
}
