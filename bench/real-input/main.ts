// Judges consecutive real commits with `coord check` and measures a whole tree with `coord measure`; writes the figures.
// Usage: tsx bench/real-input/main.ts CLONE   where CLONE is a clone (bare or not) of typescript-eslint/typescript-eslint.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The last of the commits that are judged, and how many before it along the first parent. */
const last = '56c9ed90d0aee0b5a71cfc39fc76b715b82e3ea8';
const count = 120;

const here = fileURLToPath(new URL('.', import.meta.url));
const program = fileURLToPath(
  new URL(process.env['COORD_BUILD'] ?? '../../build/coord.js', import.meta.url),
);
const clone = process.argv[2] ?? '';

interface Finding {
  readonly rule: string;
  readonly path: string | null;
  readonly line: number | null;
  readonly message: string;
  readonly level: string;
}

interface Verdict {
  readonly conclusion: string;
  readonly checks: readonly {
    name: string;
    conclusion: string;
    title: string;
    findings: Finding[];
  }[];
}

interface Judged {
  readonly commit: string;
  readonly ms: number;
  readonly peakKb: number;
  readonly verdict: Verdict;
}

function git(args: readonly string[]): string {
  const run = spawnSync('git', ['-C', clone, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`git ${args.join(' ')}: ${run.stderr}`);
  return run.stdout;
}

/** Runs a command, sampling the peak of its resident memory where the system shows it. */
function measured(
  args: readonly string[],
): Promise<{ out: string; ms: number; peakKb: number; status: number }> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let out = '';
    let peakKb = 0;
    const sample = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8');
        peakKb = Math.max(peakKb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
      } catch {
        // It has just ended, or this system has no /proc.
      }
    }, 20);
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (status) => {
      clearInterval(sample);
      resolve({ out, ms: performance.now() - began, peakKb, status: status ?? 128 });
    });
  });
}

async function judge(commit: string): Promise<Judged> {
  const policy = join(here, 'plan.yml');
  const words = ['check', '--base', `${commit}^`, '--head', commit, '--policy', policy];
  const run = await measured(['-C', clone, '--offline', '--as', 'ruler', ...words, '--json']);
  const document = JSON.parse(run.out) as { ok: boolean; result: Verdict };
  if (!document.ok) throw new Error(`${commit}: ${run.out}`);
  return { commit, ms: run.ms, peakKb: run.peakKb, verdict: document.result };
}

async function measureTree(): Promise<Record<string, number>> {
  const tree = mkdtempSync(join(tmpdir(), 'coord-real-'));
  try {
    const archive = join(tree, 'tree.tar');
    git(['archive', '--output', archive, last]);
    spawnSync('tar', ['-xf', archive, '-C', tree]);
    rmSync(archive);
    const run = await measured(['-C', tree, 'measure', '.']);
    const lines = run.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const units = lines.filter((line) => line['error'] === undefined);
    return {
      files: new Set(lines.map((line) => line['file'])).size,
      notAnalysed: lines.length - units.length,
      units: units.length,
      over8: units.filter((unit) => Number(unit['complexity']) > 8).length,
      over60Lines: units.filter((unit) => Number(unit['lines']) > 60).length,
      seconds: Math.round(run.ms / 100) / 10,
      peakMb: Math.round(run.peakKb / 1024),
    };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function tally(items: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}

function figures(judged: readonly Judged[]): Record<string, unknown> {
  const findings = judged.flatMap(({ commit, verdict }) =>
    verdict.checks.flatMap(({ name, findings: found }) =>
      found.map((finding) => ({ commit: commit.slice(0, 10), check: name, ...finding })),
    ),
  );
  const complexity = findings.filter(
    ({ check, level }) => check === 'complexity' && level === 'failure',
  );
  return {
    first: judged[0]?.commit,
    last: judged.at(-1)?.commit,
    commits: judged.length,
    conclusions: tally(judged.map(({ verdict }) => verdict.conclusion)),
    byCheck: tally(
      judged.flatMap(({ verdict }) =>
        verdict.checks.map((check) => `${check.name} ${check.conclusion}`),
      ),
    ),
    findingsByRule: tally(findings.map(({ rule, level }) => `${rule} ${level}`)),
    newFunctions: complexity.filter(({ message }) => message.includes('it is new')).length,
    worsenedFunctions: complexity.filter(({ message }) => message.includes('was ')).length,
    medianMs: Math.round(median(judged.map(({ ms }) => ms))),
    slowestMs: Math.round(Math.max(...judged.map(({ ms }) => ms))),
    peakMb: Math.round(Math.max(...judged.map(({ peakKb }) => peakKb)) / 1024),
    complexityFindings: complexity.map(({ commit, rule, path, line, message }) => ({
      commit,
      rule,
      path,
      line,
      message,
    })),
  };
}

if (clone === '') {
  console.error('Name a clone: tsx bench/real-input/main.ts PATH-TO-CLONE');
  process.exitCode = 2;
} else {
  const commits = git(['rev-list', '--first-parent', `--max-count=${count}`, last])
    .trim()
    .split('\n')
    .reverse();
  const judged: Judged[] = [];
  for (const commit of commits) {
    judged.push(await judge(commit));
    if (process.stderr.isTTY) process.stderr.write(`\r${judged.length} of ${commits.length}`);
  }
  const result = { ...figures(judged), tree: await measureTree() };
  writeFileSync(join(here, 'figures.json'), `${JSON.stringify(result, null, 2)}\n`);
  console.log(JSON.stringify({ ...result, complexityFindings: undefined }, null, 2));
}
