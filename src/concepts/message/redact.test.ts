// Redacting leaves the hash of a text and nothing else of it, once and for all.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { answer, decide } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { redact } from './redact.ts';

const text = 'the password is tulip';
const sent: Past = {
  event: {
    type: 'message.sent',
    data: {
      ...{ to: 'codex', recipients: ['codex'], subject: 'Hello', priority: 'low' },
      ...{ thread: null, ackRequired: false, expectReplyUntil: null, expiresAt: null, link: null },
    },
  },
  meta: { id: 'a', actor: 'opus', input: { body: text } },
};
const actor = { name: 'git:alice', tier: 'human', isPersonPresent: false } as const;
const wanted = { message: 'a', reason: 'a secret' };
const redacted = {
  type: 'message.redacted',
  data: { message: 'a', by: 'git:alice', reason: 'a secret' },
};

describe('redacting', () => {
  it('is one event, which does not say the text, and happens once', () => {
    const outcome = decide(redact, [sent], wanted, { actor });
    expect(outcome).toEqual({ ok: true, events: [redacted] });
    expect(decide(redact, [sent, { event: redacted }], wanted, { actor })).toEqual({
      ok: true,
      events: [],
    });
  });

  it('leaves the hash of the text', () => {
    const hash = createHash('sha256').update(text).digest('hex');
    const result = answer(redact, [sent, { event: redacted }], wanted);
    expect(result).toMatchObject({ message: { body: { redacted: `sha256:${hash}` } } });
    expect(JSON.stringify(result)).not.toContain('tulip');
  });

  it('is refused of what does not exist', () => {
    expect(decide(redact, [sent], { ...wanted, message: 'M-9' }, { actor })).toMatchObject({
      code: 'message-unknown',
    });
  });

  it('is for executives and people', () => {
    expect(redact.allow).toEqual(['executive', 'human']);
  });
});
