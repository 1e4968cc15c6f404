// An error of the system, or the end of the process, at every single file system call of a command: it happened whole or was reported.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeDirectory } from '../../src/adapters/git/local-log.ts';
import { Ticket } from '../../src/adapters/git/store/spool.ts';
import type { Request } from '../../src/engine/decide.ts';
import { sharedWork } from '../../src/engine/execute.ts';
import { Fault } from '../../src/kernel/fault.ts';
import { LogWriter } from '../concurrency/log-writer.ts';
import { failAt } from './failing-calls.ts';
import type { Boundary, Failure, Report } from './failing-calls.ts';
import { accepted, ageLock, bury, fsck, idsOn, Scene, task, withoutSync } from './scene.ts';

const scene = new Scene();
// Enough packs that the next command's writer merges them.
const crowded = new Scene();
// A native git may be looking on for each so many boundaries; it is slow.
const fsckEvery = 25;
// Most of the calls are those of any command, which are tried one by one.
const stride = 3;

beforeAll(async () => {
  await scene.begin(3);
  await crowded.begin(39);
});
afterAll(() => {
  scene.remove();
  crowded.remove();
});

/** Leaves a command as a process does that waits for the mutex. */
async function leave(directory: string, writer: LogWriter, request: Request): Promise<void> {
  const lane = `here ${await sharedWork(writer.engine, [request]).lane()}`;
  const spool = join(storeDirectory(directory), 'coord-spool');
  new Ticket(spool, { lane, items: [request] }).offer();
  expect(fs.readdirSync(spool)).toHaveLength(1);
}

interface Broken {
  readonly directory: string;
  readonly id: string;
  readonly report: Report<unknown>;
  /** The process that met the error; it may live on. */
  readonly writer: LogWriter;
}

/** One command on a copy of the log, broken at a boundary; `waiting` is what another process waits to have done. */
async function breakOne(boundary: Boundary, from: Scene, waiting?: Request): Promise<Broken> {
  const directory = from.copy();
  const writer = new LogWriter(directory);
  const request = await writer.request(task('broken'));
  if (waiting !== undefined) await leave(directory, writer, waiting);
  const report = await failAt(boundary, () => writer.send(request));
  if (boundary.failure === 'death') bury(directory);
  ageLock(directory);
  return { directory, id: request.intent.id, report, writer };
}

/** Whatever happened: nothing acknowledged is missing, nothing is there twice, and the next commands just work. */
async function expectSound(broken: Broken, boundary: Boundary, before: number): Promise<void> {
  const { directory, id, report, writer } = broken;
  const { outcome } = report;
  const found = (await idsOn(directory)).filter((each) => each === id).length;
  if ('result' in outcome) expect([boundary, found]).toEqual([boundary, 1]);
  else expect(found).toBeLessThanOrEqual(1);
  const isReported = 'result' in outcome || outcome.error instanceof Fault;
  if (boundary.failure !== 'death')
    expect([boundary, isReported, outcome]).toEqual([boundary, true, outcome]);
  const restore = withoutSync();
  // Whoever met the error goes on, and so does a process that knows nothing of it.
  const survivors = boundary.failure === 'death' ? [] : [writer];
  const next: string[] = [];
  for (const each of [...survivors, new LogWriter(directory)]) {
    next.push(accepted(await each.say(task('afterwards'))));
  }
  restore();
  const ids = await idsOn(directory);
  expect(ids.slice(-next.length)).toEqual(next);
  expect(ids).toHaveLength(before + found + next.length);
  expect(new Set(ids).size).toBe(ids.length);
  if (boundary.after % fsckEvery === 0) expect(fsck(directory, '--no-dangling')).toBe('');
}

/** Fails at one call after the other until the command comes through; answers how many boundaries there were. */
async function everywhere(
  from: Scene,
  how: Omit<Boundary, 'after'>,
  { start, by }: { readonly start: number; readonly by: number },
): Promise<number> {
  const before = (await idsOn(from.copy())).length;
  for (let after = start; ; after += by) {
    const boundary = { ...how, after };
    const broken = await breakOne(boundary, from);
    await expectSound(broken, boundary, before);
    fs.rmSync(broken.directory, { recursive: true });
    if (!broken.report.hasFailed) return after;
  }
}

const troubles: readonly (readonly [Failure, 'once' | 'from then on'])[] = [
  ['death', 'from then on'],
  ['EIO', 'once'],
  ['EIO', 'from then on'],
  ['ENOSPC', 'once'],
  ['ENOSPC', 'from then on'],
  ['EROFS', 'from then on'],
];

describe.each(troubles)('%s %s', (failure, how) => {
  const trouble = { failure, lasts: how === 'from then on' };

  it('at any call of a command', async () => {
    const boundaries = await everywhere(scene, trouble, { start: 0, by: 1 });
    expect(boundaries).toBeGreaterThan(20);
  });

  it('at any call of a command that takes along what another process waits for', async () => {
    const waiting = await new LogWriter(scene.copy()).request(task('waiting'));
    const { id } = waiting.intent;
    let served = 0;
    for (let after = 0, isOver = false; !isOver; after += stride) {
      const { directory, report, ...broken } = await breakOne(
        { ...trouble, after },
        scene,
        waiting,
      );
      const isThere = (await idsOn(directory)).filter((each) => each === id).length;
      served += isThere;
      if ('result' in report.outcome && !report.hasFailed) expect(isThere).toBe(1);
      const restore = withoutSync();
      // Its own process has had no answer: it sends the same command in its turn.
      expect(accepted(await new LogWriter(directory).send(waiting))).toBe(id);
      restore();
      const ids = await idsOn(directory);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toContain(id);
      if ('result' in report.outcome) expect(ids).toContain(broken.id);
      fs.rmSync(directory, { recursive: true });
      isOver = !report.hasFailed;
    }
    expect(served).toBeGreaterThan(0);
  });

  it('while packs are merged after a command', async () => {
    // Most calls read or delete one more pack; the kinds of trouble share them out.
    const start = troubles.findIndex((each) => each[0] === failure && each[1] === how);
    const boundaries = await everywhere(crowded, trouble, { start: 7 * start, by: 43 });
    expect(boundaries).toBeGreaterThan(100);
  });
});
