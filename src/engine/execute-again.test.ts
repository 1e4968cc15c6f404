// A command that comes again, or whose first append ended in the dark, is answered with what the log says of it.
import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { Fault } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import { memoryStore } from '../log/memory-store.ts';
import { decodeBatch } from '../log/record.ts';
import type { AppendResult, LogStore } from '../log/store.ts';

type Append = LogStore['append'];

/** A store whose next appends go as the test says, then as they should. */
function unreliable(): { store: LogStore; next: ((real: Append) => Append)[] } {
  const real = memoryStore();
  const next: ((real: Append) => Append)[] = [];
  const write: Append = (draft, expected) => real.append(draft, expected);
  const append: Append = (draft, expected) => (next.shift()?.(write) ?? write)(draft, expected);
  return { store: { ...real, append }, next };
}

const lostAnswer = (): Promise<AppendResult> =>
  Promise.resolve({ ok: false, reason: 'unknown', message: 'timed out' });

/** Written, but nobody hears of it. */
const inTheDark =
  (real: Append): Append =>
  async (draft, expected) => {
    await real(draft, expected);
    return lostAnswer();
  };

async function recordCount({ engine }: MemoryEngine): Promise<number> {
  const { commits } = await engine.store.read({ commitsMax: 1000 });
  return commits.flatMap(({ batch, oid }) => decodeBatch(batch, oid)).length;
}

describe('an append of unknown outcome', () => {
  it('that was written is found by the id and answered with its events', async () => {
    const { store, next } = unreliable();
    const memory = await MemoryEngine.open(store);
    await memory.join('codex');
    next.push(inTheDark);
    const answer = await memory.say('codex', 'lock.acquire', { scope: ['src/**'] });
    expect(answer).toMatchObject({
      ok: true,
      seq: 3,
      events: [{ type: 'lock.acquired', data: { scope: 'src/**', holder: 'codex' } }],
      result: { lock: { scope: 'src/**', token: 3 } },
    });
    expect(await recordCount(memory)).toBe(3);
  });

  it('that was not written is decided again', async () => {
    const { store, next } = unreliable();
    const memory = await MemoryEngine.open(store);
    await memory.join('codex');
    next.push(() => lostAnswer);
    const answer = await memory.say('codex', 'lock.acquire', { scope: ['src/**'] });
    expect(answer).toMatchObject({ ok: true, seq: 3, isDuplicate: false });
    expect(answer.ok ? answer.events : []).toHaveLength(1);
    expect(await recordCount(memory)).toBe(3);
  });

  it('of a command that ends its sender’s membership is no refusal', async () => {
    const { store, next } = unreliable();
    const memory = await MemoryEngine.open(store);
    await memory.join('codex');
    next.push(inTheDark);
    const answer = await memory.say('codex', 'agent.leave', {});
    expect(answer).toMatchObject({ ok: true, seq: 3, events: [{ type: 'agent.left' }] });
  });

  it('is not called a lost race when it never becomes known', async () => {
    const { store, next } = unreliable();
    const memory = await MemoryEngine.open(store);
    next.push(...Array.from({ length: limits.appendAttemptsMax }, () => () => lostAnswer));
    const told = await memory
      .say('git:anna', 'task.add', { title: 'x' })
      .catch((error: unknown) => error);
    expect(told).toBeInstanceOf(Fault);
    expect(told).toMatchObject({ code: 'outcome-unknown' });
    const stale: Append = () => Promise.resolve({ ok: false, reason: 'stale' });
    next.push(...Array.from({ length: limits.appendAttemptsMax }, () => () => stale));
    await expect(memory.say('git:anna', 'task.add', { title: 'x' })).rejects.toMatchObject({
      code: 'log-busy',
    });
    expect(await recordCount(memory)).toBe(1);
  });
});

describe('the same command once more', () => {
  it('is answered with the events of its record, and adds nothing', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex', 'opus');
    const request = memory.request('opus', 'message.send', { to: 'codex', subject: 'Hello' });
    const [first] = await memory.execute(request);
    for (let n = 0; n < 5; n += 1) await memory.say('git:anna', 'task.add', { title: `t${n}` });
    const before = await recordCount(memory);
    const [again] = await memory.execute(request);
    expect(again).toEqual({ ...first, isDuplicate: true });
    expect(again?.ok === true ? again.events : []).toHaveLength(1);
    expect(await recordCount(memory)).toBe(before);
  });

  it('under one cause and another id names the thing that the first one made', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex', 'opus');
    const cause = 'github:issue_comment:1#0';
    const send = () =>
      memory.request('opus', 'message.send', { to: 'codex', subject: 'Hello' }, { cause });
    const [first] = await memory.execute(send());
    const second = send();
    const [again] = await memory.execute(second);
    expect(again).toEqual({ ...first, id: second.intent.id, isDuplicate: true });
    expect(again).toMatchObject({ result: { message: { id: 'M-1' } } });
  });

  it('twice in one batch is known the second time', async () => {
    const memory = await MemoryEngine.open();
    const request = memory.request('git:anna', 'task.add', { title: 'x' });
    const [first, second] = await memory.execute(request, request);
    expect(second).toEqual({ ...first, isDuplicate: true });
    expect(await recordCount(memory)).toBe(2);
  });

  it('is answered as it was, though its sender left, its time is over or its words differ', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex');
    const notAfter = '2026-11-20T12:30:00.000Z';
    const request = memory.request('codex', 'task.add', { title: 'x' }, { notAfter });
    const [first] = await memory.execute(request);
    await memory.say('codex', 'agent.leave', {});
    memory.setNow('2026-11-20T13:00:00.000Z');
    const intent = { ...request.intent, op: 'agent.leave', actor: 'opus', input: {} };
    for (const each of [request, { ...request, intent }]) {
      const [again] = await memory.execute(each);
      expect(again).toMatchObject({
        ok: true,
        seq: 3,
        isDuplicate: true,
        result: { task: { id: 'T-1' } },
      });
      expect(again).toHaveProperty('events', first?.ok === true ? first.events : null);
    }
  });

  it('too far back to be read is answered without events', async () => {
    const memory = await MemoryEngine.open();
    const request = memory.request('git:anna', 'task.add', { title: 'x' });
    await memory.execute(request);
    for (let n = 0; n < limits.tailCommitsMax + 1; n += 1) {
      await memory.say('git:anna', 'task.add', { title: `t${n}` });
    }
    const [again] = await memory.execute(request);
    expect(again).toMatchObject({
      ...{ ok: true, seq: 2, isDuplicate: true, events: [] },
      result: { task: { id: 'T-1' } },
    });
  });

  it('that was lost is told the loss again, and leaves no second record', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex', 'opus');
    await memory.say('opus', 'lock.acquire', { scope: ['src/**'] });
    const made = memory.request('codex', 'lock.acquire', { scope: ['src/**'] });
    const request = { ...made, mustTellLoss: true };
    const [lost] = await memory.execute(request);
    expect(lost).toMatchObject({ ok: false, code: 'lock-held' });
    const before = await recordCount(memory);
    const [again] = await memory.execute(request);
    expect(again).toEqual(lost);
    expect(await recordCount(memory)).toBe(before);
  });
});
