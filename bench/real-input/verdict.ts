// Runs the shell and reads its verdicts, with the time and the memory that it took.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Finding {
  readonly rule: string;
  readonly path: string | null;
  readonly line: number | null;
  readonly message: string;
  readonly level: string;
  readonly limit: number | string | null;
  readonly value: number | string | null;
}

export interface Verdict {
  readonly conclusion: string;
  readonly checks: readonly {
    readonly name: string;
    readonly conclusion: string;
    readonly title: string;
    readonly findings: readonly Finding[];
  }[];
}

export interface Judged {
  readonly commit: string;
  readonly ms: number;
  readonly peakKb: number;
  readonly verdict: Verdict;
}

interface Run {
  readonly out: string;
  readonly err: string;
  readonly status: number;
  readonly ms: number;
  readonly peakKb: number;
}

function peakKbOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
  } catch {
    // It has just ended, or this system has no /proc.
    return 0;
  }
}

/** Runs the shell in a process of its own, sampling the peak of its resident memory where the system shows it. */
export function runShell(program: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err, peakKb] = ['', '', 0];
    const sample = setInterval(() => {
      peakKb = Math.max(peakKb, peakKbOf(child.pid ?? 0));
    }, 20);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', reject);
    child.on('close', (status) => {
      clearInterval(sample);
      resolve({ out, err, status: status ?? 128, ms: performance.now() - began, peakKb });
    });
  });
}

/** What a run answered; throws which run it was and its own words when it answered nothing that can be read. */
function verdictOf(what: string, { out, err, status }: Run): Verdict {
  const said = err.trim() === '' ? 'and said nothing' : `and said: ${err.trim()}`;
  let document: { ok: boolean; result: Verdict };
  try {
    document = JSON.parse(out) as typeof document;
  } catch {
    const printed = out.trim() === '' ? 'nothing' : `no JSON but ${out.slice(0, 200)}`;
    throw new Error(`${what}: coord printed ${printed}, exit status ${status}, ${said}`);
  }
  if (!document.ok) throw new Error(`${what}: coord refused ${said}\n${out}`);
  return document.result;
}

/** Judges one commit against its first parent as the agent `ruler` of the given policy. */
export async function judge(
  program: string,
  clone: string,
  policy: string,
  commit: string,
): Promise<Judged> {
  const run = await runShell(program, [
    ...['-C', clone, '--offline', '--as', 'ruler', 'check', '--json'],
    ...['--base', `${commit}^`, '--head', commit, '--policy', policy],
  ]);
  const verdict = verdictOf(`Commit ${commit}`, run);
  return { commit, ms: run.ms, peakKb: run.peakKb, verdict };
}
