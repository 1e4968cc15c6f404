// What the events of messages do to the fold, how messages are called, and that each reaches each recipient once.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Moment } from '../../kernel/operation.ts';
import { answer, decide, stateAfter } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { agents } from '../agent/agent.ts';
import { ack } from './ack.ts';
import { inbox } from './inbox.ts';
import { hasInbox, inboxOf, isOverdue, isReachable, messages, unreadOf } from './message.ts';
import type { Message } from './message.ts';
import { read } from './read.ts';
import { send } from './send.ts';

const now = '2026-11-20T12:00:00.000Z';

function sent(id: string, parts: Partial<Message> = {}): Past {
  const { from = 'opus', at = '2026-11-20T11:00:00.000Z', body = '', ...rest } = parts;
  const data = {
    ...{ to: 'codex', recipients: ['codex'], subject: id, priority: 'normal' },
    ...{ thread: null, ackRequired: false, expectReplyUntil: null, expiresAt: null, link: null },
    ...rest,
  };
  return { event: { type: 'message.sent', data }, meta: { id, actor: from, at, input: { body } } };
}

function marked(type: 'read' | 'acked', message: string, by = 'codex'): Past {
  return { event: { type: `message.${type}`, data: { message, by } } };
}

function joined(name: string): Past {
  const data = { name, tier: 'implementer', capabilities: [], session: null };
  return { event: { type: 'agent.joined', data } };
}

function left(name: string): Past {
  return { event: { type: 'agent.left', data: { name, forced: false, reason: null } } };
}

describe('the fold', () => {
  it('keeps what was sent, by whom and when, and counts it', () => {
    const state = stateAfter(messages, [sent('a'), sent('b', { body: 'text', thread: 'a' })]);
    expect(state.sent).toBe(2);
    expect(state.byId.get('b')).toEqual({
      ...{ id: 'b', number: 2, from: 'opus', at: '2026-11-20T11:00:00.000Z', thread: 'a' },
      ...{ to: 'codex', recipients: ['codex'], subject: 'b', body: 'text', priority: 'normal' },
      ...{ ackRequired: false, expectReplyUntil: null, expiresAt: null, link: null },
      ...{ readBy: [], ackedBy: [] },
    });
    expect(state.byId.get('a')?.thread).toBe('a');
  });

  it('takes the text from the input, and nothing that is no text', () => {
    const { event } = sent('a');
    const bodyOf = (input: Record<string, unknown>): unknown =>
      stateAfter(messages, [{ event, meta: { id: 'a', input } }]).byId.get('a')?.body;
    expect(bodyOf({ body: 'text' })).toBe('text');
    expect(bodyOf({})).toBe('');
    expect(bodyOf({ reason: 'why' })).toBe('why');
    expect(bodyOf({ body: 'text', reason: 'why' })).toBe('text');
    for (const body of [7, null, ['a'], { a: 1 }]) expect(bodyOf({ body })).toBe('');
  });

  it('notes who read and who acknowledged, each once', () => {
    const state = stateAfter(messages, [
      sent('a'),
      marked('read', 'a'),
      marked('read', 'a'),
      marked('acked', 'a'),
      marked('acked', 'a'),
      marked('read', 'a', 'opus'),
    ]);
    expect(state.byId.get('a')).toMatchObject({ readBy: ['codex', 'opus'], ackedBy: ['codex'] });
  });

  it('ignores marks on messages that it does not know', () => {
    const state = stateAfter(messages, [marked('read', 'x'), marked('acked', 'x')]);
    expect(state.byId.size).toBe(0);
  });
});

describe('calling a message', () => {
  const state = stateAfter(messages, [sent('a'), sent('b')]);

  it.each([
    ['M-1', 'a'],
    ['m-2', 'b'],
    ['b', 'b'],
    ['M-3', undefined],
    ['M-02', undefined],
    ['2', undefined],
    ['T-1', undefined],
  ])('%s is %s', (text, id) => {
    expect(messages.find?.(state, text)).toBe(id);
  });
});

describe('an inbox', () => {
  const at = (minute: number): string => `2026-11-20T11:${String(minute).padStart(2, '0')}:00.000Z`;

  it('is in the order of priority, first in first out inside one', () => {
    const order = ['low', 'normal', 'critical', 'normal', 'high', 'critical'] as const;
    const past = order.map((priority, index) =>
      sent(`${priority}-${index}`, { priority, at: at(index) }),
    );
    const ids = inboxOf(stateAfter(messages, past), 'codex', now).map(({ id }) => id);
    expect(ids).toEqual(['critical-2', 'critical-5', 'high-4', 'normal-1', 'normal-3', 'low-0']);
  });

  it('holds what was sent to that member and has not expired', () => {
    const state = stateAfter(messages, [
      sent('mine'),
      sent('shared', { recipients: ['codex', 'haiku'] }),
      sent('other', { recipients: ['haiku'] }),
      sent('expired', { expiresAt: now }),
      sent('lasting', { expiresAt: '2026-11-20T12:00:00.001Z' }),
    ]);
    const ids = inboxOf(state, 'codex', now).map(({ id }) => id);
    expect(ids).toEqual(['mine', 'shared', 'lasting']);
  });

  it('knows what is unread by whom', () => {
    const past = [sent('a', { recipients: ['codex', 'haiku'] }), marked('read', 'a')];
    const state = stateAfter(messages, past);
    expect(unreadOf(state, 'codex', now)).toEqual([]);
    expect(unreadOf(state, 'haiku', now).map(({ id }) => id)).toEqual(['a']);
  });
});

describe('being overdue', () => {
  const isOver = (past: readonly Past[], name = 'codex', at = now): boolean => {
    const state = stateAfter(messages, past);
    const message = state.byId.get('a');
    return message !== undefined && isOverdue(state, message, name, at);
  };

  it('begins when a reply was expected and did not come', () => {
    const asked = sent('a', { expectReplyUntil: now });
    expect(isOver([asked], 'codex', '2026-11-20T11:59:59.999Z')).toBe(false);
    expect(isOver([asked])).toBe(true);
    expect(isOver([sent('a')])).toBe(false);
  });

  it('ends with a reply in the thread, a late one too, but not with somebody else’s', () => {
    const asked = sent('a', { expectReplyUntil: now });
    const reply = { thread: 'a', recipients: ['opus'], at: '2026-11-20T12:30:00.000Z' };
    expect(isOver([asked, sent('b', { ...reply, from: 'codex' })])).toBe(false);
    expect(isOver([asked, sent('b', { ...reply, from: 'haiku' })])).toBe(true);
    expect(isOver([asked, sent('b', { from: 'codex', recipients: ['opus'] })])).toBe(true);
  });

  it('is not ended by what was written in the thread before', () => {
    const earlier = sent('root', { from: 'codex', recipients: ['opus'] });
    const asked = sent('a', { thread: 'root', expectReplyUntil: now });
    expect(isOver([earlier, asked])).toBe(true);
  });

  it('begins a day after an acknowledgement was asked for', () => {
    const asked = sent('a', { ackRequired: true, at: '2026-11-19T12:00:00.000Z' });
    expect(isOver([asked], 'codex', '2026-11-20T11:59:59.999Z')).toBe(false);
    expect(isOver([asked])).toBe(true);
    expect(isOver([asked, marked('read', 'a')])).toBe(true);
    expect(isOver([asked, marked('acked', 'a')])).toBe(false);
  });
});

describe('having an inbox', () => {
  const past = [
    joined('codex'),
    joined('gone'),
    sent('a', { from: 'alice' }),
    sent('b', { from: 'gone' }),
    left('gone'),
  ];
  const members = { agents: stateAfter(agents, past), people: ['carol'] };
  const letters = stateAfter(messages, past);

  it.each([
    ['codex', true, true],
    ['git:bob', true, true],
    ['gh:bob', true, true],
    ['alice', true, true],
    ['carol', true, true],
    ['gone', false, true],
    ['nobody', false, false],
    ['ftp:bob', false, false],
  ])('%s: reachable %s, inbox %s', (name, reachable, inboxed) => {
    expect(isReachable(name, members, letters)).toBe(reachable);
    expect(hasInbox(name, members, letters)).toBe(inboxed);
  });
});

describe('any sequence of commands', () => {
  const names = ['ann', 'bob', 'cyd'] as const;
  const name = fc.constantFrom(...names);
  const step = fc.oneof(
    fc.record({ do: fc.constant('join' as const), who: name }),
    fc.record({ do: fc.constant('leave' as const), who: name }),
    fc.record({
      do: fc.constant('send' as const),
      who: name,
      to: fc.oneof(name, fc.constantFrom('all', 'tier:implementer', 'git:dan')),
    }),
    fc.record({
      do: fc.constantFrom('read' as const, 'ack' as const),
      who: name,
      pick: fc.nat({ max: 8 }),
    }),
  );
  type Step = typeof step extends fc.Arbitrary<infer Made> ? Made : never;

  /** What should be in whose inbox, kept by hand beside the real thing. */
  interface Model {
    readonly past: Past[];
    readonly present: Set<string>;
    readonly expected: Map<string, string[]>;
    readonly ids: string[];
  }

  function addressed(model: Model, who: string, to: string): string[] {
    if (to === 'git:dan') return [to];
    if (to !== 'all' && to !== 'tier:implementer') return model.present.has(to) ? [to] : [];
    return [...model.present].filter((other) => other !== who);
  }

  function asking(who: string, id: string): Partial<Moment> {
    return { actor: { name: who, tier: 'implementer', isPersonPresent: false }, id };
  }

  function issue(model: Model, operation: typeof send, input: object, who: string): boolean {
    const id = `c-${model.past.length}-${model.ids.length}`;
    const outcome = decide(operation, model.past, input, asking(who, id));
    if (!outcome.ok) return false;
    for (const event of outcome.events) model.past.push({ event, meta: { id, actor: who } });
    if (operation === send) model.ids.push(id);
    return true;
  }

  function sends(model: Model, who: string, to: string): void {
    const expected = addressed(model, who, to);
    const wasSent = issue(model, send, { to, subject: 'x' }, who);
    expect(wasSent).toBe(expected.length > 0 || to === 'all');
    const id = model.ids.at(-1);
    if (!wasSent || id === undefined) return;
    for (const each of expected)
      model.expected.set(each, [...(model.expected.get(each) ?? []), id]);
  }

  function marks(model: Model, who: string, operation: typeof send, pick: number): void {
    const id = model.ids[pick];
    const isMine = id !== undefined && (model.expected.get(who) ?? []).includes(id);
    expect(issue(model, operation, { message: id ?? 'none' }, who)).toBe(isMine);
  }

  function take(model: Model, taken: Step): void {
    if (taken.do === 'join') {
      model.past.push(joined(taken.who));
      model.present.add(taken.who);
    } else if (taken.do === 'leave') {
      model.past.push(left(taken.who));
      model.present.delete(taken.who);
    } else if (taken.do === 'send') {
      if (model.present.has(taken.who)) sends(model, taken.who, taken.to);
    } else {
      marks(model, taken.who, taken.do === 'read' ? read : ack, taken.pick);
    }
  }

  it('brings each message into each recipient’s inbox once, and reading changes no inbox', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const model: Model = { past: [], present: new Set(), expected: new Map(), ids: [] };
        for (const taken of steps) take(model, taken);
        const state = stateAfter(messages, model.past);
        expect([...state.byId.values()].map(({ number }) => number)).toEqual(
          model.ids.map((_id, index) => index + 1),
        );
        for (const each of [...names, 'git:dan']) {
          const ids = inboxOf(state, each, now).map(({ id }) => id);
          expect(ids).toEqual(model.expected.get(each) ?? []);
          const shown = answer(inbox, model.past, {}, asking(each, ''))['messages'];
          expect(shown).toHaveLength(ids.length);
        }
        const reads = model.past.filter(({ event }) => event.type === 'message.read');
        const distinct = new Set(reads.map(({ event }) => JSON.stringify(event.data)));
        expect(distinct.size).toBe(reads.length);
      }),
      { numRuns: 300 },
    );
  });
});
