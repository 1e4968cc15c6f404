// What the demo is played on: processes of the real shell, and a narrator on the terminal.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built shell; a test names another one. */
export const program = fileURLToPath(
  new URL(process.env['COORD_PROGRAM'] ?? '../build/coord.js', import.meta.url),
);

export interface Played {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program without a shell and answers what it printed. */
export function play(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Played> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env },
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

/** As `play`, for what must succeed. */
export async function mustPlay(
  command: string,
  args: readonly string[],
  options: Parameters<typeof play>[2] = {},
): Promise<string> {
  const played = await play(command, args, options);
  if (played.status === 0) return played.out;
  throw new Error(`${command} ${args.join(' ')} ended with ${played.status}: ${played.err}`);
}

/** Runs `coord` as an agent in its clone. */
export function coord(clone: string, agent: string, words: readonly string[]): Promise<Played> {
  return play(process.execPath, [program, '-C', clone, '--as', agent, ...words]);
}

/** Tells the story: a heading per scene, indented lines below. */
export class Narrator {
  readonly #began = Date.now();

  scene(text: string): void {
    const seconds = ((Date.now() - this.#began) / 1000).toFixed(1);
    process.stdout.write(`\n[${seconds.padStart(5)} s] ${text}\n`);
  }

  say(text: string): void {
    for (const line of text.trimEnd().split('\n')) process.stdout.write(`    ${line}\n`);
  }

  /** A command as typed, and what it answered. */
  show(typed: string, played: Played): void {
    this.say(`$ ${typed}`);
    this.say(`${played.out}${played.err}`);
  }
}
