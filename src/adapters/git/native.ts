// Runs the installed git: for the user's own repository, for remotes, and for cross-checks. Never through a shell.
import { spawn } from 'node:child_process';
import { Fault } from '../../kernel/fault.ts';

export interface GitRun {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** Ended after this long; then it is a Fault `git-timeout`. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 120_000;

/** Variables that would make git work on another repository than the one we name. */
const confusing = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_NAMESPACE',
];

function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !confusing.includes(name));
  return { ...Object.fromEntries(inherited), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...extra };
}

function startFault(error: NodeJS.ErrnoException): Fault {
  return error.code === 'ENOENT'
    ? new Fault(
        'git-missing',
        'git is not installed, or not on the PATH. Install git 2.30 or newer.',
      )
    : new Fault('git-failed', `git could not be started: ${error.message}.`);
}

/** Runs git and answers its status and output; only a git that cannot start or never ends is a Fault. */
export function tryGit(args: readonly string[], options: GitOptions = {}): Promise<GitRun> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd: options.cwd,
      env: environment(options.env),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(
        new Fault(
          'git-timeout',
          `git ${args[0] ?? ''} did not end in time; the outcome is unknown.`,
        ),
      );
    }, options.timeoutMs ?? defaultTimeoutMs);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(startFault(error));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      const text = Buffer.concat(stderr).toString('utf8');
      resolve({ status: code ?? 128, stdout: Buffer.concat(stdout), stderr: text });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Runs git and answers its output; a failure is a Fault `git-failed` with what git said. */
export async function runGit(args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const run = await tryGit(args, options);
  if (run.status === 0) return run.stdout;
  const said = run.stderr.trim().split('\n').slice(-3).join(' ');
  throw new Fault('git-failed', `git ${args[0] ?? ''} failed: ${said}`, { status: run.status });
}
