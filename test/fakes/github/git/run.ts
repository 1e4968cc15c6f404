// Runs native git without ever blocking: the fake may live in the same process as what it tests.
import { spawn } from 'node:child_process';
import { devNull } from 'node:os';

export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** The environment git runs in: no settings of the machine's user reach the fake. */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.startsWith('GIT_')) kept[name] = value;
  }
  return {
    ...kept,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    ...extra,
  };
}

/** Runs `git ARGS` in a bare repository and resolves with what it said, whatever the exit status. */
export async function tryGit(gitDir: string, args: readonly string[]): Promise<GitResult> {
  return await new Promise((resolve, reject) => {
    const child = spawn('git', ['--git-dir', gitDir, ...args], {
      env: gitEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout: Buffer.concat(out), stderr }));
  });
}

/** The same, but anything but exit status 0 throws; answers standard output as text. */
export async function git(gitDir: string, ...args: readonly string[]): Promise<string> {
  const result = await tryGit(gitDir, args);
  if (result.code !== 0) {
    throw new Error(`git ${args.join(' ')} failed in ${gitDir}: ${result.stderr.trim()}`);
  }
  return result.stdout.toString();
}

/** Makes the bare repository behind a fake one; http-backend takes pushes, pull refs stay ours. */
export async function initBare(gitDir: string, defaultBranch: string): Promise<void> {
  await git(gitDir, 'init', '--quiet', '--bare', '--initial-branch', defaultBranch, gitDir);
  for (const [key, value] of [
    ['http.receivepack', 'true'],
    ['receive.autogc', 'false'],
    ['receive.hideRefs', 'refs/pull'],
    ['gc.auto', '0'],
    ['uploadpack.allowAnySHA1InWant', 'true'],
    ['uploadpack.allowFilter', 'true'],
    ['core.logAllRefUpdates', 'false'],
  ] as const) {
    await git(gitDir, 'config', key, value);
  }
}
