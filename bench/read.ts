// The read side: folding records, verifying a long log from its genesis, and a first look at one after a shallow fetch.
import { cpSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { limits } from '../src/kernel/limits.ts';
import { bundled } from './bundled.ts';
import type { Figure } from './figure.ts';
import type { FoldTimes } from './fold/main.ts';
import {
  makeRepository,
  run,
  runCoord,
  runEmptyNode,
  runUnheard,
  temporaryDirectory,
} from './program.ts';
import { interleave, median, timed } from './sampling.ts';
import { rush, seededLog, years } from './seeded-log.ts';
import { served, storeOf } from './served-log.ts';

const foldEventsPerSecondMin = 500_000;
const timesGitLogMax = 3;
const timesShortLogMax = 1.2;
const wireKilobytesMax = 300;
const shortCommits = 1000;

export interface ReadOptions {
  readonly rounds: number;
  readonly foldRounds: number;
  readonly verifyRounds: number;
  /** Commits of the long log. */
  readonly commits: number;
  readonly progress: (text: string) => void;
}

/** Events a second of `applyRecord` on records that are parsed already, bundled as the shell is. */
async function foldFigure({ foldRounds, progress }: ReadOptions): Promise<Figure> {
  const repository = await seededLog(rush(10_000), progress);
  const place = temporaryDirectory('fold');
  try {
    const program = bundled('fold/main.ts', place.path);
    const printed = run(process.execPath, [program, repository, String(foldRounds)]);
    const { records, events, samples } = JSON.parse(printed) as FoldTimes;
    return {
      name: 'fold of parsed records',
      ...{ statistic: 'median', rounds: foldRounds, unit: '/s', bound: 'least' },
      measured: (events * 1000) / median(samples),
      limit: foldEventsPerSecondMin,
      limitIs: `${foldEventsPerSecondMin} events a second`,
      note: `${events} events of ${records} records, every concept, keys included; ${((1000 * median(samples)) / events).toFixed(2)} us an event`,
    };
  } finally {
    place.remove();
  }
}

/** `coord verify` of everything, its mark of before not believed, against native git showing every batch. */
async function genesisFigure(options: ReadOptions): Promise<Figure> {
  const { verifyRounds, commits, progress } = options;
  const repository = await seededLog(years(commits), progress);
  progress('read: verification from the genesis');
  const log = ['-C', storeOf(repository), 'log', '--format=', '-p', 'coord', '--', 'batch.ndjson'];
  const words = ['-C', repository, '--offline', 'verify', '--level', 'genesis', '--no-watermark'];
  const samples = { git: [] as number[], verify: [] as number[] };
  for (let round = 0; round < verifyRounds; round += 1) {
    samples.git.push(await timed(() => runUnheard('git', log)));
    samples.verify.push(await timed(() => runCoord(words)));
  }
  const floor = median(samples.git);
  const measured = median(samples.verify);
  return {
    name: `coord verify --level genesis, ${commits} commits`,
    ...{ statistic: 'median', unit: 'ms', rounds: verifyRounds, measured },
    limit: timesGitLogMax * floor,
    limitIs: `${timesGitLogMax} x git log -p -- batch.ndjson (${floor.toFixed(0)} ms)`,
    note: `${(measured / floor).toFixed(2)} x native git, ${((commits * 1000) / measured).toFixed(0)} commits a second`,
  };
}

/** Bytes that git receives for a first fetch of the window: its pack as it comes over the wire. */
function wireKilobytes(remote: string, directory: string): number {
  run('git', ['init', '--quiet', '--bare', directory]);
  const keepsPack = ['-c', 'fetch.unpackLimit=1', '-c', 'transfer.unpackLimit=1'];
  const depth = `--depth=${limits.tailCommitsMax + 1}`;
  const asked = [pathToFileURL(remote).href, 'refs/heads/coord:refs/heads/coord'];
  run('git', ['-C', directory, ...keepsPack, 'fetch', '--quiet', depth, ...asked]);
  const packs = join(directory, 'objects', 'pack');
  const sizes = readdirSync(packs)
    .filter((name) => name.endsWith('.pack'))
    .map((name) => statSync(join(packs, name)).size);
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}

/** A clone that has never looked at the log. */
function freshClone(directory: string, remote: string): void {
  makeRepository(directory, { 'README.md': 'A clone.\n' });
  run('git', ['-C', directory, 'remote', 'add', 'origin', pathToFileURL(remote).href]);
  run('git', ['-C', directory, 'fetch', '--quiet', 'origin', 'main']);
}

/** The first `coord status` of a fresh clone: one fetch of 97 commits, all of it checked, folded and shown. */
async function coldFigures({ rounds, commits, progress }: ReadOptions): Promise<Figure[]> {
  const place = temporaryDirectory('cold');
  try {
    const short = served(await seededLog(years(shortCommits), progress));
    const long = served(await seededLog(years(commits), progress));
    progress('read: the first look at a log');
    const look = (name: string, remote: string): (() => void) => {
      const template = join(place.path, `${name}-template`);
      freshClone(template, remote);
      const clone = join(place.path, name);
      return () => {
        rmSync(clone, { recursive: true, force: true });
        cpSync(template, clone, { recursive: true });
        runCoord(['-C', clone, 'status']);
      };
    };
    const samples = await interleave(rounds, {
      empty: runEmptyNode,
      short: look('short', short),
      long: look('long', long),
    });
    const [floor, measured] = [median(samples.short), median(samples.long)];
    mkdirSync(join(place.path, 'wire'));
    const wire = (name: string, remote: string): number =>
      wireKilobytes(remote, join(place.path, 'wire', name));
    const [shortWire, longWire] = [wire('short', short), wire('long', long)];
    return [
      {
        name: `first coord status of a clone, ${commits} commits`,
        ...{ statistic: 'median', unit: 'ms', rounds, measured },
        limit: timesShortLogMax * floor,
        limitIs: `${timesShortLogMax} x the same with ${shortCommits} commits (${floor.toFixed(0)} ms)`,
        note: `${(measured / floor).toFixed(2)} x; an empty node takes ${median(samples.empty).toFixed(0)} ms`,
      },
      {
        name: `bytes on the wire for it, ${commits} commits`,
        ...{
          statistic: 'once',
          unit: 'kB',
          rounds: 1,
          measured: longWire,
          limit: wireKilobytesMax,
        },
        limitIs: `${wireKilobytesMax} kB`,
        note: `the pack of a fetch of depth ${limits.tailCommitsMax + 1}; ${shortWire.toFixed(0)} kB with ${shortCommits} commits`,
      },
    ];
  } finally {
    place.remove();
  }
}

/** The figures of reading. */
export async function readFigures(options: ReadOptions): Promise<Figure[]> {
  return [await foldFigure(options), await genesisFigure(options), ...(await coldFigures(options))];
}
