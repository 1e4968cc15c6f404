// A command is traced to what it names and to what names it, however far apart they lie.
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { encodeLink, readToken } from '../adapters/system/capability-token.ts';
import { newPrivateKey, signerFrom } from '../adapters/system/signature.ts';
import { present } from '../kernel/assert.ts';
import { memoryStore } from '../log/memory-store.ts';
import type { Capability } from '../policy/capability.ts';
import { readTokens } from './lent-word.ts';
import { capabilityOf, traceOf, wantedBy } from './trace.ts';
import type { Traced, TracedCapability } from './trace.ts';

let memory: MemoryEngine;

beforeAll(async () => {
  memory = await MemoryEngine.open(memoryStore());
  await memory.join('ada', 'bob');
  await memory.say('ada', 'task.add', { title: 'first' });
  await memory.say('ada', 'task.add', { title: 'second', after: ['T-1'] });
  for (let n = 0; n < 120; n += 1) {
    await memory.say('ada', 'message.send', { to: 'bob', subject: `noise ${n}` });
  }
  await memory.say('bob', 'task.claim', { id: 'T-1' });
  await memory.say('bob', 'task.done', { id: 'T-1' });
});

const brief = (traced: readonly Traced[]): string[] =>
  traced.map(({ record, by }) => `${record.seq} ${record.op} ${by.join()}`);

async function traced(text: string) {
  const { projection, evolutions, store } = memory.engine;
  const wanted = wantedBy(text, await projection.load(), evolutions);
  return wanted === null ? null : traceOf(store, wanted);
}

describe('a trace', () => {
  it('names what came of a task, by its number, its seq and its id', async () => {
    const trace = await traced('T-1');
    expect(trace?.traced.record).toMatchObject({ seq: 4, op: 'task.add', actor: 'ada' });
    expect(brief(trace?.effects ?? [])).toEqual([
      '5 task.add input.after,task.added.after',
      '126 task.claim input.id,task.claimed.task',
      '127 task.done input.id,task.completed.task',
    ]);
    expect([trace?.causes, trace?.unknown]).toEqual([[], []]);
    expect(await traced('4')).toEqual(trace);
    expect(await traced(trace?.traced.record.id ?? '')).toEqual(trace);
  });

  it('names what a command is about', async () => {
    const trace = await traced('127');
    expect(brief(trace?.causes ?? [])).toEqual(['4 task.add input.id,task.completed.task']);
    expect(trace?.effects).toEqual([]);
  });

  it('says which ids the log does not have', async () => {
    const missing = '01a1f954-9eba-70f0-98c5-310938250001';
    const asked = memory.request('ada', 'message.send', { to: 'bob', subject: 's' });
    const intent = { ...asked.intent, cause: missing };
    await memory.execute({ ...asked, intent });
    const trace = await traced('128');
    expect(trace?.unknown).toEqual([missing]);
  });

  it.each(['T-99', '9999', '01a1f954-9eba-70f0-98c5-310938250009', 'nothing'])(
    'of %s is none',
    async (text) => {
      expect(await traced(text)).toBeNull();
    },
  );
});

describe('the capability of a record', () => {
  const newSigner = () => present(signerFrom(newPrivateKey()), 'a new key is one');
  const [opus, codex, helper] = [newSigner(), newSigner(), newSigner()];
  const root: Capability = {
    ...{ jti: 'c-1', aud: 'log-1', sub: 'opus', iss: opus.publicKey, holder: codex.publicKey },
    ...{ operations: ['lock.acquire'], globs: [], bounds: { durationSeconds: 60 } },
    ...{ exp: 1_800_000_000, parent: null },
  };
  const narrower: Capability = {
    ...{ ...root, jti: 'c-2', iss: codex.publicKey },
    ...{ holder: helper.publicKey, parent: 'c-1' },
  };

  async function shown(capability?: string): Promise<TracedCapability | null> {
    const asked = memory.request('opus', 'lock.acquire', {}).intent;
    const intent = capability === undefined ? asked : { ...asked, capability };
    return capabilityOf(intent, await readTokens([intent], readToken));
  }

  it('is none where it was said without one', async () => {
    expect(await shown()).toBeNull();
  });

  it('has its id, its issuer, and what it narrows', async () => {
    const [wide, narrow] = [await encodeLink(root, opus), await encodeLink(narrower, codex)];
    const first = { id: 'c-1', issuer: opus.publicKey };
    expect(await shown(wide)).toEqual({
      ...{ ...first, name: 'opus', holder: codex.publicKey, narrows: [] },
    });
    expect(await shown(`${wide}~${narrow}`)).toEqual({
      ...{ id: 'c-2', issuer: codex.publicKey, name: 'opus' },
      ...{ holder: helper.publicKey, narrows: [first] },
    });
  });

  it('is a problem where the token says nothing, without the token', async () => {
    expect(await shown('eyJhbGciOi')).toEqual({
      problem: expect.stringMatching(/^It is no whole token/) as string,
    });
  });
});
