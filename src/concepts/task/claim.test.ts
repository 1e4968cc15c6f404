// Who gets a task, who does not and what he is told, and what becomes of a lapsed lease.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, stateAfter } from '../../../test/specification.ts';
import { agent, person, Story } from '../../../test/story.ts';
import { join } from '../agent/join.ts';
import { acquire } from '../lock/acquire.ts';
import { liveLocks, locks } from '../lock/lock.ts';
import { add } from './add.ts';
import { block } from './block.ts';
import { claim } from './claim.ts';
import { done } from './done.ts';
import { next } from './next.ts';

const codex = agent('codex');
const opus = agent('opus');
const fourHours = 4 * 3600;

/** Tasks T-1 and T-2 (after T-1), and T-3 for those who know Rust. */
function told(): Story {
  const story = new Story();
  story.make(person, add, { title: 'One' });
  story.make(person, add, { title: 'Two', after: ['c-1'] });
  story.make(person, add, { title: 'Three', capability: ['rust'] });
  return story;
}

describe('claiming a free task', () => {
  it('is a lease of four hours', () => {
    expect(told().tell(codex, claim, { id: 'c-1' })).toEqual({
      ok: true,
      events: [
        {
          type: 'task.claimed',
          data: { task: 'c-1', agent: 'codex', until: '2026-11-20T16:00:00.000Z' },
        },
      ],
    });
  });

  it('answers with the task and its lease', () => {
    expect(told().make(codex, claim, { id: 'c-1' })).toMatchObject({
      task: { id: 'T-1', status: 'in_progress', claim: { agent: 'codex', seq: 4, lapsed: false } },
    });
  });

  it('asks for capabilities, but not of people', () => {
    const story = told();
    story.make(codex, join, { name: 'codex', capability: ['rust'] });
    expect(story.tell(opus, claim, { id: 'c-3' })).toMatchObject({
      ok: false,
      code: 'capability-missing',
      data: { task: 'T-3', missing: ['rust'] },
    });
    expect(decide(claim, story.past, { id: 'c-3' }, story.moment(codex)).ok).toBe(true);
    expect(decide(claim, story.past, { id: 'c-3' }, story.moment(person)).ok).toBe(true);
  });
});

describe('what is refused', () => {
  it('a task that is not there', () => {
    expect(told().tell(codex, claim, { id: 'T-9' })).toMatchObject({
      ok: false,
      code: 'task-unknown',
    });
  });

  it('a task that somebody has, with holder, since, until and the next free one', () => {
    const story = told();
    story.make(opus, claim, { id: 'c-1' });
    expect(story.tell(codex, claim, { id: 'c-1' })).toMatchObject({
      ok: false,
      code: 'task-claimed',
      data: {
        task: 'T-1',
        holder: 'opus',
        since: '2026-11-20T12:00:00.000Z',
        until: '2026-11-20T16:00:00.000Z',
        next: null,
      },
    });
    story.make(person, add, { title: 'Four' });
    expect(story.tell(codex, claim, { id: 'c-1' })).toMatchObject({
      message: expect.stringMatching(/claimed by opus since .*T-4 is free for you/) as unknown,
      data: { next: 'T-4' },
    });
  });

  it('a task that is blocked on somebody’s claim', () => {
    const story = told();
    story.make(opus, claim, { id: 'c-1' });
    story.make(opus, block, { id: 'c-1', reason: 'no schema' });
    expect(story.tell(codex, claim, { id: 'c-1' })).toMatchObject({ code: 'task-claimed' });
  });

  it('a task that waits for others', () => {
    expect(told().tell(codex, claim, { id: 'c-2' })).toMatchObject({
      ok: false,
      code: 'task-not-ready',
      data: { task: 'T-2', open: ['T-1'] },
    });
  });

  it('a task that is closed', () => {
    const story = told();
    story.make(person, done, { id: 'c-1' });
    expect(story.tell(codex, claim, { id: 'c-1' })).toMatchObject({
      ok: false,
      code: 'task-closed',
      data: { status: 'completed', by: 'git:anna' },
    });
  });
});

describe('claiming one’s own task', () => {
  it('renews the lease, and the locks tied to it that would lapse sooner', () => {
    const story = told();
    story.make(codex, claim, { id: 'c-1' });
    story.make(codex, acquire, { scope: ['src/**'], task: 'c-1' });
    story.make(codex, acquire, { scope: ['docs/**'] });
    story.wait(3600);
    const until = '2026-11-20T17:00:00.000Z';
    expect(story.tell(codex, claim, { id: 'c-1' })).toEqual({
      ok: true,
      events: [
        { type: 'task.claim-renewed', data: { task: 'c-1', agent: 'codex', until } },
        {
          type: 'lock.extended',
          data: { scope: 'src/**', holder: 'codex', until, task: 'c-1' },
        },
      ],
    });
  });

  it('renews a lapsed one that nobody took over', () => {
    const story = told();
    story.make(codex, claim, { id: 'c-1' });
    story.wait(fourHours);
    expect(story.tell(codex, claim, { id: 'c-1' })).toMatchObject({
      events: [{ type: 'task.claim-renewed' }],
    });
  });

  it('takes it up again when it was blocked', () => {
    const story = told();
    story.make(codex, claim, { id: 'c-1' });
    story.make(codex, block, { id: 'c-1', reason: 'no schema' });
    expect(story.make(codex, claim, { id: 'c-1' })).toMatchObject({
      task: { status: 'in_progress', blockedReason: null, claim: { agent: 'codex' } },
    });
  });
});

describe('claiming a lapsed task', () => {
  function lapsed(): Story {
    const story = told();
    story.make(codex, claim, { id: 'c-1' });
    story.make(codex, acquire, { scope: ['src/**'], task: 'c-1' });
    story.wait(fourHours);
    return story;
  }

  it('ends the lease and the locks tied to it, then begins a new one', () => {
    const outcome = lapsed().tell(opus, claim, { id: 'c-1' });
    expect(outcome.ok && outcome.events).toEqual([
      { type: 'task.claim-expired', data: { task: 'c-1', agent: 'codex' } },
      { type: 'lock.expired', data: { scope: 'src/**', holder: 'codex' } },
      {
        type: 'task.claimed',
        data: { task: 'c-1', agent: 'opus', until: '2026-11-20T20:00:00.000Z' },
      },
    ]);
  });

  it('leaves a lock that a person holds until the task ends', () => {
    const story = told();
    story.make(codex, claim, { id: 'c-1' });
    story.make(person, acquire, { scope: ['@build'], task: 'c-1' });
    story.wait(fourHours);
    story.make(opus, claim, { id: 'c-1' });
    expect(liveLocks(stateAfter(locks, story.past), story.now)).toMatchObject([
      { scope: '@build', holder: 'git:anna' },
    ]);
  });

  it('is not enough for the former holder to go on', () => {
    const story = lapsed();
    story.make(opus, claim, { id: 'c-1' });
    expect(story.tell(codex, claim, { id: 'c-1' })).toMatchObject({ code: 'task-claimed' });
    expect(story.tell(codex, done, { id: 'c-1' })).toMatchObject({ code: 'not-holder' });
  });

  it('takes up a blocked one', () => {
    const story = told();
    story.make(codex, claim, { id: 'c-1' });
    story.make(codex, block, { id: 'c-1', reason: 'no schema' });
    story.wait(fourHours);
    const outcome = story.tell(opus, claim, { id: 'c-1' });
    expect(outcome.ok && outcome.events.map(({ type }) => type)).toEqual([
      'task.claim-expired',
      'task.unblocked',
      'task.claimed',
    ]);
  });
});

describe('over any sequence', () => {
  const step = fc.record({
    who: fc.constantFrom('codex', 'opus', 'haiku'),
    what: fc.constantFrom(
      { command: claim, input: { id: 'c-1' } },
      { command: claim, input: { id: 'c-2' } },
      { command: next, input: { claim: true } },
      { command: block, input: { id: 'c-1', reason: 'no schema' } },
      { command: done, input: { id: 'c-2' } },
    ),
    hours: fc.constantFrom(0, 0, 1, 5),
  });

  interface Lease {
    readonly task: string;
    readonly agent: string;
    readonly until: string;
  }

  /** The leases given, with the time of each, in the order of the log. */
  function leases(story: Story): (Lease & { readonly at: string })[] {
    return story.past
      .filter(({ event }) => /^task\.claim(ed|-renewed)$/.test(event.type))
      .map(({ event, meta }) => ({ ...(event.data as Lease), at: meta?.at ?? '' }));
  }

  it('nobody gets a task before the lease of the one before him has lapsed', () => {
    let takeovers = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const story = new Story();
        story.make(person, add, { title: 'One' });
        story.make(person, add, { title: 'Two' });
        for (const { who, what, hours } of steps) {
          story.wait(hours * 3600);
          story.tell(agent(who), what.command, what.input);
        }
        const last = new Map<string, Lease>();
        for (const lease of leases(story)) {
          const before = last.get(lease.task);
          last.set(lease.task, lease);
          if (before === undefined || before.agent === lease.agent) continue;
          takeovers += 1;
          expect(before.until <= lease.at).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
    expect(takeovers).toBeGreaterThan(0);
  });
});
