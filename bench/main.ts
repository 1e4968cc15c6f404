// `npm run bench`: every figure of speed beside its limit, measured in the same run. A missed limit is reported, not an error.
import { cpus, loadavg, totalmem } from 'node:os';
import { appFigures } from './github-app.ts';
import { checkFigures } from './check.ts';
import { durableCommandFigure } from './durable-command.ts';
import { figureTable, judgeFigure } from './figure.ts';
import type { Figure, Judged } from './figure.ts';
import { buildShell } from './program.ts';
import { statusFigures } from './status.ts';

interface Rounds {
  readonly status: number;
  readonly commits: number;
  readonly durable: number;
  readonly check: number;
  readonly app: number;
}

const full: Rounds = { status: 31, commits: 10_000, durable: 400, check: 9, app: 20 };
const quick: Rounds = { status: 9, commits: 10_000, durable: 100, check: 3, app: 5 };

function progress(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

/** The parts of the benchmark by the word that chooses one on the command line. */
function partsOf(rounds: Rounds): Readonly<Record<string, () => Promise<Figure[]>>> {
  return {
    status: () => statusFigures({ rounds: rounds.status, commits: rounds.commits, progress }),
    durable: async () => [await durableCommandFigure(rounds.durable)],
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
  const missed = figures.filter(({ verdict }) => verdict === 'missed').length;
  const place = Object.entries(before)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const end = missed === 0 ? 'All limits met.' : `${missed} of ${figures.length} limits missed.`;
  return `${place}\n\n${figureTable(figures)}\n\n${end}\n`;
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
