// Who may say that a task is blocked, and that its claim stays.
import { describe, expect, it } from 'vitest';
import { agent, person, Story } from '../../../test/story.ts';
import { add } from './add.ts';
import { block } from './block.ts';
import { claim } from './claim.ts';
import { done } from './done.ts';

const codex = agent('codex');
const input = { id: 'c-1', reason: 'no schema' };

function told(): Story {
  const story = new Story();
  story.make(person, add, { title: 'One' });
  story.make(codex, claim, { id: 'c-1' });
  return story;
}

describe('blocking', () => {
  it('keeps the reason', () => {
    expect(told().tell(codex, block, input)).toEqual({
      ok: true,
      events: [{ type: 'task.blocked', data: { task: 'c-1', reason: 'no schema' } }],
    });
  });

  it('keeps the claim', () => {
    expect(told().make(codex, block, input)).toMatchObject({
      task: {
        id: 'T-1',
        status: 'blocked',
        blockedReason: 'no schema',
        claim: { agent: 'codex' },
        ready: false,
      },
    });
  });

  it('says who goes on: for somebody else that claim would be refused', () => {
    expect(block.text?.(told().make(person, block, input))).toBe(
      'T-1 "One" is blocked. codex goes on with it: coord claim T-1',
    );
    const story = new Story();
    story.make(person, add, { title: 'One' });
    expect(block.text?.(story.make(person, block, input))).toContain('To go on: coord claim T-1');
  });

  it('is for people and executives too', () => {
    expect(told().tell(person, block, input).ok).toBe(true);
    expect(told().tell(agent('opus', 'executive'), block, input).ok).toBe(true);
  });

  it('needs a reason', () => {
    expect(block.input.safeParse({ id: 'c-1', reason: '' }).success).toBe(false);
  });
});

describe('what is refused', () => {
  it('a task that is not there', () => {
    expect(told().tell(codex, block, { ...input, id: 'T-9' })).toMatchObject({
      ok: false,
      code: 'task-unknown',
    });
  });

  it('a task that is closed', () => {
    const story = told();
    story.make(codex, done, { id: 'c-1' });
    expect(story.tell(codex, block, input)).toMatchObject({ ok: false, code: 'task-closed' });
  });

  it('a task of somebody else', () => {
    expect(told().tell(agent('haiku'), block, input)).toMatchObject({
      ok: false,
      code: 'not-holder',
      data: { task: 'T-1', holder: 'codex' },
    });
  });
});
