// Whom a message reaches, what it may hold, and how a thread goes on.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../kernel/limits.ts';
import type { Moment } from '../../kernel/operation.ts';
import { answer, decide, moment, stateAfter } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { messages } from './message.ts';
import { send } from './send.ts';

function joined(name: string, tier = 'implementer'): Past {
  return { event: { type: 'agent.joined', data: { name, tier, capabilities: [], session: null } } };
}

const team = [joined('codex'), joined('opus', 'executive'), joined('haiku', 'validator')];

function outcomeOf(input: object, past: readonly Past[] = team, at: Partial<Moment> = {}): unknown {
  const outcome = decide(send, past, { subject: 'Hello', ...input }, at);
  return outcome.ok ? outcome.events : outcome;
}

function recipientsOf(to: string, past: readonly Past[] = team): unknown {
  const outcome = decide(send, past, { to, subject: 'Hello' });
  return outcome.ok ? outcome.events.map(({ data }) => data) : outcome.code;
}

function problemOf(input: object): string | undefined {
  const parsed = send.input.safeParse({ to: 'opus', subject: 'Hello', ...input });
  return parsed.error?.issues[0]?.message;
}

describe('sending', () => {
  it('is one event with everything that was said, times counted from now', () => {
    const input = {
      ...{ to: '@Opus', body: 'Text.', priority: 'high', ackRequired: true, expectReply: '2h' },
      ...{ expires: '7d', link: 'https://github.com/o/r/issues/1' },
    };
    expect(outcomeOf(input)).toEqual([
      {
        type: 'message.sent',
        data: {
          ...{ to: 'opus', recipients: ['opus'], subject: 'Hello' },
          ...{ priority: 'high', thread: null, ackRequired: true },
          expectReplyUntil: '2026-11-20T14:00:00.000Z',
          expiresAt: '2026-11-27T12:00:00.000Z',
          link: 'https://github.com/o/r/issues/1',
        },
      },
    ]);
  });

  it('needs no more than a name and a subject', () => {
    expect(outcomeOf({ to: 'opus' })).toMatchObject([
      {
        data: {
          ...{ priority: 'normal', ackRequired: false, thread: null },
          ...{ expectReplyUntil: null, expiresAt: null, link: null },
        },
      },
    ]);
  });

  it('answers with the message, its name and whom it reaches', () => {
    const events = outcomeOf({ to: 'all' }) as Past['event'][];
    const past = [...team, ...events.map((event) => ({ event, meta: { id: 'm' } }))];
    expect(answer(send, past, { to: 'all', subject: 'Hello' }, { id: 'm' })).toMatchObject({
      message: {
        id: 'M-1',
        from: 'codex',
        to: 'all',
        recipients: ['haiku', 'opus'],
        thread: 'M-1',
      },
    });
  });
});

describe('recipients', () => {
  it.each([
    ['opus', ['opus']],
    ['codex', ['codex']],
    ['git:Alice', ['git:alice']],
    ['gh:alice', ['gh:alice']],
    ['all', ['haiku', 'opus']],
    ['ALL', ['haiku', 'opus']],
    ['tier:validator', ['haiku']],
    ['tier:executive', ['opus']],
  ])('of %s are %j', (to, recipients) => {
    expect(recipientsOf(to)).toMatchObject([{ to: to.toLowerCase(), recipients }]);
  });

  it('of a broadcast may be nobody', () => {
    expect(recipientsOf('all', [joined('codex')])).toMatchObject([{ recipients: [] }]);
  });

  it('are sorted, so that the order of joining does not matter', () => {
    const past = [joined('zed'), joined('amy')];
    expect(recipientsOf('tier:implementer', past)).toMatchObject([{ recipients: ['amy', 'zed'] }]);
  });

  it('must be known, and the refusal says who was probably meant', () => {
    expect(outcomeOf({ to: 'opsu' })).toMatchObject({
      code: 'recipient-unknown',
      message: 'Nobody named opsu has joined. Did you mean opus?',
      data: { to: 'opsu', joined: ['codex', 'haiku', 'opus'] },
    });
    expect(recipientsOf('team:core')).toBe('recipient-unknown');
  });

  it('are all where a word for all was said, and a person by the name that git or GitHub gives', () => {
    const said = (to: string, past = team): string =>
      (outcomeOf({ to }, past) as { message?: string }).message ?? '';
    expect(said('everyone')).toBe('Nobody named everyone has joined. Did you mean all?');
    expect(said('Alice')).toContain('on GitHub: git:alice, gh:alice.');
    const [event] = outcomeOf({ to: 'codex' }) as Past['event'][];
    const wrote = event === undefined ? [] : [{ event, meta: { id: 'm', actor: 'gh:alice' } }];
    expect(said('Alice', [...team, ...wrote])).toContain('Did you mean gh:alice?');
  });

  it('of a tier must be somebody else than the sender', () => {
    expect(outcomeOf({ to: 'tier:implementer' })).toMatchObject({
      code: 'recipient-unknown',
      message: expect.stringContaining('executive, implementer, validator') as string,
    });
    expect(recipientsOf('tier:human')).toBe('recipient-unknown');
  });

  it('are no longer those who left, though they once wrote', () => {
    const left: Past = {
      event: { type: 'agent.left', data: { name: 'opus', forced: false, reason: null } },
    };
    expect(recipientsOf('opus', [...team, left])).toBe('recipient-unknown');
    expect(recipientsOf('all', [...team, left])).toMatchObject([{ recipients: ['haiku'] }]);
  });

  it('can be a person whom the policy lists', () => {
    const rules = { ...moment().rules, people: ['alice'] };
    expect(outcomeOf({ to: '@Alice' }, team, { rules })).toMatchObject([
      { data: { to: 'alice', recipients: ['alice'] } },
    ]);
    expect(outcomeOf({ to: 'bob' }, team, { rules })).toMatchObject({ code: 'recipient-unknown' });
  });

  it('are called as the policy lists them, for nobody reads what is sent to another name of theirs', () => {
    const rules = { ...moment().rules, people: ['mara'] };
    for (const to of ['git:mara', '@gh:Mara']) {
      expect(outcomeOf({ to }, team, { rules })).toMatchObject({
        code: 'recipient-unknown',
        message: expect.stringContaining('coord send mara SUBJECT') as string,
        data: { nearest: 'mara' },
      });
    }
    expect(outcomeOf({ to: 'git:bo' }, team, { rules })).toMatchObject([
      { data: { to: 'git:bo' } },
    ]);
  });

  it('can be a person whom the policy listed once and who has written', () => {
    const [event] = outcomeOf({ to: 'codex' }) as Past['event'][];
    const wrote = event === undefined ? [] : [{ event, meta: { id: 'm', actor: 'alice' } }];
    expect(recipientsOf('alice')).toBe('recipient-unknown');
    expect(recipientsOf('alice', [...team, ...wrote])).toMatchObject([{ recipients: ['alice'] }]);
  });
});

describe('a thread', () => {
  const root: Past[] = (outcomeOf({ to: 'codex' }) as Past['event'][]).map((event) => ({
    event,
    meta: { id: 'root', actor: 'opus' },
  }));

  it('goes on with the message that began it', () => {
    const [reply] = outcomeOf({ to: 'opus', thread: 'root' }, [...team, ...root]) as [
      Past['event'],
    ];
    expect(reply).toMatchObject({ data: { thread: 'root' } });
    const past = [...team, ...root, { event: reply, meta: { id: 'reply' } }];
    expect(outcomeOf({ to: 'opus', thread: 'reply' }, past)).toMatchObject([
      { data: { thread: 'root' } },
    ]);
  });

  it('must exist', () => {
    expect(outcomeOf({ to: 'opus', thread: 'M-9' })).toMatchObject({
      code: 'message-unknown',
      message: expect.stringContaining('M-9') as string,
    });
  });
});

describe('what a message may hold', () => {
  it('any Unicode, unchanged', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(text, text, (subject, body) => {
        const input = { to: 'opus', subject, body };
        const [event] = outcomeOf(input) as [Past['event']];
        const stored = JSON.parse(JSON.stringify({ event, meta: { id: 'm', input } })) as Past;
        const message = stateAfter(messages, [stored]).byId.get('m');
        expect(message).toMatchObject({ subject, body });
      }),
    );
  });

  it('no half characters, which the log could not carry', () => {
    expect(problemOf({ subject: '\ud83d' })).toContain('surrogate');
    expect(problemOf({ body: 'a\udc00b' })).toContain('surrogate');
    expect(problemOf({ body: '\ud83d\ude00' })).toBeUndefined();
  });

  it('a subject of so many characters, however many bytes they take', () => {
    expect(problemOf({ subject: '😀'.repeat(limits.subjectCharsMax) })).toBeUndefined();
    expect(problemOf({ subject: 'a'.repeat(limits.subjectCharsMax + 1) })).toContain('200');
    expect(problemOf({ subject: '' })).toBeDefined();
  });

  it('a body of so many bytes', () => {
    expect(problemOf({ body: 'a'.repeat(limits.bodyBytesMax) })).toBeUndefined();
    expect(problemOf({ body: 'a'.repeat(limits.bodyBytesMax + 1) })).toContain('61440 bytes');
    expect(problemOf({ body: 'ä'.repeat(limits.bodyBytesMax / 2) })).toBeUndefined();
    expect(problemOf({ body: `${'ä'.repeat(limits.bodyBytesMax / 2)}a` })).toContain('61440 bytes');
  });

  it('one of the priorities; info is low', () => {
    expect(outcomeOf({ to: 'opus', priority: 'info' })).toMatchObject([
      { data: { priority: 'low' } },
    ]);
    expect(problemOf({ priority: 'urgent' })).toBeDefined();
  });

  it('a name of a known form, durations, and links of the web', () => {
    expect(problemOf({ to: 'two words' })).toContain('A name looks like');
    expect(problemOf({ expires: 'soon' })).toContain('30s');
    expect(problemOf({ link: 'javascript:alert(1)' })).toBeDefined();
    expect(problemOf({ link: 'https://example.org/' })).toBeUndefined();
  });
});
