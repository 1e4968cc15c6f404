// What the fold keeps of locks, and what holds over any sequence of taking and giving back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateAfter } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { agent, person, Story } from '../../../test/story.ts';
import { acquire } from './acquire.ts';
import { liveLocks, liveOverrides, locks, locksOfTask, scopesOverlap } from './lock.ts';
import type { Lock, Locks } from './lock.ts';
import { release } from './release.ts';

const noon = '2026-11-20T12:00:00.000Z';
const one = '2026-11-20T13:00:00.000Z';
const two = '2026-11-20T14:00:00.000Z';

function acquired(data: object = {}, meta: Past['meta'] = {}): Past {
  const usual = {
    scope: 'src/**',
    holder: 'codex',
    mode: 'exclusive',
    until: one,
    task: null,
    reason: null,
  };
  return {
    event: { type: 'lock.acquired', data: { ...usual, ...data } },
    meta: { at: noon, seq: 7, ...meta },
  };
}

function ended(type: 'lock.released' | 'lock.expired', meta: Past['meta']): Past {
  const data = { scope: 'src/**', holder: 'codex', by: 'mallory', why: null };
  return { event: { type, data }, meta: { at: noon, seq: 9, ...meta } };
}

function stateOf(...past: readonly Past[]): Locks {
  return stateAfter(locks, past);
}

describe('the fold of locks', () => {
  it('keeps a grant with its seq as the token and the time as since', () => {
    expect([...stateOf(acquired()).held.values()]).toEqual([
      {
        scope: 'src/**',
        holder: 'codex',
        mode: 'exclusive',
        since: noon,
        until: one,
        token: 7,
        grant: expect.any(String) as string,
        task: null,
        reason: null,
      },
    ]);
  });

  it('extends without a new token', () => {
    const data = { scope: 'src/**', holder: 'codex', until: two, task: 't-1' };
    const extended: Past = { event: { type: 'lock.extended', data }, meta: { seq: 8 } };
    expect([...stateOf(acquired(), extended).held.values()]).toMatchObject([
      { until: two, task: 't-1', token: 7 },
    ]);
  });

  it('forgets a lock that its holder releases', () => {
    const state = stateOf(acquired(), ended('lock.released', { actor: 'codex' }));
    expect([state.held.size, state.overridden.size]).toEqual([0, 0]);
  });

  it('forgets a lapsed lock that a taker calls expired', () => {
    const state = stateOf(acquired(), ended('lock.expired', { actor: 'opus', at: one }));
    expect([state.held.size, state.overridden.size]).toEqual([0, 0]);
  });

  it('orders live locks by grant and leaves lapsed ones out', () => {
    const late = acquired({ scope: 'docs/**' }, { seq: 8 });
    const endless = acquired({ scope: '@build', until: null }, { seq: 3 });
    const state = stateOf(late, acquired({ until: two }), endless);
    expect(liveLocks(state, one).map(({ scope }) => scope)).toEqual(['@build', 'src/**']);
  });
});

describe('a lock that somebody else ends', () => {
  const released = ended('lock.released', { actor: 'mallory' });

  it('is no longer held, but kept with the record that ended it', () => {
    const state = stateOf(acquired(), released);
    expect(state.held.size).toBe(0);
    expect(liveOverrides(state, noon)).toMatchObject([
      { lock: { holder: 'codex', token: 7 }, by: 'mallory', seq: 9, at: noon },
    ]);
  });

  it('is kept too when the record calls it expired before its time', () => {
    const state = stateOf(acquired(), ended('lock.expired', { actor: 'mallory' }));
    expect(liveOverrides(state, noon)).toMatchObject([{ by: 'mallory', seq: 9 }]);
  });

  it('believes the record and not the event about who ended it', () => {
    const claimsToBeHolder: Past = {
      event: {
        type: 'lock.released',
        data: { scope: 'src/**', holder: 'codex', by: 'codex', why: null },
      },
      meta: { actor: 'mallory', at: noon, seq: 9 },
    };
    expect(liveOverrides(stateOf(acquired(), claimsToBeHolder), noon)).toMatchObject([
      { by: 'mallory' },
    ]);
  });

  it('counts until the lock would have lapsed, and is dropped by the next event after that', () => {
    const later = acquired({ scope: 'docs/**', holder: 'opus', until: two }, { at: one, seq: 10 });
    expect(liveOverrides(stateOf(acquired(), released), one)).toEqual([]);
    expect(stateOf(acquired(), released).overridden.size).toBe(1);
    expect(stateOf(acquired(), released, later).overridden.size).toBe(0);
  });

  it('is forgotten when its holder acquires the scope again', () => {
    const again = acquired({}, { actor: 'codex', seq: 10 });
    const state = stateOf(acquired(), released, again);
    expect([state.held.size, state.overridden.size]).toEqual([1, 0]);
  });

  it('is not forgotten when another says that the holder acquired it', () => {
    const again = acquired({}, { actor: 'mallory', seq: 10 });
    expect(stateOf(acquired(), released, again).overridden.size).toBe(1);
  });

  it('is forgotten when its holder releases it as well', () => {
    const own = ended('lock.released', { actor: 'codex', seq: 10 });
    expect(stateOf(acquired(), released, own).overridden.size).toBe(0);
  });

  it('takes the word of a later release, so that a better one can confirm it', () => {
    const confirmed = ended('lock.released', { actor: 'git:anna', seq: 10 });
    expect(liveOverrides(stateOf(acquired(), released, confirmed), noon)).toMatchObject([
      { lock: { token: 7 }, by: 'git:anna', seq: 10 },
    ]);
  });

  it('cannot be shortened or replaced instead', () => {
    const data = { scope: 'src/**', holder: 'codex', until: noon, task: null };
    const shortened: Past = {
      event: { type: 'lock.extended', data },
      meta: { actor: 'mallory', at: noon },
    };
    const replaced = acquired({ until: noon, mode: 'shared' }, { actor: 'mallory' });
    expect([
      ...stateOf(acquired({}, { actor: 'codex' }), shortened, replaced).held.values(),
    ]).toMatchObject([{ until: one, mode: 'exclusive' }]);
  });
});

describe('locks of a task', () => {
  it('are those tied to it, whoever holds them, overridden ones too', () => {
    const state = stateOf(
      acquired({ task: 't-1' }),
      ended('lock.released', { actor: 'mallory' }),
      acquired({ task: 't-1', scope: '@x', holder: 'opus' }, { actor: 'opus' }),
      acquired({ task: 't-2', scope: '@y' }),
    );
    expect(locksOfTask(state, 't-1').map(({ scope }) => scope)).toEqual(['@x', 'src/**']);
  });
});

describe('overlap of scopes', () => {
  it.each([
    ['src/**', 'src/a.ts', true],
    ['src/**', 'docs/**', false],
    ['src/*.ts', 'src/{a,b}.ts', true],
    ['@build', '@build', true],
    ['@build', '@deploy', false],
    ['@build', '**', false],
    ['@types/**', '@types/node.d.ts', true],
    ['@types/**', '**', true],
    ['src/***', 'src/**', false],
  ])('%s and %s: %s', (left, right, overlap) => {
    expect([scopesOverlap(left, right), scopesOverlap(right, left)]).toEqual([overlap, overlap]);
  });
});

const scopes = ['src/**', 'src/a/**', 'src/*/x.ts', '{src,docs}/a.md', 'docs/**', '@build'];

const step = fc.record({
  who: fc.constantFrom('codex', 'opus', 'haiku'),
  what: fc.constantFrom('acquire', 'share', 'release', 'force', 'wait'),
  scope: fc.uniqueArray(fc.constantFrom(...scopes), { minLength: 1, maxLength: 2 }),
  minutes: fc.integer({ min: 1, max: 90 }),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function take(story: Story, { who, what, scope, minutes }: Step): void {
  const ttl = `${minutes}m`;
  if (what === 'acquire') story.tell(agent(who), acquire, { scope, ttl });
  if (what === 'share') story.tell(agent(who), acquire, { scope, ttl, shared: true });
  if (what === 'release') story.tell(agent(who), release, { scope });
  if (what === 'force') story.tell(person, release, { scope, force: true, reason: 'test' });
  if (what === 'wait') story.wait(minutes * 60);
}

/** Pairs of live locks of different holders that have a path in common. */
function meetings(story: Story): (readonly [Lock, Lock])[] {
  const live = liveLocks(stateAfter(locks, story.past), story.now);
  return live
    .flatMap((left) => live.map((right) => [left, right] as const))
    .filter(([left, right]) => left.holder !== right.holder)
    .filter(([left, right]) => scopesOverlap(left.scope, right.scope));
}

describe('over any sequence', () => {
  it('two live locks of different holders that overlap are both shared', () => {
    let seen = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const story = new Story();
        for (const each of steps) {
          take(story, each);
          for (const pair of meetings(story)) {
            seen += 1;
            expect(pair.map(({ mode }) => mode)).toEqual(['shared', 'shared']);
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(seen).toBeGreaterThan(0);
  });

  it('fencing tokens of a scope strictly grow', () => {
    let seen = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const story = new Story();
        for (const each of steps) take(story, each);
        const grants = story.past.filter(({ event }) => event.type === 'lock.acquired');
        const last = new Map<string, number>();
        for (const { event, meta } of grants) {
          const { scope } = event.data as { scope: string };
          seen += 1;
          expect(meta?.seq).toBeGreaterThan(last.get(scope) ?? 0);
          last.set(scope, meta?.seq ?? 0);
        }
      }),
      { numRuns: 100 },
    );
    expect(seen).toBeGreaterThan(100);
  });

  it('an accepted command leaves all of its scopes locked, a refused one says which is not free', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), step, (steps, last) => {
        const story = new Story();
        for (const each of steps) take(story, each);
        const outcome = story.tell(agent(last.who), acquire, { scope: last.scope });
        const live = liveLocks(stateAfter(locks, story.past), story.now);
        const own = live.filter(({ holder }) => holder === last.who).map(({ scope }) => scope);
        if (outcome.ok) expect(own).toEqual(expect.arrayContaining(last.scope));
        else expect(last.scope).toContain(outcome.data['scope']);
      }),
      { numRuns: 50 },
    );
  });
});
