// A lock that was signed for ends by what a check can find vouched for, whatever is pushed in its holder's name.
import { describe, expect, it } from 'vitest';
import type { EventMeta } from '../../kernel/decider.ts';
import { liveLocks, liveOverrides, locks } from './lock.ts';

const noon = '2026-11-20T12:00:00.000Z';
const one = '2026-11-20T13:00:00.000Z';
const soon = '2026-11-20T12:00:01.000Z';

function world() {
  const state = locks.initial();
  let seq = 0;
  const meta = (actor: string, isSigned: boolean, at: string): EventMeta => {
    seq += 1;
    return { seq, at, actor, id: `c-${seq}`, input: {}, isSigned };
  };
  const on = { scope: 'src/**', holder: 'codex' };
  return {
    state,
    acquire: (
      isSigned: boolean,
      until: string | null = one,
      at = noon,
      mode = 'exclusive' as const,
    ): number => {
      const data = { ...on, mode, until, task: null, reason: null };
      locks.evolve['lock.acquired'](state, data, meta('codex', isSigned, at));
      return seq;
    },
    extend: (isSigned: boolean, until: string | null): void => {
      locks.evolve['lock.extended'](
        state,
        { ...on, until, task: null },
        meta('codex', isSigned, noon),
      );
    },
    release: (actor: string, isSigned: boolean, at = noon): number => {
      const data = { ...on, by: actor, why: null };
      locks.evolve['lock.released'](state, data, meta(actor, isSigned, at));
      return seq;
    },
    expire: (at = noon): number => {
      locks.evolve['lock.expired'](state, on, meta('codex', false, at));
      return seq;
    },
    on: (now = noon) => liveLocks(state, now).map(({ until, token }) => ({ until, token })),
    asked: (now = noon) =>
      liveOverrides(state, now).map(({ lock, by, seq: at }) => ({ token: lock.token, by, at })),
  };
}

describe('a lock that nobody signed for', () => {
  it('is given back in its holder’s name', () => {
    const { acquire, release, on, asked } = world();
    acquire(false);
    release('codex', false);
    expect([on(), asked()]).toEqual([[], []]);
  });
});

describe('a lock that was signed for', () => {
  it('is asked about when it is given back, signed or not, until it would have lapsed', () => {
    const { acquire, release, on, asked } = world();
    const token = acquire(true);
    const at = release('codex', false);
    expect(on()).toEqual([]);
    expect(asked()).toEqual([{ token, by: 'codex', at }]);
    expect(asked(one)).toEqual([]);
  });

  it('is not shortened, nor taken again without the signature', () => {
    const { acquire, extend, release, on, asked } = world();
    acquire(true);
    extend(false, soon);
    expect(on()).toEqual([{ until: one, token: 1 }]);
    acquire(false, soon);
    expect(on()).toEqual([{ until: one, token: 3 }]);
    release('codex', false);
    expect(asked(soon)).toMatchObject([{ by: 'codex' }]);
  });

  it('stays asked about when it is taken again after a release', () => {
    const { acquire, release, asked } = world();
    acquire(true);
    release('codex', false);
    acquire(false, soon);
    release('codex', false);
    expect(asked()).toEqual([{ token: 1, by: 'codex', at: 2 }]);
  });

  it('is not over because a record says so', () => {
    const { acquire, expire, asked } = world();
    acquire(true);
    const at = expire();
    expect(asked()).toEqual([{ token: 1, by: 'codex', at }]);
    expect(asked(one)).toEqual([]);
  });

  it('is asked about by the last who may know better: a signature, or somebody else', () => {
    const { acquire, release, asked } = world();
    acquire(true);
    release('codex', false);
    acquire(true);
    const signed = release('codex', true);
    expect(asked()).toEqual([
      { token: 1, by: 'codex', at: signed },
      { token: 3, by: 'codex', at: signed },
    ]);
    const person = release('gh:ada', false);
    expect(asked().map(({ by, at }) => [by, at])).toEqual([
      ['gh:ada', person],
      ['gh:ada', person],
    ]);
  });

  it('begins anew after its end', () => {
    const { acquire, on, state } = world();
    acquire(true, soon);
    acquire(false, one, soon);
    expect(on(soon)).toEqual([{ until: one, token: 2 }]);
    expect([...state.held.values()].map(({ signed }) => signed)).toEqual([undefined]);
  });
});
