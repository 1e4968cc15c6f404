// Who may ask what, and what a query learns of the records that it asks about.
import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { present } from '../kernel/assert.ts';
import type { AnyQuery } from '../kernel/operation.ts';
import { memoryStore } from '../log/memory-store.ts';
import type { LogStore } from '../log/store.ts';
import { operations } from '../registry.ts';
import { ask } from './ask.ts';

const plan = 'plan: { phases: [{ id: rpc, scopes: {} }] }\n';

function asking(memory: MemoryEngine, actor: string, name: string) {
  const query = present(
    operations.find((one) => one.name === name),
    'the query is in the registry',
  ) as AnyQuery;
  const question = { actor, session: null, isPersonPresent: false, input: {} };
  return ask(memory.engine, query, question);
}

describe('a query that the policy narrows', () => {
  const policy =
    'version: 1\nagents: { codex: { tier: implementer }, opus: { tier: implementer } }\nauthority: { operations: { task.list: [human], plan.show: [opus] } }\n';

  it('is answered to those it names, and to nobody else', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex', 'opus');
    memory.setPolicy(policy);
    expect(await asking(memory, 'git:anna', 'task.list')).toEqual({ tasks: [] });
    expect(await asking(memory, 'opus', 'plan.show')).toMatchObject({ phases: [] });
    expect(await asking(memory, 'codex', 'plan.show')).toMatchObject({
      ok: false,
      code: 'not-allowed',
      message: expect.stringContaining('The policy lets only opus use plan.show') as unknown,
    });
    expect(await asking(memory, 'stranger', 'task.list')).toMatchObject({ code: 'not-allowed' });
  });

  it('leaves the others open to all who read, strangers included', async () => {
    const memory = await MemoryEngine.open();
    memory.setPolicy(policy);
    expect(await asking(memory, 'stranger', 'lock.list')).toEqual({ locks: [] });
  });
});

describe('the sources of records', () => {
  it.each([
    ['terminal', 'here'],
    ['nobody', 'elsewhere'],
  ] as const)('tell %s of a start in a store of %s', async (vouch, provenance) => {
    const memory = await MemoryEngine.open(memoryStore(provenance));
    memory.setPolicy(`version: 1\n${plan}`);
    expect(await memory.say('git:anna', 'plan.start', { phase: 'rpc' })).toMatchObject({
      ok: true,
    });
    for (const name of ['plan.show', 'overview.status']) {
      expect(await asking(memory, 'git:anna', name)).toMatchObject({
        phases: [{ id: 'rpc', status: 'active', vouch }],
      });
    }
    expect(await asking(memory, 'git:anna', 'overview.continue')).toMatchObject({
      phases: ['rpc'],
      phaseVouches: { rpc: vouch },
    });
  });

  it('are found in one walk, however many are asked for', async () => {
    const store = memoryStore();
    const ranges: string[] = [];
    const read: LogStore['read'] = (range) => {
      ranges.push(JSON.stringify(range));
      return store.read(range);
    };
    const memory = await MemoryEngine.open({ ...store, read });
    memory.setPolicy(`version: 1\n${plan}`);
    for (let n = 0; n < 3; n += 1) {
      await memory.say('git:anna', 'plan.start', { phase: 'rpc' });
      for (let m = 0; m < 50; m += 1) await memory.say('git:anna', 'task.add', { title: 'x' });
    }
    ranges.length = 0;
    await asking(memory, 'git:anna', 'plan.show');
    const walked = ranges.filter((range) => range.includes('"from"'));
    expect(walked).toHaveLength(2);
    expect(new Set(walked).size).toBe(2);
  });
});
