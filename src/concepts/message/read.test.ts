// Reading and acknowledging: by recipients, once; people may look at anything.
import { describe, expect, it } from 'vitest';
import type { Moment } from '../../kernel/operation.ts';
import { answer, decide } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { read } from './read.ts';

const person = { name: 'git:alice', tier: 'human', isPersonPresent: true } as const;
const opus = { name: 'opus', tier: 'executive', isPersonPresent: false } as const;

function sent(id: string, recipients: readonly string[], thread: string | null = null): Past {
  const data = {
    ...{
      to: 'codex',
      recipients,
      subject: 'Hello',
      priority: 'low',
      thread,
    },
    ...{ ackRequired: false, expectReplyUntil: null, expiresAt: null, link: null },
  };
  const meta = { id, actor: 'opus', input: { body: 'Ünï\n\tcode 😀' } };
  return { event: { type: 'message.sent', data }, meta };
}

const given = [sent('root', ['codex']), sent('a', ['codex', 'git:bob'], 'root')];
const readByCodex: Past = {
  event: { type: 'message.read', data: { message: 'a', by: 'codex' } },
};

function eventsOf(past: readonly Past[], message: string, at: Partial<Moment> = {}): unknown {
  const outcome = decide(read, past, { message }, at);
  return outcome.ok ? outcome.events : outcome;
}

describe('reading', () => {
  it('marks the message for its recipient, once', () => {
    expect(eventsOf(given, 'a')).toEqual([readByCodex.event]);
    expect(eventsOf([...given, readByCodex], 'a')).toEqual([]);
  });

  it('marks it for a person only when it was sent to that person', () => {
    expect(eventsOf(given, 'a', { actor: person })).toEqual([]);
    const bob = { ...person, name: 'git:bob' };
    expect(eventsOf(given, 'a', { actor: bob })).toMatchObject([{ data: { by: 'git:bob' } }]);
  });

  it('is refused to agents that it was not sent to, the sender included', () => {
    expect(eventsOf(given, 'a', { actor: opus })).toMatchObject({
      code: 'not-recipient',
      message: expect.stringMatching(/^M-2 was sent to codex, not to opus\./) as string,
    });
  });

  it('is refused of what does not exist', () => {
    expect(eventsOf(given, 'M-9')).toMatchObject({
      code: 'message-unknown',
      message: expect.stringContaining('M-9') as string,
    });
  });

  it('answers with the message and its text', () => {
    expect(answer(read, [...given, readByCodex], { message: 'a' })).toEqual({
      message: {
        ...{ id: 'M-2', from: 'opus', to: 'codex', subject: 'Hello', priority: 'low' },
        ...{ at: '2026-11-20T11:00:00.000Z', read: true, acked: false, ackRequired: false },
        ...{ overdue: false, expectReplyUntil: null, expiresAt: null, thread: 'M-1', link: null },
        body: 'Ünï\n\tcode 😀',
      },
    });
  });
});
