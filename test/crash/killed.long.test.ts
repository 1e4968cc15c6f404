// Processes killed at random moments of writing, merging and syncing, a few at a time on one store: what they acknowledged stays.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLocalLog } from '../../src/adapters/git/local-log.ts';
import {
  branch,
  complaints,
  freshStore,
  textsUpTo,
} from '../../src/adapters/git/store/git-store.fixture.ts';
import { openBareStore } from '../../src/adapters/git/store/git-store.ts';
import { bundleChild } from '../concurrency/bundle.ts';
import { LogWriter } from '../concurrency/log-writer.ts';
import { MemoryEngine } from '../memory-engine.ts';
import { runShell } from '../shell.ts';
import { accepted, fsck, idsOn, Scene, task } from './scene.ts';

const killsAll = Number(process.env['COORD_KILLS'] ?? 210);
// A process with all the rules takes much longer to start than one that writes numbers.
const killsOfStores = Math.floor((killsAll * 2) / 3);
const killsOfLogs = killsAll - killsOfStores;
const slots = 3;
const lifeMillisecondsMax = { counting: 60, syncing: 150 };
const syncPercent = 30;
const fsckEvery = 20;

const scene = new Scene();
const remote = join(scene.folder, 'remote ü.git');
const repository = join(scene.folder, 'clone ü');
const commonDir = join(repository, '.git');
let program = '';
let counter = '';

beforeAll(async () => {
  const writerSource = new URL('killed.child.ts', import.meta.url);
  const counterSource = new URL('../../src/adapters/git/store/count.child.ts', import.meta.url);
  program = await bundleChild(writerSource, join(scene.folder, 'writer'));
  counter = await bundleChild(counterSource, join(scene.folder, 'counter'));
  mkdirSync(remote);
  execFileSync('git', ['init', '-q', '--bare', remote]);
  execFileSync('git', ['clone', '-q', remote, repository], { stdio: 'pipe' });
  await MemoryEngine.open(openLocalLog(commonDir, true));
  expect((await runShell(['-C', repository, 'sync'])).status).toBe(0);
});
afterAll(() => scene.remove());

interface Fallen {
  readonly acknowledged: readonly string[];
  readonly complaint: string;
}

/** One process from its first line to its end by kill. */
async function liveAndDie(words: readonly string[], lifeMsMax: number): Promise<Fallen> {
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (said.push(line) > 1) return;
    setTimeout(() => child.kill('SIGKILL'), Math.random() * lifeMsMax);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const end = signal === 'SIGKILL' ? '' : `ended with ${code ?? signal ?? 'nothing'}`;
  return { acknowledged: said, complaint: `${complaint}${end}` };
}

/** The numbers in a store's history, every object on the way verified. */
function numbersIn(dir: string): number[] {
  const store = openBareStore(dir);
  return textsUpTo(store, store.readRef(branch)).map(Number);
}

it(`${killsOfStores} processes killed while they count in a store of their own leave every number`, async () => {
  const dirs = [1, 2].map((number) => freshStore(join(scene.folder, `counted ${number}`)).dir);
  const count = async (dir: string): Promise<number> => {
    let acknowledged = 0;
    for (let kill = 0; kill < killsOfStores / dirs.length; kill += 1) {
      const fallen = await liveAndDie([counter, dir, '100000'], lifeMillisecondsMax.counting);
      expect(fallen.complaint).toBe('');
      const numbers = numbersIn(dir);
      expect(numbers).toEqual(numbers.map((_, place) => place + 1));
      // One more than acknowledged is right: it was killed between the two.
      expect(numbers.length - Number(fallen.acknowledged.at(-1))).toBeOneOf([0, 1]);
      acknowledged = numbers.length;
      if (kill % fsckEvery === 0) expect(complaints(dir)).toBe('');
    }
    expect(readdirSync(join(dir, 'objects', 'pack')).length).toBeLessThan(100);
    return acknowledged;
  };
  const counts = await Promise.all(dirs.map(count));
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(killsOfStores / dirs.length);
}, 600_000);

it(`${killsOfLogs} killed processes lose nothing, and nobody has to repair anything`, async () => {
  const acknowledged: string[] = [];
  const complaints: string[] = [];
  let started = 0;
  const slot = async (): Promise<void> => {
    while (started < killsOfLogs) {
      started += 1;
      const words = [program, repository, `w${started}`, String(syncPercent)];
      const fallen = await liveAndDie(words, lifeMillisecondsMax.syncing);
      acknowledged.push(...fallen.acknowledged);
      if (fallen.complaint !== '') complaints.push(fallen.complaint);
    }
  };
  await Promise.all(Array.from({ length: slots }, slot));
  expect(complaints).toEqual([]);
  const begun = performance.now();
  const next = accepted(await new LogWriter(commonDir).say(task('afterwards')));
  const seconds = (performance.now() - begun) / 1000;
  const ids = await idsOn(commonDir);
  process.stdout.write(
    `${killsOfLogs} kills, ${acknowledged.length} acknowledged, ${ids.length} on the log, next in ${seconds.toFixed(1)} s\n`,
  );
  expect(acknowledged.length).toBeGreaterThanOrEqual(killsOfLogs);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...acknowledged, next].filter((id) => !ids.includes(id))).toEqual([]);
  expect(fsck(commonDir, '--no-dangling')).toBe('');
}, 600_000);

it('what was published on the way is a beginning of the log, and the rest follows', async () => {
  const published = (): string[] =>
    execFileSync('git', ['-C', remote, 'rev-list', '--reverse', 'coord'], { encoding: 'utf8' })
      .trim()
      .split('\n');
  const local = async (): Promise<string[]> =>
    (await openLocalLog(commonDir, true).read({ commitsMax: 100_000 })).commits.map(
      ({ oid }) => oid,
    );
  const before = published();
  process.stdout.write(`${before.length} commits were published by the killed\n`);
  expect((await local()).slice(0, before.length)).toEqual(before);
  const { status, out, err } = await runShell(['-C', repository, 'sync', '--json']);
  expect([status, out, err]).toMatchObject([0, expect.stringContaining('"confirmed":true'), '']);
  expect(published()).toEqual(await local());
});
