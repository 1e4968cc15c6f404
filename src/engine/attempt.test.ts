// A batch is full by commands or by bytes, whichever comes first, and what does not fit changes nothing.
import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { byteLength } from '../kernel/bytes.ts';
import { limits } from '../kernel/limits.ts';
import { encodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogStore } from '../log/store.ts';
import { addRecord, recordsSeen } from './attempt.ts';
import type { Attempt } from './attempt.ts';

async function attemptOn(memory: MemoryEngine): Promise<Attempt> {
  const fold = await memory.engine.projection.load();
  const inForce = await memory.engine.policy();
  const now = memory.engine.clock.now();
  return { fold, inForce, now, known: new Map(), records: [], lines: [], batchBytes: 0 };
}

function adding(memory: MemoryEngine, attempt: Attempt, text = '') {
  const request = memory.request('git:anna', 'test.say', { text });
  const { evolutions } = memory.engine;
  return addRecord(request, { text }, [{ type: 'test.said', data: {} }], { attempt, evolutions });
}

function keysOf({ fold: { seen } }: Attempt): readonly string[] {
  return seen.parts().flatMap((part) => seen.part(part).ids);
}

describe('a batch', () => {
  it('takes so many commands and not one more', async () => {
    const memory = await MemoryEngine.open();
    const attempt = await attemptOn(memory);
    adding(memory, attempt);
    const [one] = attempt.records as [LogRecord];
    // The bytes are set back, for the smallest commands there are fill a batch by bytes first.
    attempt.records.push(...Array<LogRecord>(limits.batchCommandsMax - 2).fill(one));
    attempt.batchBytes = 0;
    expect(adding(memory, attempt)).toMatchObject({ seq: limits.batchCommandsMax + 1 });
    expect(attempt.records).toHaveLength(limits.batchCommandsMax);
    expect(adding(memory, attempt)).toBe('full');
    expect(attempt.records).toHaveLength(limits.batchCommandsMax);
  });

  it('takes so many bytes and not one more, line ends counted', async () => {
    const memory = await MemoryEngine.open();
    const attempt = await attemptOn(memory);
    adding(memory, attempt);
    const envelope = attempt.batchBytes;
    expect(envelope).toBe(byteLength(encodeBatch(attempt.records)));
    attempt.batchBytes = limits.batchBytesMax - envelope - 3;
    const seenBefore = keysOf(attempt);
    expect(adding(memory, attempt, 'ää')).toBe('full');
    expect(keysOf(attempt)).toEqual(seenBefore);
    expect(adding(memory, attempt, 'äb')).not.toBe('full');
    expect(attempt.batchBytes).toBe(limits.batchBytesMax);
  });

  it('refuses a record larger than any may be', async () => {
    const memory = await MemoryEngine.open();
    const attempt = await attemptOn(memory);
    adding(memory, attempt);
    const room = limits.recordBytesMax - (attempt.batchBytes - 1);
    expect(adding(memory, attempt, 'x'.repeat(room + 1))).toMatchObject({
      code: 'record-too-large',
      data: { size: limits.recordBytesMax + 1, max: limits.recordBytesMax },
    });
    expect(adding(memory, attempt, 'x'.repeat(room))).toMatchObject({ seq: 3 });
  });
});

describe('looking up what was seen', () => {
  it('reads the log only when there is something to look up', async () => {
    const memory = await MemoryEngine.open();
    const known = memory.request('git:anna', 'task.add', { title: 'x' });
    await memory.execute(known);
    const fold = await memory.engine.projection.load();
    const fresh = memory.request('git:anna', 'task.add', { title: 'y' });
    const deaf = { ...memory.engine.store, read: () => Promise.reject(new Error('was read')) };
    expect((await recordsSeen(deaf, fold, [fresh.intent, fresh.intent])).size).toBe(0);
    await expect(recordsSeen(deaf, fold, [fresh.intent, known.intent])).rejects.toThrow('was read');
    const found = await recordsSeen(memory.engine.store, fold, [fresh.intent, known.intent]);
    expect([...found.keys()]).toEqual([2]);
    expect(found.get(2)?.id).toBe(known.intent.id);
  });

  it('in vain reads the window once for all that is before it', async () => {
    const memory = await MemoryEngine.open();
    const old = [1, 2].map((n) => memory.request('git:anna', 'task.add', { title: `old ${n}` }));
    for (const request of old) await memory.execute(request);
    for (let n = 0; n < limits.tailCommitsMax + 1; n += 1) {
      await memory.say('git:anna', 'task.add', { title: `t${n}` });
    }
    const last = memory.request('git:anna', 'task.add', { title: 'last' });
    await memory.execute(last);
    const fold = await memory.engine.projection.load();
    let reads = 0;
    const read: LogStore['read'] = (range) => {
      reads += 1;
      return memory.engine.store.read(range);
    };
    const store = { ...memory.engine.store, read };
    for (const { intent } of [...old, ...old]) {
      expect((await recordsSeen(store, fold, [intent])).size).toBe(0);
    }
    expect(reads).toBe(1);
    expect((await recordsSeen(store, fold, [last.intent])).size).toBe(1);
    expect(reads).toBe(2);
  });
});
