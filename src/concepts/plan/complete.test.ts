// When a phase may be completed.
import { describe, expect, it } from 'vitest';
import { agent, Story } from '../../../test/story.ts';
import { complete } from './complete.ts';

const opus = agent('opus', 'executive');

function told(): Story {
  return new Story({
    phases: [
      { id: 'rpc', status: 'active', after: [] },
      { id: 'ui', status: 'planned', after: ['rpc'] },
      { id: 'old', status: 'completed', after: [] },
    ],
  });
}

describe('completing a phase', () => {
  it('is one event', () => {
    expect(told().tell(opus, complete, { phase: 'rpc' })).toEqual({
      ok: true,
      events: [{ type: 'plan.phase-completed', data: { phase: 'rpc' } }],
    });
  });

  it('answers with the phase', () => {
    expect(told().make(opus, complete, { phase: 'rpc' })).toMatchObject({
      phase: { id: 'rpc', status: 'completed', completedBy: 'opus' },
    });
  });

  it('says how to take it back', () => {
    expect(complete.text?.(told().make(opus, complete, { phase: 'rpc' }))).toBe(
      'Phase rpc is completed. To make it active again: coord plan start rpc',
    );
    expect(complete.text?.({ phase: null })).toContain('no more');
  });
});

describe('what is refused', () => {
  it('any phase where the policy has no plan', () => {
    expect(new Story().tell(opus, complete, { phase: 'rpc' })).toMatchObject({
      ok: false,
      code: 'no-plan',
    });
  });

  it('a phase that is not there', () => {
    expect(told().tell(opus, complete, { phase: 'x' })).toMatchObject({
      ok: false,
      code: 'phase-unknown',
    });
  });

  it('a phase that is completed, by the policy or on the log', () => {
    const story = told();
    expect(story.tell(opus, complete, { phase: 'old' })).toMatchObject({
      ok: false,
      code: 'phase-completed',
      data: { by: null },
    });
    story.make(opus, complete, { phase: 'rpc' });
    expect(story.tell(opus, complete, { phase: 'rpc' })).toMatchObject({
      code: 'phase-completed',
      message:
        'Phase rpc is completed already, by opus. To make it active again: coord plan start rpc',
      data: { by: 'opus' },
    });
  });

  it('a phase that has not been started', () => {
    expect(told().tell(opus, complete, { phase: 'ui' })).toMatchObject({
      ok: false,
      code: 'phase-not-active',
      data: { phase: 'ui', status: 'planned' },
    });
  });
});
