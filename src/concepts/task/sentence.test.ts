// What people read after a command on a task: one line, with the next step.
import { describe, expect, it } from 'vitest';
import { agent, person, Story } from '../../../test/story.ts';
import { add } from './add.ts';
import { block } from './block.ts';
import { claim } from './claim.ts';
import { done } from './done.ts';
import { next } from './next.ts';
import { aboutTask } from './sentence.ts';

const codex = agent('codex');
const until = '2026-11-20T16:00:00.000Z';
const mine = `T-1 "One" is yours until ${until}. When it is done: coord done T-1 --evidence COMMIT`;

function told(): Story {
  const story = new Story();
  story.make(person, add, { title: 'One' });
  return story;
}

describe('a line', () => {
  it('tells of a task that was added, and whether it can be claimed', () => {
    expect(add.text?.(new Story().make(person, add, { title: 'One\u001b\nTwo' }))).toBe(
      'Added T-1 "One Two". Claim it: coord claim T-1',
    );
    expect(add.text?.(told().make(person, add, { title: 'Two', after: ['c-1'] }))).toBe(
      'Added T-2 "Two". It waits for T-1.',
    );
  });

  it('tells of a claim', () => {
    expect(claim.text?.(told().make(codex, claim, { id: 'c-1' }))).toBe(mine);
  });

  it('tells what is free, or was claimed at once, or that nothing is', () => {
    const story = told();
    expect(next.text?.(story.make(codex, next, {}))).toBe(
      'T-1 "One" is free for you. Claim it: coord claim T-1',
    );
    expect(next.text?.(story.make(codex, next, { claim: true }))).toBe(mine);
    expect(next.text?.(story.make(codex, next, {}))).toContain('No task is free for you now.');
  });

  it('tells of an end, of doubt, and of what can begin', () => {
    const story = told();
    story.make(person, add, { title: 'Two', after: ['c-1'] });
    story.make(codex, claim, { id: 'c-1' });
    expect(done.text?.(story.make(codex, done, { id: 'c-1' }))).toBe(
      'Completed T-1 "One". It is unverified: no --evidence was given. Ready now: T-2.',
    );
    story.make(codex, claim, { id: 'c-2' });
    expect(done.text?.(story.make(codex, done, { id: 'c-2', evidence: ['4f2a91c'] }))).toBe(
      'Completed T-2 "Two".',
    );
  });

  it('tells how to go on with what is blocked', () => {
    expect(block.text?.(told().make(person, block, { id: 'c-1', reason: 'x' }))).toBe(
      'T-1 "One" is blocked. To go on: coord claim T-1',
    );
  });

  it('is there although the task is not', () => {
    expect(aboutTask(() => 'x')({ task: null })).toBe('There is no task to show.');
  });
});
