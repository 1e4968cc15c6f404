// The next task is shown without a trace, or claimed.
import { describe, expect, it } from 'vitest';
import { agent, person, Story } from '../../../test/story.ts';
import { add } from './add.ts';
import { claim } from './claim.ts';
import { next } from './next.ts';

const codex = agent('codex');

function told(): Story {
  const story = new Story();
  story.make(person, add, { title: 'One', priority: 'low' });
  story.make(person, add, { title: 'Two' });
  return story;
}

describe('next', () => {
  it('shows the most urgent free task and writes nothing', () => {
    const story = told();
    expect(story.tell(codex, next, {})).toEqual({ ok: true, events: [] });
    expect(story.make(codex, next, {})).toMatchObject({ task: { id: 'T-2', status: 'pending' } });
  });

  it('offers people what anybody can do first, and says what a task asks for', () => {
    const story = new Story();
    story.make(person, add, { title: 'Release', capability: ['release', 'npm'] });
    const made = story.make(person, next, {});
    expect(next.text?.(made)).toBe(
      'T-1 "Release" is free for you; it asks for npm, release. Claim it: coord claim T-1',
    );
    story.make(person, add, { title: 'Two', priority: 'high' });
    expect(story.make(person, next, {})).toMatchObject({ task: { id: 'T-2' } });
  });

  it('shows nothing where nothing is free', () => {
    expect(new Story().make(codex, next, {})).toEqual({ task: null });
  });

  it('claims it, and says which', () => {
    const story = told();
    story.make(codex, claim, { id: 'c-1' });
    expect(story.make(codex, next, { claim: true })).toMatchObject({
      task: { id: 'T-2', status: 'in_progress', claim: { agent: 'codex', seq: 4 } },
    });
  });

  it('ends the lease of whoever let it lapse', () => {
    const story = told();
    story.make(codex, claim, { id: 'c-2' });
    story.wait(4 * 3600);
    const outcome = story.tell(agent('opus'), next, { claim: true });
    expect(outcome.ok && outcome.events.map(({ type }) => type)).toEqual([
      'task.claim-expired',
      'task.claimed',
    ]);
  });

  it('refuses to claim where nothing is free', () => {
    const story = told();
    story.make(codex, claim, { id: 'c-1' });
    story.make(codex, claim, { id: 'c-2' });
    expect(story.tell(agent('opus'), next, { claim: true })).toMatchObject({
      ok: false,
      code: 'nothing-to-do',
      data: { open: 2 },
    });
  });
});
