// Leaving with nothing in hand, with something in hand, and by force.
import { describe, expect, it } from 'vitest';
import type { Moment } from '../../kernel/operation.ts';
import { agents } from './agent.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { acquire } from '../lock/acquire.ts';
import { locks } from '../lock/lock.ts';
import { add } from '../task/add.ts';
import { claim } from '../task/claim.ts';
import { openClaimsOf, tasks } from '../task/task.ts';
import { answer, decide, moment, stateAfter } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { agent, Story } from '../../../test/story.ts';

const later = '2026-11-20T13:00:00.000Z';
const earlier = '2026-11-20T11:30:00.000Z';
const person = { name: 'git:alice', tier: 'human', isPersonPresent: true } as const;
const opus = { name: 'opus', tier: 'executive', isPersonPresent: false } as const;

function joined(name: string): Past {
  const data = { name, tier: 'implementer', capabilities: [], session: null };
  return { event: { type: 'agent.joined', data } };
}

function locked(scope: string, until: string | null, holder = 'codex'): Past {
  const data = { scope, holder, until, mode: 'exclusive', task: null, reason: null };
  return { event: { type: 'lock.acquired', data }, meta: { actor: holder } };
}

function claimed(until: string, agent = 'codex'): Past[] {
  const data = {
    ...{ title: 'Parse', description: null, priority: 'normal', capabilities: [], files: [] },
    ...{ after: [], due: null, phase: null, parent: null },
  };
  return [
    { event: { type: 'task.added', data }, meta: { id: 'task-1' } },
    { event: { type: 'task.claimed', data: { task: 'task-1', agent, until } } },
  ];
}

function eventsOf(past: readonly Past[], input: object = {}, at: Partial<Moment> = {}): unknown {
  const outcome = decide(leave, past, input, at);
  return outcome.ok ? outcome.events : outcome;
}

const left = { type: 'agent.left', data: { name: 'codex', forced: false, reason: null } };

describe('leaving', () => {
  it('is one event for who holds nothing', () => {
    expect(eventsOf([joined('codex')])).toEqual([left]);
    expect(eventsOf([joined('codex')], { name: 'Codex', reason: 'done' })).toEqual([
      { type: 'agent.left', data: { name: 'codex', forced: false, reason: 'done' } },
    ]);
  });

  it('answers that the agent is completed', () => {
    expect(answer(leave, [], {})).toEqual({
      agent: { name: 'codex', state: 'completed' },
      gaveBack: { tasks: [], locks: [] },
    });
    expect(answer(leave, [], { name: 'opus' }, { actor: person })).toMatchObject({
      agent: { name: 'opus' },
    });
  });

  it('is refused to who has not joined', () => {
    expect(eventsOf([joined('codex')], { name: 'codx' }, { actor: person })).toMatchObject({
      code: 'agent-unknown',
      message: expect.stringContaining('Did you mean codex?') as string,
    });
    expect(eventsOf([])).toMatchObject({ code: 'agent-unknown' });
  });

  it('of somebody else is for people', () => {
    expect(eventsOf([joined('codex')], { name: 'codex' }, { actor: opus })).toMatchObject({
      code: 'not-yourself',
    });
    expect(eventsOf([joined('codex')], { name: 'codex' }, { actor: person })).toEqual([left]);
  });
});

describe('leaving with something in hand', () => {
  const past = [joined('codex'), ...claimed(later), locked('src/**', null), locked('@x', later)];

  it('is refused, naming all of it', () => {
    expect(eventsOf(past)).toMatchObject({
      code: 'agent-busy',
      message: expect.stringContaining('codex still holds T-1, src/**, @x.') as string,
      data: { tasks: ['T-1'], locks: ['src/**', '@x'] },
    });
    expect(eventsOf([joined('codex'), ...claimed(later)])).toMatchObject({ code: 'agent-busy' });
    expect(eventsOf([joined('codex'), locked('@x', later)])).toMatchObject({ code: 'agent-busy' });
  });

  it('is not hindered by what others hold', () => {
    const others = [joined('codex'), ...claimed(later, 'opus'), locked('src/**', null, 'opus')];
    expect(eventsOf(others)).toEqual([left]);
  });

  it('gives lapsed things back silently', () => {
    const lapsed = [joined('codex'), ...claimed(earlier), locked('@x', earlier)];
    expect(eventsOf(lapsed)).toMatchObject([
      { type: 'lock.expired', data: { scope: '@x', holder: 'codex' } },
      { type: 'task.claim-released', data: { task: 'task-1', agent: 'codex' } },
      left,
    ]);
  });

  it('calls nothing given back that had lapsed', () => {
    const story = new Story();
    const codex = agent('codex');
    story.make(codex, join, { name: 'codex' });
    story.make(codex, acquire, { scope: ['@old'], ttl: '1m' });
    story.wait(120);
    story.make(codex, acquire, { scope: ['@new'] });
    const made = story.make(person, leave, { name: 'codex', force: true, reason: 'gone' });
    expect(made).toMatchObject({ gaveBack: { locks: ['@new'] } });
  });

  it('by force needs a reason', () => {
    expect(eventsOf(past, { force: true })).toMatchObject({ code: 'reason-needed' });
  });

  it('by force gives everything back and records the reason', () => {
    const input = { name: 'codex', force: true, reason: 'machine gone' };
    const outcome = decide(leave, past, input, { actor: person });
    expect(outcome).toMatchObject({
      ok: true,
      events: [
        { type: 'lock.released', data: { scope: 'src/**', by: 'git:alice', why: 'machine gone' } },
        { type: 'lock.released', data: { scope: '@x', by: 'git:alice', why: 'machine gone' } },
        { type: 'task.claim-released', data: { task: 'task-1', why: 'machine gone' } },
        { type: 'agent.left', data: { name: 'codex', forced: true, reason: 'machine gone' } },
      ],
    });
  });

  it('by force leaves nothing behind in the fold', () => {
    const outcome = decide(leave, past, { force: true, reason: 'x' });
    const events = outcome.ok ? outcome.events : [];
    const after = [...past, ...events.map((event) => ({ event, meta: { at: moment().now } }))];
    expect(stateAfter(locks, after).held.size).toBe(0);
    expect(openClaimsOf(stateAfter(tasks, after), 'codex')).toEqual([]);
    expect(stateAfter(agents, after).byName.size).toBe(0);
  });
});

describe('what people read', () => {
  it('is a line, and what was given back', () => {
    const story = new Story();
    const codex = agent('codex');
    story.make(codex, join, { name: 'codex' });
    story.make(codex, add, { title: 'One' });
    story.make(codex, claim, { id: 'c-2' });
    story.make(codex, acquire, { scope: ['src/**', '@build'] });
    const made = story.make(codex, leave, { force: true, reason: 'done for today' });
    expect(made).toMatchObject({ gaveBack: { tasks: ['T-1'], locks: ['@build', 'src/**'] } });
    expect(leave.text?.(made)).toBe(
      'codex has left. Given back, and free for others: T-1, @build, src/**.',
    );
    story.make(codex, join, { name: 'codex' });
    expect(leave.text?.(story.make(codex, leave, {}))).toBe('codex has left.');
  });
});
