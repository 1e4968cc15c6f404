// Who acts with which tier: the policy of now caps what was joined, and who is not listed has not joined.
import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { present } from '../kernel/assert.ts';
import type { AnyQuery } from '../kernel/operation.ts';
import { ask } from './ask.ts';
import { tierOfActor } from './authorise.ts';
import { operationNamed } from './registry-port.ts';

const listing = (codex: string): string =>
  `version: 1\nagents: { codex: { tier: ${codex} } }\npeople: { carol: {} }\n`;

async function tierOf(memory: MemoryEngine, name: string): Promise<string | undefined> {
  const { policy } = await memory.engine.policy();
  return tierOfActor(name, await memory.engine.projection.load(), policy);
}

function asking(memory: MemoryEngine, actor: string, query: string, input = {}) {
  const operation = operationNamed(memory.engine.registry, query);
  const question = { actor, session: null, isPersonPresent: false, input };
  return ask(memory.engine, present(operation, 'the query exists') as AnyQuery, question);
}

describe('the tier of an agent', () => {
  it('is the one it joined with, where the policy lists nobody', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex');
    expect(await tierOf(memory, 'codex')).toBe('implementer');
    expect(await tierOf(memory, 'opus')).toBeUndefined();
  });

  it.each([
    ['executive', 'implementer'],
    ['implementer', 'implementer'],
    ['validator', 'validator'],
  ])('listed as %s after joining as implementer is %s', async (listed, tier) => {
    const memory = await MemoryEngine.open();
    await memory.join('codex');
    memory.setPolicy(listing(listed));
    expect(await tierOf(memory, 'codex')).toBe(tier);
  });

  it('decides what it may: lowered in the policy, it may less at once', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex');
    expect(await memory.say('codex', 'task.add', { title: 'x' })).toMatchObject({ ok: true });
    memory.setPolicy(listing('validator'));
    expect(await memory.say('codex', 'task.add', { title: 'y' })).toMatchObject({
      ok: false,
      code: 'not-allowed',
      data: { tier: 'validator' },
    });
  });

  it('is gone when the policy has a list and the agent is not on it', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex', 'opus');
    memory.setPolicy(listing('implementer'));
    expect(await tierOf(memory, 'opus')).toBeUndefined();
    const refused = await memory.say('opus', 'message.inbox', {});
    expect(refused).toMatchObject({ ok: false, code: 'operation-unknown' });
    expect(await memory.say('opus', 'task.add', { title: 'x' })).toMatchObject({
      ok: false,
      code: 'not-joined',
      message: expect.stringContaining('no longer lists') as string,
    });
    expect(await memory.say('haiku', 'task.add', { title: 'x' })).toMatchObject({
      code: 'not-joined',
      message: expect.stringContaining('coord agent join haiku --as haiku') as string,
    });
  });
});

describe('a command of the App’s own', () => {
  const verdict = {
    ...{ pullRequest: 1, head: '1'.repeat(40), base: '2'.repeat(40), policy: 'none', readSeq: 1 },
    ...{ author: 'codex', conclusion: 'success', checks: [] },
  };

  it('is nobody else’s, whatever the tier', async () => {
    const memory = await MemoryEngine.open();
    const asPerson = memory.request('git:anna', 'verdict.record', verdict);
    const asApp = { ...asPerson, auth: { by: 'app', subject: 'coord[bot]' } as const };
    const [refused] = await memory.execute(asPerson);
    expect(refused).toMatchObject({ ok: false, code: 'not-allowed' });
    const [accepted] = await memory.execute(asApp);
    expect(accepted).toMatchObject({ ok: true, events: [{ type: 'verdict.recorded' }] });
  });
});

describe('a listed person', () => {
  it('is human without joining, gets messages, and has a name that no agent takes', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex');
    memory.setPolicy(listing('implementer'));
    expect(await tierOf(memory, 'carol')).toBe('human');
    expect(await memory.say('carol', 'agent.join', { name: 'carol' })).toMatchObject({
      ok: false,
      code: 'name-reserved',
    });
    const sent = await memory.say('codex', 'message.send', { to: 'carol', subject: 'Hello' });
    expect(sent).toMatchObject({ ok: true, result: { message: { recipients: ['carol'] } } });
    expect(await asking(memory, 'carol', 'message.inbox')).toMatchObject({ unread: 1 });
  });
});

describe('asking', () => {
  it('without having joined gives none of the powers of people', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex', 'opus');
    await memory.say('opus', 'message.send', { to: 'codex', subject: 'Secret' });
    expect(await asking(memory, 'stranger', 'message.inbox', { name: 'codex' })).toMatchObject({
      ok: false,
      code: 'not-yourself',
    });
    expect(await asking(memory, 'git:anna', 'message.inbox', { name: 'codex' })).toMatchObject({
      unread: 1,
    });
    expect(await asking(memory, 'stranger', 'overview.continue')).toMatchObject({
      actor: { name: 'stranger', tier: 'validator', joined: false },
    });
  });

  it('with an input that the query does not take is refused', async () => {
    const memory = await MemoryEngine.open();
    expect(await asking(memory, 'git:anna', 'agent.show', { name: 7 })).toMatchObject({
      ok: false,
      code: 'bad-input',
      data: { field: 'name' },
    });
  });
});
