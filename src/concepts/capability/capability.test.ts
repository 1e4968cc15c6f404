// The end of a capability: said once, by anybody, and from its record on.
import { describe, expect, it } from 'vitest';
import { agent, person, Story } from '../../../test/story.ts';
import { capabilities, endedBefore } from './capability.ts';
import { revoke } from './revoke.ts';

const codex = agent('codex');
const wanted = { id: 'c-1', reason: 'enough' };

describe('revoking a capability', () => {
  it('is one event, by anybody', () => {
    const story = new Story();
    expect(story.tell(codex, revoke, wanted)).toEqual({
      ok: true,
      events: [{ type: 'capability.revoked', data: { capability: 'c-1', why: 'enough' } }],
    });
    expect(story.make(person, revoke, { ...wanted, id: 'c-2' })).toEqual({
      capability: { id: 'c-2', state: 'revoked' },
    });
  });

  it('is refused when it was revoked before, saying by whom and why', () => {
    const story = new Story();
    story.make(codex, revoke, wanted);
    expect(story.tell(person, revoke, { ...wanted, reason: 'more' })).toMatchObject({
      ...{ ok: false, code: 'capability-revoked' },
      data: { capability: 'c-1', by: 'codex', seq: 1 },
    });
  });

  it('counts from its record on, and a second one by hand does not move it', () => {
    const state = capabilities.initial();
    const meta = { at: '2026-11-20T12:00:00.000Z', id: 'i', input: {} };
    const event = capabilities.evolve['capability.revoked'];
    event(state, { capability: 'c-1', why: 'one' }, { ...meta, actor: 'codex', seq: 5 });
    event(state, { capability: 'c-1', why: 'two' }, { ...meta, actor: 'opus', seq: 9 });
    expect(endedBefore(state, ['c-0', 'c-1'], 5)).toBeUndefined();
    expect(endedBefore(state, ['c-0', 'c-1'], 6)).toMatchObject({ by: 'codex', why: 'one' });
    expect(endedBefore(state, ['c-0'], 6)).toBeUndefined();
  });

  it('takes no other id than those that are given to capabilities', () => {
    const { saidProblem } = revoke as unknown as { saidProblem: (input: object) => string | null };
    expect(saidProblem({ id: '123' })).toMatch(/^`123` is no id .*coord capability show TOKEN$/);
    expect(saidProblem({ id: '01a1f954-9eba-70f0-98c5-310938250001' })).toBeNull();
  });
});
