// Completing a task: by whom, on what evidence, and what it sets free.
import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../../test/memory-engine.ts';
import { stateAfter } from '../../../test/specification.ts';
import { agent, person, Story } from '../../../test/story.ts';
import { readInput } from '../../grammar/parse.ts';
import { acquire } from '../lock/acquire.ts';
import { liveOverrides, locks } from '../lock/lock.ts';
import { release } from '../lock/release.ts';
import { add } from './add.ts';
import { block } from './block.ts';
import { claim } from './claim.ts';
import { done } from './done.ts';
import { tasks } from './task.ts';

const codex = agent('codex');

/** T-1 on codex's claim; T-2 after it; T-3 after T-1 and T-2; T-4, urgent, after T-1. */
function told(): Story {
  const story = new Story();
  story.make(person, add, { title: 'One' });
  story.make(person, add, { title: 'Two', after: ['c-1'] });
  story.make(person, add, { title: 'Three', after: ['c-1', 'c-2'] });
  story.make(person, add, { title: 'Four', after: ['c-1'], priority: 'high' });
  story.make(codex, claim, { id: 'c-1' });
  return story;
}

describe('completing', () => {
  it('is verified by evidence', () => {
    expect(told().tell(codex, done, { id: 'c-1', evidence: ['4f2a91c', '#12'] })).toEqual({
      ok: true,
      events: [
        {
          type: 'task.completed',
          data: { task: 'c-1', evidence: ['4f2a91c', '#12'], verified: true },
        },
      ],
    });
  });

  it('is unverified without', () => {
    expect(told().make(codex, done, { id: 'c-1' })).toMatchObject({
      task: { id: 'T-1', status: 'completed', verified: false, completedBy: 'codex', claim: null },
    });
  });

  it('names what is ready now, urgent first, and each only once', () => {
    const story = told();
    expect(story.make(codex, done, { id: 'c-1' })).toMatchObject({ ready: ['T-4', 'T-2'] });
    story.make(codex, claim, { id: 'c-2' });
    expect(story.make(codex, done, { id: 'c-2' })).toMatchObject({ ready: ['T-3'] });
  });

  it('releases the locks tied to it, whoever holds them, and no others', () => {
    const story = told();
    story.make(codex, acquire, { scope: ['src/**'], task: 'c-1' });
    story.make(person, acquire, { scope: ['@build'], task: 'c-1' });
    story.make(codex, acquire, { scope: ['docs/**'] });
    const outcome = story.tell(codex, done, { id: 'c-1' });
    expect(outcome.ok && outcome.events.slice(1)).toEqual([
      {
        type: 'lock.released',
        data: { scope: 'src/**', holder: 'codex', by: 'codex', why: 'T-1 completed' },
      },
      {
        type: 'lock.released',
        data: { scope: '@build', holder: 'git:anna', by: 'codex', why: 'T-1 completed' },
      },
    ]);
    const state = stateAfter(locks, story.past);
    expect([...state.held.keys()]).toEqual(['codex docs/**']);
    expect(liveOverrides(state, story.now)).toMatchObject([{ by: 'codex' }]);
  });

  it('settles a lock that somebody else had released by force', () => {
    const story = told();
    story.make(codex, acquire, { scope: ['src/**'], task: 'c-1' });
    story.make(person, release, { scope: ['src/**'], force: true, reason: 'urgent' });
    story.make(codex, done, { id: 'c-1' });
    expect(stateAfter(locks, story.past).overridden.size).toBe(0);
  });

  it('is possible for a blocked task, and after the lease lapsed where nobody took it', () => {
    const story = told();
    story.make(codex, block, { id: 'c-1', reason: 'no schema' });
    story.wait(5 * 3600);
    expect(story.make(codex, done, { id: 'c-1' })).toMatchObject({
      task: { status: 'completed', blockedReason: null },
    });
  });

  it('is possible for a person, claimed or not', () => {
    const story = told();
    expect(story.tell(person, done, { id: 'c-1' }).ok).toBe(true);
    expect(story.tell(person, done, { id: 'c-2' }).ok).toBe(true);
  });
});

describe('evidence', () => {
  const given = (text: string) => done.input.safeParse({ id: 'T-1', evidence: [text] });
  const problemOf = (text: string) => done.saidProblem?.(given(text).data as never) ?? null;

  it.each([
    '4f2a91c',
    'DEADBEEF',
    '4f2a91c'.padEnd(40, '0'),
    '4f2a91c'.padEnd(64, '0'),
    '#12',
    'octo/de.mo-1#3',
    'https://github.com/octo/demo/pull/3',
    'check:coord / gate',
    ' #12 ',
  ])('is %j: others can look it up', (text) => {
    expect(given(text).data).toMatchObject({ evidence: [text.trim()] });
    expect(problemOf(text)).toBeNull();
  });

  it.each([
    'tested',
    'it works',
    'see #12',
    '#12 and more',
    '#0',
    '12',
    'octo#12',
    'HEAD',
    '4f2a91',
    '4f2a91c'.padEnd(41, '0'),
    'https://',
    'https://example.com is green',
    'check:',
    'check: x',
    'check:a\nb',
  ])('is not %j, and the sentence says what is', (text) => {
    expect(problemOf(text)).toMatch(
      /^Evidence is a commit .* #12, .* check:NAME\. .*unverified\.$/,
    );
  });

  it('is not nothing', () => {
    for (const text of ['', ' ']) expect(given(text).success).toBe(false);
  });

  it('in words that an older coord took is decided again as it was, and refused where it is said', async () => {
    const memory = await MemoryEngine.open();
    await memory.join('codex');
    await memory.say('codex', 'task.add', { title: 'a' });
    await memory.say('codex', 'task.claim', { id: 'T-1' });
    const said = await memory.say('codex', 'task.done', {
      id: 'T-1',
      evidence: ['npm test passes'],
    });
    expect(said).toMatchObject({ ok: true, result: { task: { status: 'completed' } } });
    const words = ['T-1', '--evidence', 'npm test passes'];
    expect(() => readInput(done, words)).toThrow(/^Evidence is a commit/);
    expect(readInput(done, ['T-1', '--evidence', '#12'])).toMatchObject({ evidence: ['#12'] });
  });

  it('of any form that a record of the log holds is folded as it is', () => {
    const story = told();
    const event = {
      type: 'task.completed',
      data: { task: 'c-1', evidence: ['it works'], verified: true },
    };
    story.past.push({ event, meta: { seq: 9, at: story.now, actor: 'codex', id: 'c-9' } });
    expect(stateAfter(tasks, story.past).byId.get('c-1')).toMatchObject({
      ...{ status: 'completed', evidence: ['it works'], verified: true },
    });
  });
});

describe('what is refused', () => {
  it('a task that is not there', () => {
    expect(told().tell(codex, done, { id: 'T-9' })).toMatchObject({
      ok: false,
      code: 'task-unknown',
    });
  });

  it('a task that is closed', () => {
    const story = told();
    story.make(codex, done, { id: 'c-1' });
    expect(story.tell(codex, done, { id: 'c-1' })).toMatchObject({
      ok: false,
      code: 'task-closed',
    });
  });

  it('a task of somebody else, or of nobody', () => {
    const story = told();
    expect(story.tell(agent('opus'), done, { id: 'c-1' })).toMatchObject({
      ok: false,
      code: 'not-holder',
      data: { task: 'T-1', holder: 'codex' },
    });
    expect(story.tell(codex, done, { id: 'c-2' })).toMatchObject({
      code: 'not-holder',
      data: { holder: null },
    });
  });
});

describe('of somebody else’s task', () => {
  it('tells who had claimed it, and nobody where that is oneself', () => {
    const story = told();
    expect(story.tell(person, done, { id: 'c-1' })).toMatchObject({
      events: [
        { type: 'task.completed' },
        {
          type: 'message.sent',
          data: { recipients: ['codex'], subject: 'Your claim ended: T-1 "One" was completed' },
        },
      ],
    });
    const own = told().tell(codex, done, { id: 'c-1' });
    expect(own.ok && own.events.map(({ type }) => type)).toEqual(['task.completed']);
  });
});
