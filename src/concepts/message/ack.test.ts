// Acknowledging implies reading and happens once.
import { describe, expect, it } from 'vitest';
import type { Moment } from '../../kernel/operation.ts';
import { answer, decide } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { ack } from './ack.ts';

const given: Past = {
  event: {
    type: 'message.sent',
    data: {
      ...{ to: 'codex', recipients: ['codex'], subject: 'Hello', priority: 'low' },
      ...{ thread: null, ackRequired: true, expectReplyUntil: null, expiresAt: null, link: null },
    },
  },
  meta: { id: 'a', actor: 'opus' },
};
const data = { message: 'a', by: 'codex' };
const wasRead = { type: 'message.read', data };
const acked = { type: 'message.acked', data };

function eventsOf(past: readonly Past[], message = 'a', at: Partial<Moment> = {}): unknown {
  const outcome = decide(ack, past, { message }, at);
  return outcome.ok ? outcome.events : outcome;
}

describe('acknowledging', () => {
  it('reads too, unless that was done before', () => {
    expect(eventsOf([given])).toEqual([wasRead, acked]);
    expect(eventsOf([given, { event: wasRead }])).toEqual([acked]);
  });

  it('happens once', () => {
    expect(eventsOf([given, { event: wasRead }, { event: acked }])).toEqual([]);
  });

  it('is for recipients, people included', () => {
    const actor = { name: 'git:alice', tier: 'human', isPersonPresent: true } as const;
    expect(eventsOf([given], 'a', { actor })).toMatchObject({ code: 'not-recipient' });
  });

  it('is refused of what does not exist', () => {
    expect(eventsOf([given], 'M-9')).toMatchObject({ code: 'message-unknown' });
  });

  it('answers with the message', () => {
    expect(answer(ack, [given, { event: wasRead }, { event: acked }], { message: 'a' })).toEqual({
      message: expect.objectContaining({ id: 'M-1', read: true, acked: true }) as object,
    });
  });
});
