// The machine loses power at any change a command makes to the disk: what was not synced is gone, torn or nameless, and nothing acknowledged is.
import * as fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashAfter } from '../../src/adapters/git/store/power-loss.fixture.ts';
import type { Loss } from '../../src/adapters/git/store/power-loss.fixture.ts';
import { openLocalLog } from '../../src/adapters/git/local-log.ts';
import type { Answer } from '../../src/engine/answer.ts';
import { LogWriter } from '../concurrency/log-writer.ts';
import { MemoryEngine } from '../memory-engine.ts';
import { accepted, ageLock, bury, fsck, idsOn, Scene, task, withoutSync } from './scene.ts';

const scene = new Scene();
beforeAll(() => scene.begin(3));
afterAll(() => scene.remove());

const losses: readonly Loss[] = ['process', 'data', 'torn', 'names'];

async function addAfterwards(directory: string): Promise<string> {
  const restore = withoutSync();
  const id = accepted(await new LogWriter(directory).say(task('afterwards')));
  restore();
  return id;
}

describe.each(losses)('a crash that loses the %s', (loss) => {
  it('in a command leaves the log as it was or with the command, and the next one goes on', async () => {
    const before = await idsOn(scene.copy());
    for (let steps = 0, isOver = false; !isOver; steps += 1) {
      const directory = scene.copy();
      const writer = new LogWriter(directory);
      const request = await writer.request(task('cut off'));
      const acknowledged: Answer[] = [];
      const { crashed } = await crashAfter(steps, loss, async () => {
        acknowledged.push(await writer.send(request));
      });
      bury(directory);
      ageLock(directory);
      const ids = await idsOn(directory);
      const isThere = ids.length > before.length;
      expect(ids).toEqual(isThere ? [...before, request.intent.id] : before);
      if (acknowledged.length > 0) expect([steps, isThere]).toEqual([steps, true]);
      const next = await addAfterwards(directory);
      expect(await idsOn(directory)).toEqual([...ids, next]);
      if (steps % 9 === 0) expect(fsck(directory, '--no-dangling')).toBe('');
      fs.rmSync(directory, { recursive: true });
      isOver = !crashed;
      if (isOver) expect(steps).toBeGreaterThan(15);
    }
  });

  it('in the making of a log leaves none or a whole one', async () => {
    for (let steps = 0, isOver = false; !isOver; steps += 1) {
      const directory = scene.empty();
      const { crashed } = await crashAfter(steps, loss, async () => {
        await MemoryEngine.open(openLocalLog(directory, false));
      });
      bury(directory);
      ageLock(directory);
      const isMade = (await openLocalLog(directory, false).head()) !== null;
      if (!crashed) expect(isMade).toBe(true);
      const restore = withoutSync();
      if (!isMade) await MemoryEngine.open(openLocalLog(directory, false));
      restore();
      const next = await addAfterwards(directory);
      expect((await idsOn(directory)).slice(1)).toEqual([next]);
      if (steps % 9 === 0) expect(fsck(directory, '--no-dangling')).toBe('');
      fs.rmSync(directory, { recursive: true });
      isOver = !crashed;
      if (isOver) expect(steps).toBeGreaterThan(15);
    }
  });
});
