// What a log weighs on disk after maintenance, against the bare lines of its records, and how many files it takes.
import { cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openBareStore } from '../src/adapters/git/store/git-store.ts';
import { openLocalLog } from '../src/adapters/git/local-log.ts';
import type { Figure } from './figure.ts';
import { temporaryDirectory } from './program.ts';
import { seededLog, years } from './seeded-log.ts';
import { served } from './served-log.ts';
import { WritingEngine } from './writing-engine.ts';

const timesRawOneMax = 1.6;
const timesRawHundredMax = 0.4;
const filesMax = 2000;
const perCommit = 100;

export interface GrowthOptions {
  /** One-command commits of the long log, and commits of a hundred commands of the other. */
  readonly commits: number;
  readonly fullCommits: number;
  readonly progress: (text: string) => void;
}

interface Weight {
  readonly bytes: number;
  readonly files: number;
}

function weigh(directory: string): Weight {
  let [bytes, files] = [0, 0];
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    const below = entry.isDirectory() ? weigh(path) : { bytes: statSync(path).size, files: 1 };
    bytes += below.bytes;
    files += below.files;
  }
  return { bytes, files };
}

async function rawBytes(repository: string): Promise<number> {
  const store = openLocalLog(join(repository, '.git'), false);
  const { commits } = await store.read({ commitsMax: Number.MAX_SAFE_INTEGER });
  return commits.reduce((sum, { batch }) => sum + Buffer.byteLength(batch), 0);
}

async function maintained(repository: string): Promise<Weight> {
  const directory = join(repository, '.git', 'coord', 'store.git');
  const store = openBareStore(directory);
  await store.withMutex(() => store.consolidate());
  store.close();
  return weigh(directory);
}

interface Grown {
  readonly weight: Weight;
  readonly raw: number;
  /** What native git would make of it, as a sentence; empty where nobody asked. */
  readonly repacked: string;
}

function weightFigure(name: string, { weight, raw, repacked }: Grown, timesRawMax: number): Figure {
  const [megabytes, rawMegabytes] = [weight.bytes / 1e6, raw / 1e6];
  return {
    name: `bytes on disk, ${name}`,
    ...{ statistic: 'once', unit: 'MB', rounds: 1, measured: megabytes },
    limit: timesRawMax * rawMegabytes,
    limitIs: `${timesRawMax} x the raw records (${rawMegabytes.toFixed(1)} MB)`,
    note: `${(megabytes / rawMegabytes).toFixed(2)} x the raw records; indexes and checkpoints included${repacked}`,
  };
}

function filesFigure(name: string, { weight }: Grown): Figure {
  return {
    name: `files in the store, ${name}`,
    ...{ statistic: 'once', unit: 'files', rounds: 1, measured: weight.files, limit: filesMax - 1 },
    limitIs: `below ${filesMax}`,
    note: '',
  };
}

async function oneCommandCommits(place: string, options: GrowthOptions): Promise<Grown> {
  const repository = join(place, 'one');
  const kept = await seededLog(years(options.commits), options.progress);
  cpSync(kept, repository, { recursive: true });
  const raw = await rawBytes(repository);
  const { bytes } = weigh(join(served(kept), 'objects'));
  const times = (bytes / raw).toFixed(2);
  const repacked = `; repacked by native git it would be ${(bytes / 1e6).toFixed(1)} MB, ${times} x`;
  return { weight: await maintained(repository), raw, repacked };
}

async function hundredCommandCommits(place: string, commits: number): Promise<Grown> {
  const repository = join(place, 'hundred');
  const engine = await WritingEngine.open(repository, false);
  for (let made = 0; made < commits; made += 1) {
    await engine.take(await engine.messages(perCommit));
  }
  const raw = await rawBytes(repository);
  return { weight: await maintained(repository), raw, repacked: '' };
}

/** The figures of growth. */
export async function growthFigures(options: GrowthOptions): Promise<Figure[]> {
  const place = temporaryDirectory('growth');
  try {
    options.progress('growth: one-command commits');
    const one = await oneCommandCommits(place.path, options);
    options.progress('growth: commits of a hundred commands');
    const hundred = await hundredCommandCommits(place.path, options.fullCommits);
    const [oneName, hundredName] = [
      `${options.commits} one-command commits`,
      `${options.fullCommits} commits of ${perCommit}`,
    ];
    return [
      weightFigure(oneName, one, timesRawOneMax),
      weightFigure(hundredName, hundred, timesRawHundredMax),
      filesFigure(oneName, one),
      filesFigure(hundredName, hundred),
    ];
  } finally {
    place.remove();
  }
}
