// Starts what is measured as processes of its own: the built shell, an empty node, git.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../build/coord.js', import.meta.url));

// Nothing of the caller's: an agent's environment or settings of git would change what is measured.
const environment = {
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '',
  GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@example.com',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@example.com',
};

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  /** Exit statuses that are an answer; any other is a failure of the benchmark. */
  readonly accepted?: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program and answers its output; throws with what it said when it fails. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): string {
  const done = spawnSync(command, args, {
    cwd: options.cwd ?? process.cwd(),
    input: options.input ?? '',
    encoding: 'utf8',
    env: { ...environment, ...options.env },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.error !== undefined) throw done.error;
  if (isAccepted(done.status, options)) return done.stdout;
  const end = done.status ?? 'a signal';
  throw new Error(`${command} ${args.join(' ')} ended with ${end}: ${done.stderr}${done.stdout}`);
}

function isAccepted(status: number | null, { accepted = [0] }: RunOptions): boolean {
  return status !== null && accepted.includes(status);
}

/** Runs a program for the time it takes: what it prints is thrown away, however much it is. */
export function runUnheard(command: string, args: readonly string[]): void {
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  const done = spawnSync(command, args, { stdio: [...stdio], env: environment });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${done.status ?? 'a signal'}.`);
}

/** Runs the built shell. */
export function runCoord(words: readonly string[], options: RunOptions = {}): string {
  return run(process.execPath, [program, ...words], options);
}

/** The floor of every start: a node that does nothing. */
export function runEmptyNode(): void {
  run(process.execPath, ['-e', '0']);
}

/** A directory below the system's temporary one, and how to remove it. */
export function temporaryDirectory(purpose: string): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `coord-bench-${purpose}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

// The peak of the process itself. getrusage would do but for Linux, which counts the parent's memory into a child's peak.
const peakProbe = `
import { readFileSync, writeFileSync } from 'node:fs';
process.on('exit', () => {
  let kilobytes = process.resourceUsage().maxRSS;
  try {
    kilobytes = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {}
  writeFileSync(process.env.BENCH_PEAK_FILE, String(kilobytes));
});`;

/** Runs the built shell and answers the peak of its resident memory in MB (10^6 bytes), without the gits it starts. */
export function peakMegabytes(words: readonly string[], options: RunOptions = {}): number {
  const place = temporaryDirectory('peak');
  const file = join(place.path, 'kilobytes');
  try {
    const probe = `data:text/javascript,${encodeURIComponent(peakProbe)}`;
    run(process.execPath, ['--import', probe, program, ...words], {
      ...options,
      env: { ...options.env, BENCH_PEAK_FILE: file },
    });
    return (Number(readFileSync(file, 'utf8')) * 1024) / 1_000_000;
  } finally {
    place.remove();
  }
}

/** Makes a repository with one commit of these files on `main`. */
export function makeRepository(directory: string, files: Readonly<Record<string, string>>): void {
  run('git', ['init', '--quiet', '--initial-branch=main', directory]);
  commitFiles(directory, files, { branch: 'main', from: null });
}

/** Commits files on a branch without touching the work tree; `from` is the parent, null for none. */
export function commitFiles(
  directory: string,
  files: Readonly<Record<string, string>>,
  { branch, from }: { readonly branch: string; readonly from: string | null },
): void {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const changes = Object.entries(files).map(
    ([path, text]) => `M 100644 inline ${path}\n${data(text)}`,
  );
  const input = [
    `commit refs/heads/${branch}\n`,
    `committer bench <bench@example.com> 1790000000 +0000\n`,
    data(`Files of ${branch}`),
    from === null ? '' : `from ${from}\n`,
    ...changes,
    'done\n',
  ].join('');
  run('git', ['fast-import', '--quiet', '--done'], { cwd: directory, input });
}

/** Builds the shell, so that what is measured is what is in the source. */
export function buildShell(): void {
  const script = fileURLToPath(new URL('../scripts/build.ts', import.meta.url));
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  run(process.execPath, ['--import', import.meta.resolve('tsx'), script], { cwd });
}
