// `npm run bench`: every figure of speed beside its limit, measured in the same run. A missed limit is reported, not an error.
import { cpus, loadavg, totalmem } from 'node:os';
import { appendFigures } from './append.ts';
import { appFigures } from './github-app.ts';
import { capabilityFigures } from './capability.ts';
import { checkFigures } from './check.ts';
import { durableCommandFigures } from './durable-command.ts';
import { figureTable, judgeFigure } from './figure.ts';
import type { Figure, Judged } from './figure.ts';
import { growthFigures } from './growth.ts';
import { manyWritersFigure } from './many-writers.ts';
import { buildShell } from './program.ts';
import { readFigures } from './read.ts';
import { statusFigures } from './status.ts';

interface Rounds {
  readonly status: number;
  readonly commits: number;
  readonly durable: number;
  readonly check: number;
  readonly app: number;
  readonly append: number;
  readonly writers: number;
  readonly fold: number;
  readonly verify: number;
  readonly cold: number;
  readonly longCommits: number;
  readonly fullCommits: number;
}

const full: Rounds = {
  ...{ status: 31, commits: 10_000, durable: 400, check: 9, app: 20 },
  ...{ append: 9, writers: 5, fold: 31, verify: 3, cold: 15 },
  ...{ longCommits: 100_000, fullCommits: 400 },
};
const quick: Rounds = {
  ...{ status: 9, commits: 10_000, durable: 100, check: 3, app: 5 },
  ...{ append: 3, writers: 2, fold: 15, verify: 1, cold: 5 },
  ...{ longCommits: 100_000, fullCommits: 100 },
};

function progress(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

/** The parts of the benchmark by the word that chooses one on the command line. */
function partsOf(rounds: Rounds): Readonly<Record<string, () => Promise<Figure[]>>> {
  return {
    status: () => statusFigures({ rounds: rounds.status, commits: rounds.commits, progress }),
    durable: () => durableCommandFigures(rounds.durable),
    append: () => Promise.resolve(appendFigures({ rounds: rounds.append, draws: rounds === full })),
    capability: () => capabilityFigures(rounds.append),
    writers: async () => [await manyWritersFigure(rounds.writers)],
    read: () =>
      readFigures({
        ...{ rounds: rounds.cold, foldRounds: rounds.fold, verifyRounds: rounds.verify },
        ...{ commits: rounds.longCommits, progress },
      }),
    growth: () =>
      growthFigures({
        ...{ commits: rounds.longCommits, fullCommits: rounds.fullCommits, progress },
      }),
    check: () => checkFigures(rounds.check),
    app: () => appFigures(rounds.app),
  };
}

function machine(): Readonly<Record<string, string | number>> {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryMB: Math.round(totalmem() / 1_000_000),
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

function report(figures: readonly Judged[], before: ReturnType<typeof machine>): string {
  const count = (verdict: Judged['verdict']): number =>
    figures.filter((figure) => figure.verdict === verdict).length;
  const [missed, judged] = [count('missed'), count('missed') + count('met')];
  const open = count('not measured') === 0 ? '' : ` ${count('not measured')} not measured.`;
  const place = Object.entries(before)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const end = missed === 0 ? `All ${judged} limits met.` : `${missed} of ${judged} limits missed.`;
  return `${place}\n\n${figureTable(figures)}\n\n${end}${open}\n`;
}

async function bench(words: readonly string[]): Promise<void> {
  const parts = partsOf(words.includes('--quick') ? quick : full);
  const chosen = words.filter((word) => !word.startsWith('--'));
  const strangers = chosen.filter((word) => !(word in parts));
  if (strangers.length > 0) {
    throw new Error(
      `There is no part ${strangers.join()}; there are ${Object.keys(parts).join()}.`,
    );
  }
  progress('building the shell');
  buildShell();
  const before = machine();
  const figures: Judged[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    progress(name);
    figures.push(...(await part()).map(judgeFigure));
  }
  const isJson = words.includes('--json');
  const text = isJson
    ? `${JSON.stringify({ machine: before, figures })}\n`
    : report(figures, before);
  process.stdout.write(text);
}

await bench(process.argv.slice(2));
