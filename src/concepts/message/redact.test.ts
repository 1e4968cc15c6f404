// Redacting leaves the hash of a text and nothing else of it, once and for all.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { answer, decide } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { agent, person, Story } from '../../../test/story.ts';
import { add } from '../task/add.ts';
import { cancel } from '../task/cancel.ts';
import { claim } from '../task/claim.ts';
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

  it('says where the text also stands: a notice is the reason of a task', () => {
    const story = new Story();
    const codex = agent('codex');
    story.make(person, add, { title: 'One' });
    story.make(codex, claim, { id: 'c-1' });
    const input = { id: 'c-1', reason: text };
    story.make(person, cancel, input);
    const past = story.past.map((each) =>
      each.event.type === 'message.sent' ? { ...each, meta: { ...each.meta, input } } : each,
    );
    const done = { ...redacted, data: { ...redacted.data, message: 'c-3' } };
    const result = answer(redact, [...past, { event: done }], { ...wanted, message: 'c-3' });
    expect(result).toMatchObject({
      keptBy: ['T-1'],
      notes: [expect.stringMatching(/^The same text is the reason of T-1, and stays there/)],
    });
    expect(redact.text?.(result)).toContain('When that is gone: coord epoch roll');
    expect(answer(redact, [sent, { event: redacted }], wanted)).not.toHaveProperty('notes');
  });

  it('is for executives and people', () => {
    expect(redact.allow).toEqual(['executive', 'human']);
  });
});
