// What executing refuses before any rule is asked, how time runs on the log, and what a lost race comes to.
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { present } from '../kernel/assert.ts';
import { memoryStore } from '../log/memory-store.ts';
import { decodeBatch } from '../log/record.ts';
import type { Intent, LogRecord } from '../log/record.ts';
import type { LogStore } from '../log/store.ts';
import { executeAlone } from './execute.ts';
import { createLog } from './init.ts';
import { projectionOf } from './project.ts';

let store: LogStore;
let memory: MemoryEngine;
beforeEach(async () => {
  store = memoryStore();
  memory = await MemoryEngine.open(store);
  await memory.join('ada', 'bob');
});

async function records(): Promise<LogRecord[]> {
  const { commits } = await store.read({ commitsMax: 1000 });
  return commits.flatMap(({ batch, oid }) => decodeBatch(batch, oid));
}

describe('the genesis', () => {
  it('names the log, the repository and the format, and comes once', async () => {
    const [first] = await records();
    expect(first).toMatchObject({
      ...{ seq: 1, op: 'log.init', log: memory.log, policy: 'none' },
      events: [{ type: 'log.created', data: { log: memory.log, repository: 'o/r', format: 1 } }],
    });
    const auth = { by: 'shell', subject: 'test' } as const;
    expect(await createLog(memory.engine, 'git:anna', auth, 'o/r')).toMatchObject({
      ...{ ok: false, code: 'log-exists' },
    });
    expect(await records()).toHaveLength(3);
  });
});

describe('a command that is refused before its rule is asked', () => {
  it.each<[string, Partial<Intent>]>([
    ['wrong-log', { log: '01a1f954-9eba-70f0-98c5-310938257741' }],
    ['clock-ahead', { hlc: '2026-11-20T12:05:00.001Z/0000' }],
    ['clock-ahead', { hlc: 'soon' }],
    ['command-expired', { notAfter: '2026-11-20T11:59:59.999Z' }],
    ['command-expired', { hlc: '2026-10-21T11:59:59.999Z/0000' }],
    ['not-joined', { actor: 'mallory' }],
    ['operation-unknown', { op: 'task.invent' }],
    ['operation-unknown', { op: 'task.list' }],
    ['bad-input', { input: { title: '' } }],
    ['bad-input', { input: {} }],
  ])('%s: %j leaves nothing on the log', async (code, intent) => {
    const request = memory.request('ada', 'task.add', { title: 'x' }, intent);
    expect(await memory.execute(request)).toMatchObject([
      { ok: false, code, id: request.intent.id },
    ]);
    expect(await records()).toHaveLength(3);
  });

  it.each<[string, Partial<Intent>]>([
    ['a clock five minutes ahead', { hlc: '2026-11-20T12:05:00.000Z/0000' }],
    ['the last moment it is good for', { notAfter: '2026-11-20T12:00:00.000Z' }],
    ['thirty days on the way', { hlc: '2026-10-21T12:00:00.000Z/0000' }],
  ])('but not for %s', async (_name, intent) => {
    const request = memory.request('ada', 'task.add', { title: 'x' }, intent);
    expect(await memory.execute(request)).toMatchObject([{ ok: true }]);
  });

  it('is one of a session that a newer one replaced', async () => {
    const join = (session: string) =>
      memory.execute(memory.request('ada', 'agent.join', { name: 'ada' }, { session }));
    expect(await join('s-1')).toMatchObject([{ ok: true }]);
    expect(await join('s-2')).toMatchObject([{ ok: true }]);
    const add = (session: string) =>
      memory.execute(memory.request('ada', 'task.add', { title: 'x' }, { session }));
    expect(await add('s-1')).toMatchObject([{ ok: false, code: 'session-fenced' }]);
    expect(await add('s-2')).toMatchObject([{ ok: true }]);
  });
});

describe('time and order on the log', () => {
  it('never go backwards, whatever the clock does', async () => {
    const times = ['12:00:05.000', '12:00:01.000', '12:00:09.000', '11:00:00.000'];
    for (const time of times) {
      memory.setNow(`2026-11-20T${time}Z`);
      await memory.say('ada', 'task.add', { title: time });
    }
    const all = await records();
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
    const seconds = all.slice(3).map(({ at }) => at.slice(17, 19));
    expect(seconds).toEqual(['05', '05', '09', '09']);
  });

  it('put the commands of one batch in the order they were given', async () => {
    const titles = ['c', 'a', 'b'];
    await memory.execute(...titles.map((title) => memory.request('ada', 'task.add', { title })));
    const last = (await store.read({ commitsMax: 1 })).commits[0];
    const batch = decodeBatch(present(last, 'a commit').batch, 'm');
    expect(batch.map(({ input }) => input['title'])).toEqual(titles);
  });
});

describe('a commit that somebody else was faster with', () => {
  it('is decided again on the new head', async () => {
    await memory.say('ada', 'task.add', { title: 'wanted' });
    const rival = memory.request('bob', 'task.claim', { id: 'T-1' });
    const { engine } = memory;
    // A fold of its own, as another process has one.
    const projection = projectionOf(store, engine.evolutions, engine.clock);
    let races = 0;
    const overtaken: LogStore = {
      ...store,
      append: async (draft, expected) => {
        races += 1;
        if (races === 1) await memory.execute(rival);
        return store.append(draft, expected);
      },
    };
    const request = memory.request('ada', 'task.claim', { id: 'T-1' });
    const [answer] = await executeAlone({ ...engine, store: overtaken, projection }, [request]);
    expect(answer).toMatchObject({ ok: false, code: 'task-claimed', data: { holder: 'bob' } });
    expect(races).toBe(1);
    const claims = (await records()).filter(({ op }) => op === 'task.claim');
    expect(claims.map(({ actor }) => actor)).toEqual(['bob']);
  });
});
