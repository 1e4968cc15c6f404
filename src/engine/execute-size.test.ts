// Sizes are bytes of UTF-8, a long text stands once in its record, and a queue is cut into batches that fit.
import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { byteLength } from '../kernel/bytes.ts';
import { limits } from '../kernel/limits.ts';
import { parseMessage } from '../log/message.ts';
import { decodeBatch, encodeBatch } from '../log/record.ts';
import type { Answer } from './answer.ts';
import { checkpointSize } from './checkpoint.ts';
import { projectionOf } from './project.ts';

async function commitsOf({ engine }: MemoryEngine) {
  const { commits } = await engine.store.read({ commitsMax: 1000 });
  return commits.map(({ batch, message, oid }) => ({
    batch,
    oid,
    records: decodeBatch(batch, oid),
    trailers: parseMessage(message, oid),
  }));
}

/** A body of exactly as many bytes, made of characters of every width. */
function bodyOf(bytes: number): string {
  const unit = 'aä€😀\t"';
  const rest = bytes % byteLength(unit);
  return unit.repeat(Math.floor(bytes / byteLength(unit))) + 'z'.repeat(rest);
}

function plainBody(bytes: number): string {
  const unit = 'aä€😀-';
  return unit.repeat(Math.floor(bytes / byteLength(unit))) + 'z'.repeat(bytes % byteLength(unit));
}

describe('a body of 60 KB', () => {
  it('goes through and comes back byte for byte, also to who folds the log anew', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex', 'opus');
    const body = plainBody(limits.bodyBytesMax);
    expect(byteLength(body)).toBe(60 * 1024);
    const sent = await memory.say('opus', 'message.send', { to: 'codex', subject: 'Long', body });
    expect(sent).toMatchObject({ ok: true });
    const read = await memory.say('codex', 'message.read', { message: 'M-1' });
    expect(read).toMatchObject({ ok: true, result: { message: { id: 'M-1', body } } });

    const { store, evolutions, clock } = memory.engine;
    const fresh = await projectionOf(store, evolutions, clock).load();
    const letters = fresh.states.get('message') as { byId: Map<string, { body: string }> };
    expect(letters.byId.get(sent.id)?.body).toBe(body);
  });

  it('stands once in its record', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex', 'opus');
    const body = 'once and only once';
    await memory.say('opus', 'message.send', { to: 'codex', subject: 'Short', body });
    const { batch } = (await commitsOf(memory)).at(-1) ?? { batch: '' };
    expect(batch.split(body)).toHaveLength(2);
  });

  it('is refused, not cut, where escapes make its record too large', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex', 'opus');
    const body = bodyOf(limits.bodyBytesMax);
    const before = await memory.engine.store.head();
    const sent = await memory.say('opus', 'message.send', { to: 'codex', subject: 'Long', body });
    expect(sent).toMatchObject({ ok: false, code: 'record-too-large', data: { max: 65_536 } });
    expect(await memory.engine.store.head()).toBe(before);
  });
});

describe('the size of a record', () => {
  it('is measured in bytes: what fits in characters may not fit in bytes', async () => {
    const memory = await MemoryEngine.open();
    const files = Array.from({ length: 50 }, (_, n) => `src/${'界'.repeat(240)}/${n}`);
    const evidence = { title: 'x', files, description: '界'.repeat(2000) };
    const asText = JSON.stringify(evidence).length;
    expect(asText).toBeLessThan(limits.recordBytesMax / 2);
    const once = await memory.say('git:anna', 'task.add', evidence);
    // The globs stand in the input and in the event, each in three bytes a character.
    expect(once).toMatchObject({ ok: false, code: 'record-too-large' });
    expect(once.ok ? 0 : once.data['size']).toBeGreaterThan(limits.recordBytesMax);
  });
});

describe('the tail since the checkpoint', () => {
  it('is measured in bytes, by who wrote it as by who reads it', async () => {
    const memory = await MemoryEngine.open();
    for (let n = 0; n < limits.tailCommitsMax + 3; n += 1) {
      await memory.say('git:anna', 'task.add', { title: '界'.repeat(50) });
    }
    const warm = await memory.engine.projection.load();
    const { store, evolutions, clock } = memory.engine;
    const cold = await projectionOf(store, evolutions, clock).load();
    const commits = await commitsOf(memory);
    const last = commits.findLastIndex(({ trailers }) => trailers.tail === 0);
    expect(last).toBeGreaterThan(0);
    const tail = commits.slice(last + 1).map(({ batch }) => byteLength(batch));
    const bytes = tail.reduce((sum, each) => sum + each, 0);
    expect([warm.tailBytes, cold.tailBytes]).toEqual([bytes, bytes]);
    const head = commits[last]?.oid ?? '';
    const size = checkpointSize(await store.checkpoint(head));
    expect(size).toBeGreaterThan(limits.tailBytesMin / 4);
    expect([warm.checkpointBytes, cold.checkpointBytes]).toEqual([size, size]);
  });
});

describe('a queue', () => {
  function expectInOrder(answers: readonly Answer[], first: number): void {
    expect(answers.map((answer) => (answer.ok ? answer.seq : answer.code))).toEqual(
      answers.map((_, index) => first + index),
    );
  }

  it('of more commands than a batch holds makes several commits, in order, each answered', async () => {
    const memory = await MemoryEngine.open();
    const count = limits.batchCommandsMax + 5;
    const requests = Array.from({ length: count }, (_, n) =>
      memory.request('git:anna', 'task.add', { title: `t${n}` }),
    );
    const answers = await memory.execute(...requests);
    expect(answers.map(({ id }) => id)).toEqual(requests.map(({ intent }) => intent.id));
    expectInOrder(answers, 2);
    const counts = (await commitsOf(memory)).map(({ trailers }) => trailers.count);
    expect(counts).toEqual([1, expect.any(Number), ...counts.slice(2)]);
    expect(Math.max(...counts)).toBeLessThanOrEqual(limits.batchCommandsMax);
    expect(counts.reduce((sum, each) => sum + each)).toBe(count + 1);
  });

  it('of more bytes than a batch holds makes as few commits as fit', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex', 'opus');
    const body = plainBody(limits.bodyBytesMax);
    const requests = Array.from({ length: 14 }, (_, n) =>
      memory.request('opus', 'message.send', { to: 'codex', subject: `${n}`, body }),
    );
    const before = (await commitsOf(memory)).length;
    const answers = await memory.execute(...requests);
    expectInOrder(answers, 4);
    const commits = (await commitsOf(memory)).slice(before);
    expect(commits.map(({ trailers }) => trailers.count)).toEqual([6, 6, 2]);
    for (const { batch, records } of commits) {
      expect(byteLength(batch)).toBeLessThanOrEqual(limits.batchBytesMax);
      expect(batch).toBe(encodeBatch(records));
    }
    const [record] = commits[0]?.records ?? [];
    const size = record === undefined ? 0 : byteLength(encodeBatch([record]));
    expect(7 * size).toBeGreaterThan(limits.batchBytesMax);
  });

  it('answers what is refused in its place, and lets later ones see what earlier batches did', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex', 'opus');
    const body = plainBody(limits.bodyBytesMax);
    const letter = () =>
      memory.request('opus', 'message.send', { to: 'codex', subject: 's', body });
    const requests = [
      ...Array.from({ length: 6 }, letter),
      memory.request('opus', 'message.send', { to: 'nobody', subject: 's' }),
      letter(),
      memory.request('codex', 'message.read', { message: 'M-7' }),
    ];
    const answers = await memory.execute(...requests);
    expect(answers.map((answer) => (answer.ok ? answer.seq : answer.code))).toEqual([
      ...[4, 5, 6, 7, 8, 9],
      'recipient-unknown',
      ...[10, 11],
    ]);
    expect(answers.at(-1)).toMatchObject({ result: { message: { id: 'M-7', read: true } } });
  });

  it('may be empty', async () => {
    const memory = await MemoryEngine.open();
    expect(await memory.execute()).toEqual([]);
  });
});
