// Whose inbox one may see, and what it shows.
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../kernel/operation.ts';
import type { Moment } from '../../kernel/operation.ts';
import { answer, moment } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { inbox } from './inbox.ts';
import type { Message } from './message.ts';

const person = { name: 'git:alice', tier: 'human', isPersonPresent: true } as const;

function joined(name: string): Past {
  const data = { name, tier: 'implementer', capabilities: [], session: null };
  return { event: { type: 'agent.joined', data } };
}

function sent(id: string, parts: Partial<Message> = {}): Past {
  const data = {
    ...{ to: 'codex', recipients: ['codex'], subject: id, priority: 'normal' },
    ...{ thread: null, ackRequired: false, expectReplyUntil: null, expiresAt: null, link: null },
    ...parts,
  };
  const meta = { id, actor: 'opus', input: { body: 'Text.' } };
  return { event: { type: 'message.sent', data }, meta };
}

const given = [
  joined('codex'),
  sent('first'),
  sent('urgent', { priority: 'critical', ackRequired: true }),
  sent('asked', { expectReplyUntil: '2026-11-20T11:30:00.000Z' }),
  sent('old', { expiresAt: '2026-11-20T11:30:00.000Z' }),
  { event: { type: 'message.read', data: { message: 'first', by: 'codex' } } },
];

function shown(input: object = {}, at: Partial<Moment> = {}, past = given): unknown {
  return answer(inbox, past, input, at);
}

function textOf(past: readonly Past[]): string | undefined {
  return inbox.text?.(answer(inbox, past, {}));
}

describe('the inbox', () => {
  it('shows what was sent to you: urgent first, no texts, nothing expired', () => {
    expect(shown()).toMatchObject({
      messages: [
        { id: 'M-2', priority: 'critical', read: false, ackRequired: true, overdue: false },
        { id: 'M-1', priority: 'normal', read: true, overdue: false },
        { id: 'M-3', priority: 'normal', read: false, overdue: true },
      ],
      unread: 2,
    });
    expect(JSON.stringify(shown())).not.toContain('Text.');
  });

  it('leaves out what was read, when asked', () => {
    expect(shown({ unread: true })).toMatchObject({
      messages: [{ id: 'M-2' }, { id: 'M-3' }],
      unread: 2,
    });
  });

  it('shows a broadcast to everyone who was there and not to who came later', () => {
    const past = [joined('codex'), sent('b', { recipients: ['codex', 'haiku'] }), joined('late')];
    for (const [name, count] of [
      ['codex', 1],
      ['haiku', 1],
      ['opus', 0],
      ['late', 0],
    ] as const) {
      const actor = { name, tier: 'implementer', isPersonPresent: false } as const;
      expect(answer(inbox, past, {}, { actor })['messages']).toHaveLength(count);
    }
  });
});

describe('the inbox of somebody else', () => {
  it('is open to people', () => {
    expect(shown({ name: 'Codex' }, { actor: person })).toMatchObject({ unread: 2 });
    expect(shown({ name: 'git:bob' }, { actor: person })).toEqual({ messages: [], unread: 0 });
  });

  it('of a listed person is open to people before anything was sent or received', () => {
    const at = { actor: person, rules: { ...moment().rules, people: ['carol'] } };
    expect(shown({ name: 'carol' }, at)).toEqual({ messages: [], unread: 0 });
  });

  it('is refused to agents; one’s own name is fine', () => {
    expect(shown({ name: 'opus' })).toMatchObject({ ok: false, code: 'not-yourself' });
    expect(shown({ name: '@codex' })).toMatchObject({ unread: 2 });
  });

  it('must exist', () => {
    const refused = answer(inbox, given, { name: 'codx' }, { actor: person });
    expect(isRefusal(refused)).toBe(true);
    expect(refused).toMatchObject({
      code: 'recipient-unknown',
      message: 'Nobody named codx has joined. Did you mean codex?',
    });
  });
});

describe('the inbox as lines', () => {
  it('says so when it is empty', () => {
    expect(textOf([joined('codex')])).toBe('No messages.');
  });

  it('is aligned, with the marks behind', () => {
    expect(textOf(given)).toBe(
      [
        'M-2  critical  opus  urgent  (unread, ack required)',
        'M-1  normal    opus  first  (read)',
        'M-3  normal    opus  asked  (unread, overdue)',
      ].join('\n'),
    );
    const acked: Past = {
      event: { type: 'message.acked', data: { message: 'urgent', by: 'codex' } },
    };
    expect(textOf([...given, acked])).toContain('urgent  (acked)');
  });

  it('keeps a subject on its line and away from the terminal’s controls', () => {
    const text = textOf([joined('codex'), sent('x', { subject: 'a\nb\u001b[31mc' })]);
    expect(text).toBe('M-1  normal  opus  a b [31mc  (unread)');
  });
});
