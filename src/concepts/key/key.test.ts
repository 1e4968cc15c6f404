// What the log says of keys: added, rotated, revoked, and by whom.
import { describe, expect, it } from 'vitest';
import { agent, person, Story } from '../../../test/story.ts';
import { add } from './add.ts';
import { keys, liveKeys } from './key.ts';
import { list } from './list.ts';
import { revoke } from './revoke.ts';
import { rotate } from './rotate.ts';

const codex = agent('codex');
const one = 'ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
const two = `ed25519:${Buffer.alloc(32, 2).toString('base64')}`;
const three = `ed25519:${Buffer.alloc(32, 3).toString('base64')}`;

const states = (story: Story) => story.ask(person, list)['keys'] as object[];

describe('adding a key', () => {
  it('is one event, for oneself', () => {
    const story = new Story();
    expect(story.tell(codex, add, { key: one })).toEqual({
      ok: true,
      events: [{ type: 'key.added', data: { agent: 'codex', key: one } }],
    });
    expect(states(story)).toEqual([
      {
        ...{ agent: 'codex', key: one, state: 'live', by: 'codex', seq: 1 },
        at: '2026-11-20T12:00:00.000Z',
      },
    ]);
  });

  it('of somebody else is for people', () => {
    const story = new Story();
    expect(story.tell(codex, add, { key: one, agent: 'opus' })).toMatchObject({
      code: 'not-yourself',
    });
    expect(story.make(person, add, { key: one, agent: 'opus' })).toEqual({
      key: { agent: 'opus', key: one, state: 'live' },
    });
  });

  it('again confirms it, and after its end begins it anew', () => {
    const story = new Story();
    story.make(codex, add, { key: one });
    story.make(person, add, { key: one, agent: 'codex' });
    story.make(codex, revoke, { key: one });
    expect(states(story)).toMatchObject([{ state: 'ended', by: 'codex', seq: 3 }]);
    story.make(person, add, { key: one, agent: 'codex' });
    expect(states(story)).toMatchObject([{ state: 'live', by: 'git:anna', seq: 4 }]);
  });

  it.each(['', 'AAAA', 'ed25519:AAAA', one.slice(8), one.replace('Ro=', 'Rp=')])(
    'takes no %j',
    (key) => {
      expect(add.input.safeParse({ key }).success).toBe(false);
    },
  );
});

describe('rotating a key', () => {
  it('ends the only one that there is', () => {
    const story = new Story();
    story.make(codex, add, { key: one });
    const given = { to: two };
    const completed = rotate.complete?.(
      given,
      { keys: keysOf(story) } as never,
      story.moment(codex),
    );
    expect(completed).toEqual({ to: two, from: one });
    story.make(codex, rotate, { to: two, from: one });
    expect(states(story)).toMatchObject([
      { key: one, state: 'ended' },
      { key: two, state: 'live' },
    ]);
  });

  it('asks which of several, or of none', () => {
    const story = new Story();
    expect(story.tell(codex, rotate, { to: two })).toMatchObject({ code: 'key-unknown' });
    story.make(codex, add, { key: one });
    story.make(codex, add, { key: three });
    expect(story.tell(codex, rotate, { to: two })).toMatchObject({
      code: 'key-unknown',
      data: { keys: [one, three] },
    });
    const given = { to: two };
    const completed = rotate.complete?.(
      given,
      { keys: keysOf(story) } as never,
      story.moment(codex),
    );
    expect(completed).toEqual(given);
  });

  it('is not to the same key', () => {
    const story = new Story();
    story.make(codex, add, { key: one });
    expect(story.tell(codex, rotate, { to: one, from: one })).toMatchObject({ code: 'key-same' });
  });

  it('ends one that only the policy names', () => {
    const story = new Story();
    const outcome = story.tell(codex, rotate, { to: two, from: one });
    expect(outcome).toMatchObject({ events: [{ type: 'key.rotated' }] });
  });
});

describe('revoking a key', () => {
  it('is for its owner and for people', () => {
    const story = new Story();
    story.make(codex, add, { key: one });
    expect(story.tell(agent('opus'), revoke, { key: one, agent: 'codex' })).toMatchObject({
      code: 'not-yourself',
    });
    expect(story.tell(person, revoke, { key: one, agent: 'codex', reason: 'stolen' })).toEqual({
      ok: true,
      events: [{ type: 'key.revoked', data: { agent: 'codex', key: one, why: 'stolen' } }],
    });
  });

  it('needs a key that is in use', () => {
    const story = new Story();
    expect(story.tell(codex, revoke, { key: one })).toMatchObject({ code: 'key-unknown' });
    story.make(codex, add, { key: one });
    story.make(codex, revoke, { key: one });
    expect(story.tell(codex, revoke, { key: one })).toMatchObject({ code: 'key-unknown' });
  });
});

it('the list is of one, if asked, and says so when it is empty', () => {
  const story = new Story();
  expect(list.text?.(story.ask(person, list))).toBe(
    'The log names no keys. Those of the policy too: coord agent key list',
  );
  story.make(codex, add, { key: one });
  story.make(agent('opus'), add, { key: two });
  expect(story.ask(person, list, { agent: 'opus' })).toMatchObject({ keys: [{ key: two }] });
});

it('records pushed by hand that name nobody mark nothing', () => {
  const state = keys.initial();
  const meta = { seq: 1, at: '2026-11-20T12:00:00.000Z', actor: 'x', id: 'c-1', input: {} };
  keys.evolve['key.added'](state, { agent: 7, key: one } as never, meta);
  keys.evolve['key.rotated'](state, { agent: 'codex' } as never, meta);
  keys.evolve['key.revoked'](state, {} as never, meta);
  expect(state.byAgent.size).toBe(0);
  expect(liveKeys(state, 'codex')).toEqual([]);
});

function keysOf(story: Story) {
  const state = keys.initial();
  for (const { event, meta } of story.past) {
    const handle = keys.evolve[event.type as 'key.added'];
    const { seq = 0, at = '', actor = '', id = '' } = meta ?? {};
    handle(state, event.data as never, { seq, at, actor, id, input: {} });
  }
  return state;
}
