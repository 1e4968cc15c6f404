// What must leave no trace: a command for another log, one that changes nothing, one whose append failed.
import { expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { Fault } from '../kernel/fault.ts';
import { memoryStore } from '../log/memory-store.ts';
import type { LogStore } from '../log/store.ts';

it('a known id on a command for another log is refused, not answered from this one', async () => {
  const memory = await MemoryEngine.open();
  const request = memory.request('git:anna', 'task.add', { title: 'x' });
  const [first, again] = await memory.execute(request, request);
  expect([first, again]).toMatchObject([{ isDuplicate: false }, { isDuplicate: true }]);
  const elsewhere = { ...request, intent: { ...request.intent, log: 'another' } };
  const [refused] = await memory.execute(elsewhere);
  expect(refused).toMatchObject({ ok: false, code: 'wrong-log' });
});

it('a command that changes nothing is answered without a record', async () => {
  const memory = await MemoryEngine.open();
  await memory.join('codex', 'opus');
  await memory.say('opus', 'message.send', { to: 'codex', subject: 'Hello' });
  const read = () => memory.say('codex', 'message.read', { message: 'M-1' });
  expect(await read()).toMatchObject({ ok: true, seq: 5 });
  const head = await memory.engine.store.head();
  expect(await read()).toMatchObject({ ok: true, seq: null, events: [] });
  expect(await memory.engine.store.head()).toBe(head);
});

it('a command whose append failed is forgotten, also by the fold in memory', async () => {
  const real = memoryStore();
  let isFull = false;
  const append: LogStore['append'] = (draft, expected) =>
    isFull
      ? Promise.reject(new Fault('disk-full', 'The disk is full.'))
      : real.append(draft, expected);
  const memory = await MemoryEngine.open({ ...real, append });
  isFull = true;
  const failed = memory.say('git:anna', 'task.add', { title: 'lost' });
  await expect(failed).rejects.toMatchObject({ code: 'disk-full' });
  isFull = false;
  expect(await memory.say('git:anna', 'task.add', { title: 'kept' })).toMatchObject({
    ...{ ok: true, seq: 2, result: { task: { id: 'T-1', title: 'kept' } } },
  });
});
