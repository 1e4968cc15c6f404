// The real shell in this process or as one of its own, for tests that look from outside.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { main } from '../src/surfaces/cli/main.ts';

const program = fileURLToPath(new URL('../src/coord.ts', import.meta.url));
const loader = import.meta.resolve('tsx');

export interface ShellRun {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, as nobody's agent; `stdin` is what `-` reads. */
export async function runShell(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  stdin = '',
): Promise<ShellRun> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await main(
    words,
    environment,
    {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      isInteractive: false,
      showsProgress: false,
      readStdin: () => Promise.resolve(stdin),
    },
    { app: () => Promise.reject(new Error('no servers in this shell')) },
  );
  return { status, out: out.join('\n'), err: err.join('\n') };
}

/** The result of a command that succeeds, as its JSON says; throws with what it printed otherwise. */
export async function resultOf(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const run = await runShell([...words, '--json'], environment);
  if (run.status !== 0) throw new Error(`coord ${words.join(' ')}: ${run.out} ${run.err}`);
  return (JSON.parse(run.out) as { result: Record<string, unknown> }).result;
}

/** Runs a command line as a real process. */
export function spawnShell(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ShellRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', loader, program, ...words], {
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? 128, out, err }));
  });
}
