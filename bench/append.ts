// How fast messages become durable, at four batch sizes: the whole path, the store alone, and other stores beside them.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { names, samplesOf, sizes } from './append-rates.ts';
import type { Race, Size } from './append-rates.ts';
import { bundled } from './bundled.ts';
import type { Figure } from './figure.ts';
import { plotRates } from './plot.ts';
import { temporaryDirectory } from './program.ts';
import { median } from './sampling.ts';

/** Limits of the store's speed. */
const wholePathPerSecondMin = 48_000;
const wholePathOfRawMin = 10;

function rateOf(race: Race, name: string, size: Size): number {
  return median(samplesOf(race, name, size));
}

/** The median of the ratios of each round: what the machine did meanwhile, it did to both. */
function percentOfRaw(race: Race, name: string, size: Size): number {
  const raw = samplesOf(race, names.raw, size);
  const own = samplesOf(race, name, size);
  return median(own.map((rate, round) => (100 * rate) / (raw[round] ?? Number.NaN)));
}

interface Share {
  readonly name: string;
  readonly size: Size;
  readonly least: number;
  /** What one would like to reach, as the end of a sentence; empty for nothing more. */
  readonly aim: string;
}

function shareFigure(race: Race, { name, size, least, aim }: Share): Figure {
  const raw = Math.round(rateOf(race, names.raw, size));
  return {
    name: `${name}, batches of ${size}, of raw`,
    ...{ statistic: 'median', rounds: samplesOf(race, name, size).length, unit: '%' },
    measured: percentOfRaw(race, name, size),
    ...{ limit: least, bound: 'least' },
    limitIs: `${least} % of raw durable append (${raw}/s)${aim}`,
    note: '',
  };
}

const shares: readonly Share[] = [
  { name: names.unsigned, size: 1000, least: wholePathOfRawMin, aim: ', aim 25 %' },
  { name: names.store, size: 1000, least: 33, aim: ', aim 50 %' },
  { name: names.store, size: 100, least: 22, aim: '' },
];

function listing(race: Race, name: string): string {
  return sizes.map((size) => `${size}: ${Math.round(rateOf(race, name, size))}/s`).join(', ');
}

function beside(race: Race, name: string): Figure {
  return {
    name: `${name}, batches of 1000`,
    ...{ statistic: 'median', rounds: samplesOf(race, name, 1000).length, unit: '/s' },
    measured: rateOf(race, name, 1000),
    limit: null,
    limitIs: 'shown beside',
    note: `by batch size ${listing(race, name)}; ${percentOfRaw(race, name, 1000).toFixed(1)} % of raw at 1000`,
  };
}

function notInstalled(name: string): Figure {
  return {
    ...{ name, statistic: 'median', rounds: 0, measured: null, limit: null, unit: '/s' },
    limitIs: 'not installed',
    note: 'not installed, so not compared; npm --prefix bench/peers ci installs better-sqlite3',
  };
}

function figuresOf(race: Race): Figure[] {
  const peers = Object.keys(race.rates).filter((name) => !name.startsWith('whole path'));
  return [
    {
      name: 'whole path, unsigned, batches of 1000',
      ...{ statistic: 'median', rounds: samplesOf(race, names.unsigned, 1000).length },
      measured: rateOf(race, names.unsigned, 1000),
      ...{ limit: wholePathPerSecondMin, bound: 'least', unit: '/s' },
      limitIs: `${wholePathPerSecondMin} messages a second`,
      note: `by batch size ${listing(race, names.unsigned)}`,
    },
    ...shares.map((share) => shareFigure(race, share)),
    beside(race, names.signed),
    ...peers.map((name) => beside(race, name)),
    ...race.missing.map(notInstalled),
  ];
}

const plotPath = fileURLToPath(new URL('../docs/explanation/append-rate.svg', import.meta.url));

export interface AppendOptions {
  readonly rounds: number;
  /** Whether the plot in the docs is drawn anew. */
  readonly draws: boolean;
}

function draw(race: Race): void {
  const lines = Object.keys(race.rates).map((name) => ({
    name,
    points: sizes.map((size) => [size, rateOf(race, name, size)] as const),
  }));
  const raw = rateOf(race, names.raw, 1000);
  const limits = [
    { name: '48,000 messages/s', rate: wholePathPerSecondMin },
    { name: '10 % of raw at 1000', rate: (raw * wholePathOfRawMin) / 100 },
  ];
  const title = 'Durable messages a second, by batch size';
  writeFileSync(plotPath, plotRates({ title, lines, limits }));
}

/** The figures of appending, and the plot of them. The race is run as it is shipped: bundled, in a process of its own. */
export function appendFigures({ rounds, draws }: AppendOptions): Figure[] {
  const place = temporaryDirectory('race');
  try {
    const program = bundled('race/main.ts', place.path);
    const done = spawnSync(process.execPath, [program, String(rounds)], {
      ...{ stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
    });
    if (done.status !== 0) throw new Error('The race of the stores failed; see above.');
    const race = JSON.parse(done.stdout) as Race;
    if (draws) draw(race);
    return figuresOf(race);
  } finally {
    place.remove();
  }
}
