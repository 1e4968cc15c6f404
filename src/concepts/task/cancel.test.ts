// Who cancels a task, and what becomes of what waited for it and of its locks.
import { describe, expect, it } from 'vitest';
import { decide } from '../../../test/specification.ts';
import { agent, person, Story } from '../../../test/story.ts';
import { acquire } from '../lock/acquire.ts';
import { list as listLocks } from '../lock/list.ts';
import { add } from './add.ts';
import { block } from './block.ts';
import { cancel } from './cancel.ts';
import { claim } from './claim.ts';
import { list } from './list.ts';
import { next } from './next.ts';

const codex = agent('codex');
const haiku = agent('haiku');
const opus = agent('opus', 'executive');
const input = { id: 'c-1', reason: 'the flag is gone' };

/** T-1; T-2 and T-3 after it, T-3 blocked already; T-4 after T-2. */
function told(): Story {
  const story = new Story();
  story.make(codex, add, { title: 'One' });
  story.make(person, add, { title: 'Two', after: ['c-1'] });
  story.make(person, add, { title: 'Three', after: ['c-1'] });
  story.make(person, add, { title: 'Four', after: ['c-2'] });
  story.make(person, block, { id: 'c-3', reason: 'no schema' });
  return story;
}

describe('cancelling', () => {
  it('keeps who did it, when and why', () => {
    const story = told();
    expect(story.make(opus, cancel, input)).toMatchObject({
      task: {
        id: 'T-1',
        status: 'cancelled',
        ready: false,
        cancelled: { by: 'opus', at: story.now, reason: 'the flag is gone' },
      },
    });
    expect(list.text?.(story.ask(codex, list, { status: 'cancelled' }))).toBe(
      'T-1  cancelled  normal  One  by opus: the flag is gone',
    );
  });

  it('blocks what waited for it and is not blocked yet', () => {
    expect(told().tell(opus, cancel, input)).toEqual({
      ok: true,
      events: [
        { type: 'task.cancelled', data: { task: 'c-1', reason: 'the flag is gone' } },
        { type: 'task.blocked', data: { task: 'c-2', reason: 'T-1 was cancelled' } },
      ],
    });
  });

  it('names what cannot begin any more, with the next step', () => {
    const made = told().make(opus, cancel, input);
    expect(made).toMatchObject({ waiting: ['T-2', 'T-3'] });
    expect(cancel.text?.(made)).toBe(
      'Cancelled T-1 "One". T-2, T-3 waited for it and cannot begin; cancel too, or add anew: coord task cancel T-2 REASON',
    );
    expect(cancel.text?.(told().make(opus, cancel, { ...input, id: 'c-4' }))).toBe(
      'Cancelled T-4 "Four".',
    );
  });

  it('ends the claim and releases the locks tied to the task, whoever holds them', () => {
    const story = told();
    story.make(haiku, claim, { id: 'c-1' });
    story.make(haiku, acquire, { scope: ['src/**'], task: 'c-1' });
    story.make(person, acquire, { scope: ['@build'], task: 'c-1' });
    story.make(haiku, acquire, { scope: ['docs/**'] });
    expect(story.make(haiku, cancel, input)).toMatchObject({ task: { claim: null } });
    expect(story.ask(codex, listLocks)).toMatchObject({ locks: [{ scope: 'docs/**' }] });
  });

  it('tells who had claimed it, unless that is who cancels', () => {
    const story = told();
    story.make(haiku, claim, { id: 'c-1' });
    const typesBy = (actor: typeof person): string[] => {
      const outcome = decide(cancel, story.past, input, story.moment(actor));
      return outcome.ok ? outcome.events.map(({ type }) => type) : [];
    };
    expect(typesBy(haiku)).toEqual(['task.cancelled', 'task.blocked']);
    expect(typesBy(person)).toEqual(['task.cancelled', 'task.blocked', 'message.sent']);
  });

  it('leaves nothing to claim, and is no open task any more', () => {
    const story = told();
    for (const id of ['c-1', 'c-2', 'c-3', 'c-4']) story.make(opus, cancel, { ...input, id });
    expect(story.tell(codex, next, { claim: true })).toMatchObject({
      code: 'nothing-to-do',
      data: { open: 0 },
    });
  });
});

describe('who may cancel', () => {
  it('is whoever added it while nobody has claimed it, then whoever has', () => {
    const story = told();
    expect(story.tell(haiku, cancel, input)).toMatchObject({
      ok: false,
      code: 'not-holder',
      message: expect.stringContaining('codex added it') as unknown,
    });
    story.make(haiku, claim, { id: 'c-1' });
    expect(story.tell(codex, cancel, input)).toMatchObject({
      code: 'not-holder',
      message: expect.stringContaining('haiku has claimed it') as unknown,
      data: { task: 'T-1', holder: 'haiku', createdBy: 'codex' },
    });
    expect(story.tell(haiku, cancel, input).ok).toBe(true);
    expect(told().tell(codex, cancel, input).ok).toBe(true);
  });

  it('is people and executives in any case', () => {
    for (const actor of [person, opus]) expect(told().tell(actor, cancel, input).ok).toBe(true);
  });
});

describe('what is refused', () => {
  it('a task that is not there', () => {
    expect(told().tell(codex, cancel, { ...input, id: 'T-9' })).toMatchObject({
      code: 'task-unknown',
    });
  });

  it('a task that is closed, a cancelled one by name', () => {
    const story = told();
    story.make(opus, cancel, input);
    for (const verb of [cancel, claim]) {
      expect(story.tell(codex, verb, input)).toMatchObject({
        ok: false,
        code: 'task-closed',
        message: expect.stringContaining('T-1 is cancelled by opus') as unknown,
        data: { status: 'cancelled', by: 'opus', at: story.now },
      });
    }
  });

  it('no reason', () => {
    expect(cancel.input.safeParse({ id: 'c-1' }).success).toBe(false);
  });
});

describe('what came after it', () => {
  it('can never start, and whoever claims it is told what to do', () => {
    const story = told();
    story.make(opus, cancel, input);
    expect(story.tell(codex, claim, { id: 'c-2' })).toMatchObject({
      code: 'task-not-ready',
      message: expect.stringMatching(
        /^T-2 can never start: T-1 was cancelled\. Cancel it too \(coord task cancel T-2 REASON\)/,
      ) as unknown,
      data: { open: ['T-1'], never: true },
    });
  });
});
