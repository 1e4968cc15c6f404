// Judges consecutive real commits with `coord check` and measures a whole tree with `coord measure`; writes the figures.
// Usage: tsx bench/real-input/main.ts CLONE   where CLONE is a clone (bare or not) of typescript-eslint/typescript-eslint.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Clone } from './clone.ts';
import { compareFunctions, comparePaths } from './compare.ts';
import { judge, runShell } from './verdict.ts';
import type { Finding, Judged } from './verdict.ts';

/** The last of the commits that are judged, and how many along the first parent. */
const last = '56c9ed90d0aee0b5a71cfc39fc76b715b82e3ea8';
const count = 120;

/** So many findings are written out; the rest is in the sums. */
const findingsMax = 60;

const here = fileURLToPath(new URL('.', import.meta.url));
const build = process.env['COORD_BUILD'] ?? '../../build/coord.js';
const program = fileURLToPath(new URL(build, import.meta.url));

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function tally(items: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}

interface Told extends Finding {
  readonly commit: string;
  readonly check: string;
}

function findingsOf(judged: readonly Judged[]): Told[] {
  return judged.flatMap(({ commit, verdict }) =>
    verdict.checks.flatMap(({ name, findings }) =>
      findings.map((finding) => ({ commit: commit.slice(0, 10), check: name, ...finding })),
    ),
  );
}

/** How failing functions came to fail: `new`, `crossed` their bound, or `worse` beyond it. */
function standingOf({ message, limit }: Finding): string {
  const was = /\(was (\d+)\)/.exec(message)?.[1];
  if (was === undefined) return 'new';
  return Number(was) <= Number(limit) ? 'crossed' : 'worse';
}

function functionFigures(judged: readonly Judged[]): Record<string, unknown> {
  const titles = judged.map(
    ({ verdict }) => verdict.checks.find(({ name }) => name === 'complexity')?.title ?? '',
  );
  const told = findingsOf(judged).filter(({ check }) => check === 'complexity');
  const failures = told.filter(({ level }) => level === 'failure');
  return {
    functionsMeasured: sum(titles.map((title) => Number(/^(\d+) function/.exec(title)?.[1] ?? 0))),
    failing: tally(failures.map((finding) => `${standingOf(finding)} ${finding.rule}`)),
    oldLeft: told.filter(({ message }) => message.endsWith('so it may stay.')).length,
    reportedInside: told.filter(({ message }) => message.endsWith('reported separately.')).length,
    list: failures
      .slice(0, findingsMax)
      .map(({ commit, rule, path, line, message }) => ({ commit, rule, path, line, message })),
  };
}

function figures(judged: readonly Judged[]): Record<string, unknown> {
  const slowest = [...judged].sort((left, right) => right.ms - left.ms)[0];
  const conclusions = judged.flatMap(({ verdict }) =>
    verdict.checks.map((check) => `${check.name} ${check.conclusion}`),
  );
  return {
    first: judged[0]?.commit,
    last: judged.at(-1)?.commit,
    commits: judged.length,
    gate: tally(judged.map(({ verdict }) => verdict.conclusion)),
    checks: tally(conclusions),
    findings: tally(findingsOf(judged).map(({ rule, level }) => `${rule} ${level}`)),
    medianMs: Math.round(median(judged.map(({ ms }) => ms))),
    slowest: { commit: slowest?.commit, ms: Math.round(slowest?.ms ?? 0) },
    peakMb: Math.round(Math.max(...judged.map(({ peakKb }) => peakKb)) / 1024),
  };
}

/** Unpacks the tree of the last commit into a directory of its own, which the caller removes. */
function unpack(clone: Clone): string {
  const tree = mkdtempSync(join(tmpdir(), 'coord-real-'));
  const archive = join(tree, 'tree.tar');
  clone.git(['archive', '--output', archive, last]);
  const tar = spawnSync('tar', ['-xf', archive, '-C', tree], { encoding: 'utf8' });
  rmSync(archive);
  if (tar.status !== 0) throw new Error(`tar could not unpack the tree: ${tar.stderr}`);
  return tree;
}

interface Measured {
  readonly file: string;
  readonly error?: string;
  readonly complexity?: number;
  readonly lines?: number | null;
}

async function treeFigures(clone: Clone): Promise<Record<string, unknown>> {
  const paths = clone.git(['ls-tree', '-r', '--name-only', last]).split('\n');
  const tree = unpack(clone);
  try {
    const run = await runShell(program, ['-C', tree, 'measure', '.']);
    if (run.out === '') throw new Error(`coord measure printed nothing and said: ${run.err}`);
    const lines = run.out.trim().split('\n');
    const told = lines.map((line) => JSON.parse(line) as Measured);
    const units = told.filter(({ error }) => error === undefined);
    const broken = told.filter(({ error }) => error !== undefined);
    return {
      files: paths.filter((path) => /\.(?:[cm]?[jt]s|[jt]sx)$/i.test(path)).length,
      filesWithFunctions: new Set(units.map(({ file }) => file)).size,
      notAnalysed: broken.length,
      notAnalysedOutsideErrorFixtures: broken.filter(({ file }) => !file.includes('/_error_/'))
        .length,
      functions: units.length,
      over8: units.filter(({ complexity = 0 }) => complexity > 8).length,
      over60Lines: units.filter((unit) => (unit.lines ?? 0) > 60).length,
      seconds: Math.round(run.ms / 100) / 10,
      peakMb: Math.round(run.peakKb / 1024),
    };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

async function judgeAll(clone: Clone): Promise<Judged[]> {
  const commits = clone.commits(last, count);
  const judged: Judged[] = [];
  for (const commit of commits) {
    judged.push(await judge(program, clone.directory, join(here, 'plan.yml'), commit));
    if (process.stderr.isTTY) process.stderr.write(`\r${judged.length} of ${commits.length}`);
  }
  return judged;
}

async function main(directory: string): Promise<void> {
  const clone = new Clone(directory);
  const judged = await judgeAll(clone);
  const result = {
    ...figures(judged),
    tree: await treeFigures(clone),
    comparedWithGitDiff: comparePaths(clone, judged),
    comparedWithEslint: compareFunctions(clone, judged),
    functions: functionFigures(judged),
  };
  writeFileSync(join(here, 'figures.json'), `${JSON.stringify(result, null, 2)}\n`);
  const brief = { ...result, functions: { ...result.functions, list: undefined } };
  console.log(JSON.stringify(brief, null, 2));
}

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error('Name a clone: npx tsx bench/real-input/main.ts PATH-TO-CLONE');
  process.exitCode = 2;
} else {
  try {
    await main(directory);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
