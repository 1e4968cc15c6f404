// Who gets a lock, for how long, and what stands in the way.
import { describe, expect, it } from 'vitest';
import { answer, decide, moment } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { agent, person, Story } from '../../../test/story.ts';
import { acquire } from './acquire.ts';
import { release } from './release.ts';

const noon = '2026-11-20T12:00:00.000Z';
const half = '2026-11-20T12:30:00.000Z';
const one = '2026-11-20T13:00:00.000Z';
const three = '2026-11-20T15:00:00.000Z';

function held(data: object = {}, seq = 5): Past {
  const usual = { scope: 'src/**', holder: 'opus', mode: 'exclusive', until: half };
  return {
    event: { type: 'lock.acquired', data: { ...usual, task: null, reason: null, ...data } },
    meta: { seq },
  };
}

const added: Past = {
  event: { type: 'task.added', data: { title: 'Parse', after: [] } },
  meta: { id: 't-1' },
};
const claimed: Past = {
  event: { type: 'task.claimed', data: { task: 't-1', agent: 'codex', until: three } },
};

describe('a lock that is free', () => {
  it('is granted for the policy’s time, exclusive, each scope once, in sorted order', () => {
    expect(decide(acquire, [], { scope: ['src/**', '@Build', 'src/**'] })).toEqual({
      ok: true,
      events: ['@build', 'src/**'].map((scope) => ({
        type: 'lock.acquired',
        data: { scope, holder: 'codex', until: one, mode: 'exclusive', task: null, reason: null },
      })),
    });
  });

  it('keeps what was said: time, sharing, reason', () => {
    const input = { scope: ['src/**'], ttl: '30m', shared: true, reason: 'refactoring' };
    expect(decide(acquire, [], input)).toMatchObject({
      events: [{ data: { until: half, mode: 'shared', reason: 'refactoring' } }],
    });
  });

  it('is free although its neighbour is locked', () => {
    expect(decide(acquire, [held()], { scope: ['docs/**'] }).ok).toBe(true);
  });

  it('is shown in the result with its token', () => {
    const story = new Story();
    expect(story.make(agent('codex'), acquire, { scope: ['src/**'] })).toEqual({
      lock: expect.objectContaining({ scope: 'src/**', token: 1, until: one }) as unknown,
      locks: [expect.objectContaining({ scope: 'src/**', holder: 'codex' })],
    });
  });

  it('is told in a line, with the way back', () => {
    const story = new Story();
    const made = story.make(agent('codex'), acquire, { scope: ['src/**', '@build'] });
    expect(acquire.text?.(made)).toBe(
      `Locked @build until ${one}, src/** until ${one}. Give it back: coord unlock @build 'src/**'`,
    );
    expect(acquire.text?.({ locks: [] })).toContain('coord lock list');
  });

  it.each([
    [
      'src/ui',
      ["src/ui is locked as that one path; for what lies beneath it: coord lock 'src/ui/**'"],
    ],
    ['Makefile', [expect.stringContaining("'Makefile/**'")]],
    ['src.d/ui', [expect.stringContaining("'src.d/ui/**'")]],
    ['src/ui.ts', undefined],
    ['src/ui/**', undefined],
    ['src/u?', undefined],
    ['src/{a,b}', undefined],
    ['src/ui/', undefined],
    ['@build', undefined],
  ])('of %s has a note where a folder may have been meant: %j', (scope, notes) => {
    const made = new Story().make(agent('codex'), acquire, { scope: [scope] });
    expect(made['notes']).toEqual(notes);
  });

  it('of a path with a slash at the end is of all beneath it, however it is written', () => {
    const story = new Story();
    expect(story.make(agent('codex'), acquire, { scope: ['src/ui/', 'src/ui/**'] })).toMatchObject({
      locks: [{ scope: 'src/ui/**' }],
    });
    expect(story.tell(agent('opus'), acquire, { scope: ['src/ui/a.ts'] })).toMatchObject({
      code: 'lock-held',
    });
    expect(story.make(agent('codex'), release, { scope: ['src/ui/'] })).toMatchObject({
      released: ['src/ui/**'],
    });
    const long = `${'a'.repeat(255)}/`;
    expect(acquire.input.safeParse({ scope: [long] }).success).toBe(false);
  });
});

describe('a lock that somebody holds', () => {
  it('keeps out whatever overlaps, and names holder, time and token', () => {
    expect(decide(acquire, [held()], { scope: ['docs/**', 'src/a.ts'] })).toEqual({
      ok: false,
      code: 'lock-held',
      message: expect.stringContaining(
        'src/a.ts is locked by opus (src/**) until 2026-11-20T12:30',
      ) as unknown,
      data: {
        scope: 'src/a.ts',
        held: 'src/**',
        holder: 'opus',
        since: '2026-11-20T11:00:00.000Z',
        until: half,
        token: 5,
        task: null,
      },
    });
  });

  it('names the task that ends it where it has no time', () => {
    const past = [added, held({ until: null, task: 't-1' })];
    expect(decide(acquire, past, { scope: ['src/**'] })).toMatchObject({
      message: expect.stringContaining('until T-1 ends') as unknown,
      data: { task: 'T-1' },
    });
  });

  it('lets a sharer in beside sharers only', () => {
    const shared = [held({ mode: 'shared' })];
    const outcomes = [
      decide(acquire, shared, { scope: ['src/**'], shared: true }),
      decide(acquire, shared, { scope: ['src/**'] }),
      decide(acquire, [held()], { scope: ['src/**'], shared: true }),
    ];
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, false]);
  });

  it('is taken over at once when it lapsed, and named once however often it overlaps', () => {
    const past = [held({ until: noon })];
    const outcome = decide(acquire, past, { scope: ['src/a.ts', 'src/b.ts'] });
    expect(outcome.ok && outcome.events.map(({ type }) => type)).toEqual([
      'lock.expired',
      'lock.acquired',
      'lock.acquired',
    ]);
    expect(outcome).toMatchObject({
      events: [{ data: { scope: 'src/**', holder: 'opus' } }, {}, {}],
    });
  });
});

describe('a lock of one’s own', () => {
  it('is extended without a new grant, and never shortened', () => {
    const past = [held({ holder: 'codex' })];
    const extended = { scope: 'src/**', holder: 'codex', task: null };
    expect(decide(acquire, past, { scope: ['src/**'] })).toMatchObject({
      events: [{ type: 'lock.extended', data: { ...extended, until: one } }],
    });
    expect(decide(acquire, past, { scope: ['src/**'], ttl: '1m' })).toMatchObject({
      events: [{ type: 'lock.extended', data: { ...extended, until: half } }],
    });
  });

  it('is granted anew when a shared one is to be exclusive', () => {
    const past = [held({ holder: 'codex', mode: 'shared' })];
    expect(decide(acquire, past, { scope: ['src/**'] })).toMatchObject({
      events: [{ type: 'lock.acquired', data: { mode: 'exclusive' } }],
    });
    expect(decide(acquire, past, { scope: ['src/**'], shared: true })).toMatchObject({
      events: [{ type: 'lock.extended' }],
    });
  });

  it('stays shared beside another sharer', () => {
    const past = [held({ mode: 'shared' }), held({ holder: 'codex', mode: 'shared' })];
    expect(decide(acquire, past, { scope: ['src/**'] })).toMatchObject({ code: 'lock-held' });
  });

  it('is granted anew when it lapsed', () => {
    const past = [held({ holder: 'codex', until: noon })];
    expect(decide(acquire, past, { scope: ['src/**'] })).toMatchObject({
      events: [{ type: 'lock.expired' }, { type: 'lock.acquired' }],
    });
  });
});

describe('the limit of locks', () => {
  const rules = { ...moment().rules, locks: { ttlSeconds: 3600, maxPerAgent: 2 } };
  const past = [held({ holder: 'codex' }), held({ holder: 'codex', scope: '@old', until: noon })];

  it('refuses one more, counting what is on and what is asked for', () => {
    expect(decide(acquire, past, { scope: ['@a', '@b'] }, { rules })).toMatchObject({
      ok: false,
      code: 'lock-limit',
      data: { max: 2, held: ['src/**'] },
    });
  });

  it('does not count lapsed ones, nor what is only extended', () => {
    expect(decide(acquire, past, { scope: ['@a', 'src/**'] }, { rules }).ok).toBe(true);
  });

  it('does not stand in the way of extending when it was lowered', () => {
    const low = { ...rules, locks: { ttlSeconds: 3600, maxPerAgent: 0 } };
    expect(decide(acquire, past, { scope: ['src/**'] }, { rules: low }).ok).toBe(true);
  });
});

describe('a lock for a task', () => {
  const input = { scope: ['src/**'], task: 't-1' };

  it('lasts as the claim does', () => {
    expect(decide(acquire, [added, claimed], input)).toMatchObject({
      events: [{ data: { until: three, task: 't-1' } }],
    });
    expect(
      answer(acquire, [added, claimed, held({ holder: 'codex', task: 't-1' })], input),
    ).toMatchObject({ lock: { task: 'T-1' } });
  });

  it('lasts until the task ends for a person without the claim', () => {
    expect(decide(acquire, [added, claimed], input, { actor: person })).toMatchObject({
      events: [{ data: { holder: 'git:anna', until: null, task: 't-1' } }],
    });
  });

  it('ties a lock that one has already', () => {
    const past = [added, claimed, held({ holder: 'codex' })];
    expect(decide(acquire, past, input)).toMatchObject({
      events: [{ type: 'lock.extended', data: { until: three, task: 't-1' } }],
    });
  });

  it('is refused for a task that is not there', () => {
    expect(decide(acquire, [added], { ...input, task: 'T-9' })).toMatchObject({
      ok: false,
      code: 'task-unknown',
      data: { task: 'T-9' },
    });
  });

  it('is refused for a task that is closed', () => {
    const data = { task: 't-1', evidence: [], verified: false };
    const past = [added, claimed, { event: { type: 'task.completed', data } }];
    expect(decide(acquire, past, input)).toMatchObject({ ok: false, code: 'task-closed' });
  });

  it('is refused without a live claim of one’s own', () => {
    const codes = [
      decide(acquire, [added], input),
      decide(acquire, [added, claimed], input, { actor: agent('opus', 'executive') }),
      decide(acquire, [added, claimed], input, { now: three }),
    ].map((outcome) => !outcome.ok && outcome.code);
    expect(codes).toEqual(['not-holder', 'not-holder', 'not-holder']);
  });
});

describe('what is no scope or time', () => {
  it.each([
    [{ scope: [] }],
    [{ scope: ['../etc'] }],
    [{ scope: ['@build//x'] }],
    [{ scope: [''] }],
    [{ scope: ['x'.repeat(257)] }],
    [{ scope: ['src/**'], ttl: '31d' }],
    [{ scope: ['src/**'], ttl: '99999999d' }],
  ])('%j is not understood', (input) => {
    expect(acquire.input.safeParse(input).success).toBe(false);
  });
});
