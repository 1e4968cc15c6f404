// Each invariant is told when a state breaks it, and an honest log breaks none.
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import type { Event } from '../kernel/decider.ts';
import { rulesOf } from '../policy/rules.ts';
import { defaultPolicy } from '../policy/default.ts';
import { brokenInvariants, invariantNames } from './invariants.ts';

let memory: MemoryEngine;

beforeEach(async () => {
  memory = await MemoryEngine.open();
  await memory.join('ada', 'bob');
});

const now = '2026-11-20T12:00:00.000Z';
const until = '2026-11-20T18:00:00.000Z';

async function broken(): Promise<string[]> {
  const fold = await memory.engine.projection.load();
  const all = brokenInvariants(fold, rulesOf(defaultPolicy()), now);
  return all.map(({ invariant, message }) => `${invariant}: ${message}`);
}

/** Puts events on the log as somebody can who pushes by hand. */
async function forge(actor: string, ...events: Event[]): Promise<void> {
  await memory.forge(memory.request(actor, 'forged.record', {}), events);
}

function acquired(holder: string, scope: string): Event {
  const data = { holder, scope, mode: 'exclusive', until, task: null, reason: null };
  return { type: 'lock.acquired', data };
}

function added(after: readonly string[]): Event {
  const task = { title: 't', description: null, priority: 'normal', capabilities: [], files: [] };
  return { type: 'task.added', data: { ...task, after, due: null, phase: null, parent: null } };
}

describe('what the rules decide', () => {
  it('breaks nothing', async () => {
    await memory.say('ada', 'task.add', { title: 'one' });
    await memory.say('ada', 'task.add', { title: 'two', after: ['T-1'] });
    await memory.say('bob', 'task.claim', { id: 'T-1' });
    await memory.say('bob', 'lock.acquire', { scope: ['src/**'] });
    await memory.say('ada', 'lock.acquire', { scope: ['docs/**'] });
    await memory.say('ada', 'message.send', { to: 'bob', subject: 'hello' });
    expect(await broken()).toEqual([]);
  });
});

describe('what somebody pushed by hand', () => {
  it.each<[string, readonly (readonly [string, ...Event[]])[], string]>([
    [
      'one-exclusive-holder',
      [
        ['ada', acquired('ada', 'src/**')],
        ['bob', acquired('bob', 'src/a.ts')],
      ],
      'ada holds src/** (token 4) and bob holds src/a.ts (token 5).',
    ],
    ['holders-are-members', [['eve', acquired('eve', 'src/**')]], 'eve holds src/**'],
    [
      'locks-within-maximum',
      [['ada', ...Array.from({ length: 11 }, (_each, n) => acquired('ada', `f${n}`))]],
      'ada holds 11 locks; 10 is the most.',
    ],
    [
      'claims-are-of-members',
      [
        ['ada', added([])],
        ['eve', { type: 'task.claimed', data: { task: 'ID-0', agent: 'eve', until } }],
      ],
      'eve has T-1 and has not joined.',
    ],
    ['dependencies-fit', [['ada', added(['ID-SELF'])]], 'T-1 waits for itself.'],
    [
      'messages-reach-each-once',
      [
        [
          'ada',
          {
            type: 'message.sent',
            data: {
              ...{ to: 'bob', recipients: ['bob', 'bob'], subject: 's', priority: 'normal' },
              ...{ ackRequired: false, expectReplyUntil: null, expiresAt: null, link: null },
              thread: null,
            },
          },
        ],
      ],
      'M-1 names somebody twice among its recipients.',
    ],
  ])('breaks %s', async (invariant, records, message) => {
    const ids: string[] = [];
    for (const [actor, ...events] of records) {
      const request = memory.request(actor, 'forged.record', {});
      const { id } = request.intent;
      ids.push(id);
      const named = JSON.stringify(events)
        .replaceAll('ID-SELF', id)
        .replaceAll('ID-0', ids[0] ?? '');
      await memory.forge(request, JSON.parse(named) as Event[]);
    }
    expect(await broken()).toEqual([expect.stringContaining(`${invariant}: `)]);
    expect((await broken()).join()).toContain(message);
  });

  it('breaks the order of tasks, and the cycle is named', async () => {
    const one = memory.request('ada', 'forged.record', {});
    const two = memory.request('ada', 'forged.record', {});
    await memory.forge(one, [added([two.intent.id])]);
    await memory.forge(two, [added([one.intent.id])]);
    expect(await broken()).toEqual([
      'dependencies-without-cycle: T-1 waits for T-2 waits for T-1.',
    ]);
  });

  it('is looked for by names that are told apart', async () => {
    await forge('ada', acquired('ada', 'src/**'));
    expect(new Set(invariantNames).size).toBe(invariantNames.length);
    expect(await broken()).toEqual([]);
  });
});
