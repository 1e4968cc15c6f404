// The counts of what is unread, taken for everybody at once, are what each inbox says by itself.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stateAfter } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { messages, unreadCounts, unreadOf } from './message.ts';

const now = '2026-11-20T12:00:00.000Z';

interface Sending {
  readonly id: string;
  readonly recipients: readonly string[];
  readonly expiresAt: string | null;
}

function sent({ id, ...parts }: Sending): Past {
  const data = {
    ...{ to: 'all', subject: id, priority: 'normal', thread: null },
    ...{ ackRequired: false, expectReplyUntil: null, link: null },
    ...parts,
  };
  return { event: { type: 'message.sent', data }, meta: { id, actor: 'opus', input: {} } };
}

function read(message: string, by: string): Past {
  return { event: { type: 'message.read', data: { message, by } } };
}

type Happening = Sending | [string, string];

/** A command id is on the log once. */
function isFirst(one: Happening, index: number, all: readonly Happening[]): boolean {
  if (Array.isArray(one)) return true;
  return all.findIndex((other) => !Array.isArray(other) && other.id === one.id) === index;
}

it('counts for everybody at once what each has not read', () => {
  const names = ['codex', 'haiku', 'opus'];
  const happened = fc.oneof(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      recipients: fc.array(fc.constantFrom(...names), { maxLength: 3 }),
      expiresAt: fc.constantFrom(null, now, '2026-11-20T12:00:00.001Z'),
    }),
    fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom(...names)),
  );
  const run = fc.array(happened, { maxLength: 12 });
  fc.assert(
    fc.property(run, (all) => {
      const past = all
        .filter(isFirst)
        .map((one) => (Array.isArray(one) ? read(...one) : sent(one)));
      const state = stateAfter(messages, past);
      const counts = unreadCounts(state, now);
      for (const name of names) {
        expect(counts.get(name) ?? 0).toBe(unreadOf(state, name, now).length);
      }
    }),
  );
});
