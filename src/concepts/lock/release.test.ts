// Who may give a lock back, and that a late command cannot end a later grant.
import { describe, expect, it } from 'vitest';
import type { Details } from '../../kernel/fault.ts';
import { decide, moment, stateAfter } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { agent, person, Story } from '../../../test/story.ts';
import { acquire } from './acquire.ts';
import { liveLocks, liveOverrides, locks } from './lock.ts';
import { release } from './release.ts';

const force = { force: true, reason: 'its machine is gone' };
const codex = agent('codex');
const opus = agent('opus', 'executive');

function held(data: object = {}, seq = 5): Past {
  const usual = { scope: 'src/**', holder: 'codex', mode: 'exclusive' };
  const rest = { until: '2026-11-20T13:00:00.000Z', task: null, reason: null };
  return { event: { type: 'lock.acquired', data: { ...usual, ...rest, ...data } }, meta: { seq } };
}

/** What the engine stores for an input: with what the sender saw. */
function completed(past: readonly Past[], input: Details, actor = codex): Details {
  const hook = release.complete;
  return hook?.(input, { locks: stateAfter(locks, past) } as never, moment({ actor })) ?? input;
}

describe('the holder', () => {
  it('releases its locks, all in one command', () => {
    const past = [held(), held({ scope: '@build' })];
    const input = { scope: ['src/**', '@Build'], reason: 'finished' };
    expect(decide(release, past, input)).toEqual({
      ok: true,
      events: ['@build', 'src/**'].map((scope) => ({
        type: 'lock.released',
        data: { scope, holder: 'codex', by: 'codex', why: 'finished' },
      })),
    });
  });

  it('may clear up a lapsed one that nobody took over', () => {
    const past = [held({ until: '2026-11-20T11:30:00.000Z' })];
    expect(decide(release, past, { scope: ['src/**'] }).ok).toBe(true);
  });

  it('releases its own of several shared ones', () => {
    const past = [held({ mode: 'shared' }), held({ mode: 'shared', holder: 'opus' })];
    expect(decide(release, past, { scope: ['src/**'] })).toMatchObject({
      events: [{ data: { holder: 'codex' } }],
    });
  });

  it('answers with what is free now and no previous holders', () => {
    const story = new Story();
    story.make(codex, acquire, { scope: ['src/**'] });
    expect(story.make(codex, release, { scope: ['src/**'] })).toEqual({
      lock: { scope: 'src/**', holder: null },
      released: ['src/**'],
      previousHolders: [],
    });
  });
});

describe('what is refused', () => {
  it('a scope that nobody locked, with the nearest of one’s own', () => {
    expect(decide(release, [held()], { scope: ['scr/**'] })).toMatchObject({
      ok: false,
      code: 'lock-unknown',
      message: expect.stringContaining('Did you mean src/**?') as unknown,
      data: { own: ['src/**'] },
    });
  });

  it('somebody else’s lock, named with its holder', () => {
    const actor = agent('haiku');
    expect(decide(release, [held()], { scope: ['src/**'] }, { actor })).toMatchObject({
      ok: false,
      code: 'not-holder',
      data: { scope: 'src/**', holder: 'codex', token: 5 },
    });
  });

  it('all when one of several is refused', () => {
    expect(decide(release, [held()], { scope: ['src/**', '@other'] })).toMatchObject({ ok: false });
  });

  it('force by an implementer', () => {
    const outcome = decide(release, [held()], { scope: ['src/**'], ...force });
    expect(outcome).toMatchObject({ ok: false, code: 'force-not-allowed' });
  });

  it('force without a reason', () => {
    const input = { scope: ['src/**'], force: true };
    expect(decide(release, [held()], input, { actor: person })).toMatchObject({
      ok: false,
      code: 'reason-needed',
    });
  });

  it('force on what nobody locked', () => {
    const outcome = decide(release, [], { scope: ['src/**'], ...force }, { actor: person });
    expect(outcome).toMatchObject({ ok: false, code: 'lock-unknown' });
  });

  it('a token of another grant', () => {
    expect(decide(release, [held()], { scope: ['src/**'], token: [4] })).toMatchObject({
      ok: false,
      code: 'stale-token',
      data: { token: 5, given: [4], holder: 'codex' },
    });
    expect(decide(release, [held()], { scope: ['src/**'], token: [5] }).ok).toBe(true);
  });
});

describe('force', () => {
  it.each([person, opus])(
    'of $tier releases everybody’s lock on the scope, with who and why',
    (actor) => {
      const past = [held({ mode: 'shared' }), held({ mode: 'shared', holder: 'haiku' })];
      const releases = ['codex', 'haiku'].map((holder) => ({
        type: 'lock.released',
        data: { scope: 'src/**', holder, by: actor.name, why: force.reason },
      }));
      const subject = 'Released by force: the lock on src/**';
      const notice = { recipients: ['codex', 'haiku'], to: 'codex, haiku', subject };
      expect(decide(release, past, { scope: ['src/**'], ...force }, { actor })).toMatchObject({
        events: [...releases, { type: 'message.sent', data: notice }],
      });
    },
  );

  it('on one’s own lock gives nobody a message', () => {
    const past = [held({ holder: 'opus' })];
    expect(decide(release, past, { scope: ['src/**'], ...force }, { actor: opus })).toMatchObject({
      events: [{ type: 'lock.released' }],
    });
  });

  it('tells the previous holders, and leaves the lock for the check to count', () => {
    const story = new Story();
    story.make(codex, acquire, { scope: ['src/**'] });
    expect(story.make(person, release, { scope: ['src/**'], ...force })).toMatchObject({
      previousHolders: [{ scope: 'src/**', holder: 'codex', token: 1 }],
    });
    const state = stateAfter(locks, story.past);
    expect(liveLocks(state, story.now)).toEqual([]);
    expect(liveOverrides(state, story.now)).toMatchObject([{ by: 'git:anna', seq: 2 }]);
  });

  it('can be repeated by somebody with a better word', () => {
    const story = new Story();
    story.make(codex, acquire, { scope: ['src/**'] });
    story.make(opus, release, { scope: ['src/**'], ...force });
    story.make(person, release, { scope: ['src/**'], ...force });
    expect(liveOverrides(stateAfter(locks, story.past), story.now)).toMatchObject([
      { by: 'git:anna', seq: 3 },
    ]);
  });
});

describe('the grant that the sender saw', () => {
  it('is stored with the command, of all scopes, once each', () => {
    const story = new Story();
    const first = story.make(codex, acquire, { scope: ['src/**', '@a'] });
    const second = story.make(codex, acquire, { scope: ['@b'] });
    const grants = [...story.past].flatMap(({ meta }) => meta?.id ?? []);
    expect(completed(story.past, { scope: ['src/**', '@a', '@b'] })).toEqual({
      scope: ['src/**', '@a', '@b'],
      grant: [...new Set(grants)].sort(),
    });
    expect([first, second]).toHaveLength(2);
    expect(new Set(grants).size).toBe(2);
  });

  it('is not replaced when it was given, nor said where another token was', () => {
    const given = { scope: ['src/**'], grant: ['x'] };
    expect(completed([held()], given)).toEqual(given);
    expect(completed([held()], { scope: ['src/**'], token: [4] })).toMatchObject({ grant: [] });
  });

  it('is that of a token which is the right one', () => {
    const past = [held({}, 5)];
    expect(completed(past, { scope: ['src/**'], token: [5] })).toMatchObject({
      ...{ token: [5], grant: [expect.any(String)] },
    });
  });

  it('tells a later grant from it by the command, even with the same token', () => {
    const stored = completed([held({}, 5)], { scope: ['src/**'], ...force }, person);
    const other = {
      ...held({ holder: 'haiku' }, 5),
      meta: { actor: 'haiku', seq: 5, id: 'another' },
    };
    expect(decide(release, [other], stored, { actor: person })).toMatchObject({
      code: 'stale-token',
    });
  });

  it('leaves alone what is no input', () => {
    expect(completed([held()], { scope: 'src/**' })).toEqual({ scope: 'src/**' });
  });

  it('keeps a late release from ending a later grant of the same agent', () => {
    const story = new Story();
    story.make(codex, acquire, { scope: ['src/**'] });
    const stored = completed(story.past, { scope: ['src/**'] });
    story.wait(3601);
    story.make(codex, acquire, { scope: ['src/**'] });
    expect(story.tell(codex, release, stored)).toMatchObject({
      ok: false,
      code: 'stale-token',
      data: { token: 2, given: [] },
    });
  });

  it('keeps a late forced release from ending a later grant of somebody else', () => {
    const story = new Story();
    story.make(codex, acquire, { scope: ['src/**'] });
    const stored = completed(story.past, { scope: ['src/**'], ...force }, person);
    story.make(codex, release, { scope: ['src/**'] });
    story.make(agent('haiku'), acquire, { scope: ['src/**'] });
    expect(story.tell(person, release, stored)).toMatchObject({ code: 'stale-token' });
  });
});

describe('of several of which one is not there', () => {
  it('names by force the near one of anybody, and says how the others are released', () => {
    const story = new Story();
    story.make(codex, acquire, { scope: ['src/**', '@build'] });
    const both = { scope: ['src/**', '@biuld'] };
    expect(story.tell(person, release, { ...both, ...force })).toMatchObject({
      code: 'lock-unknown',
      message:
        'There is no lock on @biuld. Did you mean @build? All are released or none: leave it out to release the others.',
    });
    expect(story.tell(agent('haiku'), release, { scope: ['@biuld'] })).toMatchObject({
      message: 'There is no lock on @biuld. `coord lock list` shows what is locked.',
    });
  });
});

describe('what people read', () => {
  it('is what was released, and who held it', () => {
    const story = new Story();
    story.make(codex, acquire, { scope: ['src/**', '@build'] });
    expect(release.text?.(story.make(codex, release, { scope: ['@build'] }))).toBe(
      'Released @build.',
    );
    expect(release.text?.(story.make(person, release, { scope: ['src/**'], ...force }))).toBe(
      'Released src/**. codex held src/**.',
    );
  });
});
