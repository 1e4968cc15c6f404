// When a phase may start, and when starting it again means something.
import { describe, expect, it } from 'vitest';
import { agent, person, Story } from '../../../test/story.ts';
import { complete } from './complete.ts';
import { start } from './start.ts';

const opus = agent('opus', 'executive');

function told(): Story {
  return new Story({
    phases: [
      { id: 'rpc', status: 'active', after: [] },
      { id: 'ui', status: 'planned', after: ['rpc', 'design'] },
      { id: 'design', status: 'planned', after: [] },
      { id: 'old', status: 'completed', after: [] },
    ],
  });
}

describe('starting a phase', () => {
  it('is one event, and answers with the phase', () => {
    const story = told();
    expect(story.tell(opus, start, { phase: 'design' })).toEqual({
      ok: true,
      events: [{ type: 'plan.phase-started', data: { phase: 'design' } }],
    });
    expect(told().make(opus, start, { phase: 'design' })).toMatchObject({
      phase: { id: 'design', status: 'active', startedSeq: 1, startedBy: 'opus' },
    });
  });

  it('is for executives and people', () => {
    expect(start.allow).toEqual(['executive', 'human']);
  });

  it('is possible when all before it are completed', () => {
    const story = told();
    story.make(opus, start, { phase: 'design' });
    story.make(opus, complete, { phase: 'design' });
    story.make(opus, complete, { phase: 'rpc' });
    expect(story.tell(opus, start, { phase: 'ui' }).ok).toBe(true);
  });

  it('again confirms what the log alone says, at a terminal or not', () => {
    const story = told();
    const script = { ...person, isPersonPresent: false };
    for (const actor of [opus, script, person]) story.make(actor, start, { phase: 'design' });
    expect(story.make(opus, start, { phase: 'design' })).toMatchObject({
      phase: { startedSeqs: [1, 2, 3, 4], startedBy: 'opus' },
    });
  });

  it('again makes active what the log alone completed, for whoever may complete it', () => {
    for (const actor of [opus, { ...person, isPersonPresent: false }]) {
      const story = told();
      story.make(actor, complete, { phase: 'rpc' });
      const made = story.make(actor, start, { phase: 'rpc' });
      expect(made).toMatchObject({ phase: { status: 'active', startedSeqs: [2] } });
      expect(start.text?.(made)).toBe('Phase rpc is active. Who may write what: coord plan show');
    }
  });
});

describe('a phase that was started before what it comes after was started again', () => {
  function reopened(): { story: Story; made: Record<string, unknown> } {
    const story = told();
    story.make(opus, start, { phase: 'design' });
    for (const phase of ['design', 'rpc']) story.make(opus, complete, { phase });
    story.make(opus, start, { phase: 'ui' });
    return { story, made: story.make(opus, start, { phase: 'rpc' }) };
  }

  it('stays active, as whoever starts the other again is told', () => {
    const { story, made } = reopened();
    expect(made).toMatchObject({
      phase: { id: 'rpc', status: 'active' },
      notes: ['What comes after rpc stays active: ui. To close ui: coord plan complete ui'],
    });
    expect(story.make(opus, start, { phase: 'design' })['notes']).toHaveLength(1);
  });

  it('is confirmed by starting it again, and that is told too', () => {
    const { story } = reopened();
    expect(story.make(opus, start, { phase: 'ui' })).toMatchObject({
      phase: { id: 'ui', status: 'active', startedSeqs: [4, 6] },
      notes: [
        'Phase ui is active although what it comes after is not completed: rpc. To close ui: coord plan complete ui',
      ],
    });
  });

  it('is closed by what the notes say, and then waits for the other', () => {
    const { story } = reopened();
    story.make(opus, complete, { phase: 'ui' });
    expect(story.tell(opus, start, { phase: 'ui' })).toMatchObject({ code: 'phase-order' });
    story.make(opus, complete, { phase: 'rpc' });
    expect(story.make(opus, start, { phase: 'ui' })).not.toHaveProperty('notes');
  });
});

describe('what is refused', () => {
  it('any phase where the policy has no plan', () => {
    expect(new Story().tell(opus, start, { phase: 'rpc' })).toMatchObject({
      ok: false,
      code: 'no-plan',
    });
  });

  it('a phase that is not there, with the nearest', () => {
    expect(told().tell(opus, start, { phase: 'desing' })).toMatchObject({
      ok: false,
      code: 'phase-unknown',
      message: expect.stringContaining('Did you mean design?') as unknown,
      data: { known: ['rpc', 'ui', 'design', 'old'] },
    });
  });

  it('a phase that the policy made active or completed, whoever asks', () => {
    expect(told().tell(person, start, { phase: 'rpc' })).toMatchObject({
      code: 'phase-active',
      message:
        'Phase rpc is active already, by the policy. To change that, change its status in .github/coord.yml on the base branch.',
    });
    expect(told().tell(person, start, { phase: 'old' })).toMatchObject({
      ok: false,
      code: 'phase-completed',
      data: { by: null },
    });
  });

  it('a completed phase whose predecessors are active again', () => {
    const story = told();
    story.make(opus, start, { phase: 'design' });
    for (const phase of ['design', 'rpc']) story.make(opus, complete, { phase });
    story.make(opus, start, { phase: 'ui' });
    story.make(opus, complete, { phase: 'ui' });
    story.make(opus, start, { phase: 'rpc' });
    expect(story.tell(opus, start, { phase: 'ui' })).toMatchObject({
      code: 'phase-order',
      data: { open: ['rpc'] },
    });
  });

  it('a phase whose predecessors are not completed, naming them and the next step', () => {
    const story = told();
    expect(story.tell(opus, start, { phase: 'ui' })).toMatchObject({
      ok: false,
      code: 'phase-order',
      message:
        'Phase ui comes after rpc, design, to be completed first. Next: coord plan complete rpc.',
      data: { phase: 'ui', open: ['rpc', 'design'] },
    });
    story.make(opus, complete, { phase: 'rpc' });
    expect(story.tell(opus, start, { phase: 'ui' })).toMatchObject({
      message: 'Phase ui comes after design, to be completed first. Next: coord plan start design.',
    });
  });
});
