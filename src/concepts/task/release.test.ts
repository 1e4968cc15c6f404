// Who gives a claim back, what becomes of the task, and of the locks tied to the lease.
import { describe, expect, it } from 'vitest';
import { agent, person, Story } from '../../../test/story.ts';
import { acquire } from '../lock/acquire.ts';
import { list as listLocks } from '../lock/list.ts';
import { add } from './add.ts';
import { block } from './block.ts';
import { claim } from './claim.ts';
import { done } from './done.ts';
import { release } from './release.ts';

const codex = agent('codex');
const haiku = agent('haiku');
const opus = agent('opus', 'executive');
const input = { id: 'c-1' };

function told(): Story {
  const story = new Story();
  story.make(person, add, { title: 'One' });
  story.make(codex, claim, input);
  return story;
}

describe('giving a claim back', () => {
  it('is one event', () => {
    expect(told().tell(codex, release, input)).toEqual({
      ok: true,
      events: [
        {
          type: 'task.claim-released',
          data: { task: 'c-1', agent: 'codex', why: 'given back' },
        },
      ],
    });
  });

  it('leaves the task for whoever comes next', () => {
    const story = told();
    const made = story.make(codex, release, input);
    expect(made).toMatchObject({
      task: { id: 'T-1', status: 'pending', claim: null, ready: true },
    });
    expect(release.text?.(made)).toBe(
      'Nobody has T-1 "One" any more. Anybody can claim it: coord claim T-1',
    );
    expect(story.tell(haiku, claim, input).ok).toBe(true);
  });

  it('leaves a blocked task blocked', () => {
    const story = told();
    story.make(codex, block, { ...input, reason: 'no schema' });
    const made = story.make(codex, release, input);
    expect(made).toMatchObject({ task: { status: 'blocked', claim: null } });
    expect(release.text?.(made)).toContain('It is blocked; see: coord task show T-1');
  });

  it('is possible when the lease has lapsed', () => {
    const story = told();
    story.wait(5 * 3600);
    expect(story.tell(codex, release, input).ok).toBe(true);
  });

  it('releases the locks tied to the lease, and no others', () => {
    const story = told();
    story.make(codex, acquire, { scope: ['src/**'], task: 'c-1' });
    story.make(codex, acquire, { scope: ['docs/**'] });
    story.make(person, acquire, { scope: ['@build'], task: 'c-1' });
    story.make(codex, release, input);
    expect(story.ask(codex, listLocks)).toMatchObject({
      locks: [{ scope: 'docs/**' }, { scope: '@build' }],
    });
  });
});

describe('the claim of somebody else', () => {
  it.each([opus, person])('is released by $tier with a reason, which its holder gets', (actor) => {
    const subject = 'Your claim ended: T-1 "One" was released';
    expect(told().tell(actor, release, { ...input, reason: 'gone' })).toMatchObject({
      events: [
        { data: { agent: 'codex', why: 'gone' } },
        { type: 'message.sent', data: { to: 'codex', recipients: ['codex'], subject } },
      ],
    });
  });

  it('is not released without one', () => {
    expect(told().tell(opus, release, input)).toMatchObject({
      ok: false,
      code: 'reason-needed',
      message: expect.stringContaining('--reason TEXT') as unknown,
      data: { task: 'T-1', holder: 'codex' },
    });
  });

  it('is not released by another implementer', () => {
    expect(told().tell(haiku, release, { ...input, reason: 'mine' })).toMatchObject({
      ok: false,
      code: 'not-holder',
      data: { task: 'T-1', holder: 'codex' },
    });
  });
});

describe('what is refused', () => {
  it('a task that is not there', () => {
    expect(told().tell(codex, release, { id: 'T-9' })).toMatchObject({ code: 'task-unknown' });
  });

  it('a task that is closed', () => {
    const story = told();
    story.make(codex, done, input);
    expect(story.tell(codex, release, input)).toMatchObject({ code: 'task-closed' });
  });

  it('a task that nobody has claimed', () => {
    const story = told();
    story.make(codex, release, input);
    expect(story.tell(person, release, { ...input, reason: 'x' })).toMatchObject({
      ok: false,
      code: 'not-claimed',
      data: { task: 'T-1', status: 'pending' },
    });
  });
});
