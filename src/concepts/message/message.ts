// A message reaches the inbox of each of its recipients once; a broadcast is still one event.
import { z } from 'zod';
import { evolution } from '../../kernel/decider.ts';
import type { Event, EventMeta, View } from '../../kernel/decider.ts';
import { addSeconds } from '../../kernel/duration.ts';
import type { Details } from '../../kernel/fault.ts';
import { limits } from '../../kernel/limits.ts';
import { Numbered } from '../../kernel/numbered.ts';
import { sha256Hex } from '../../kernel/sha256.ts';
import { shortened } from '../../kernel/table.ts';
import { withUnknown } from '../../kernel/unknown-fields.ts';
import type { Agents } from '../agent/agent.ts';
import { isRead, letGo, noteRest, nothingWaits, waits } from './unread.ts';
import type { Waiting } from './unread.ts';
import { messageShapes } from './event-shape.ts';

/** From the most urgent to the least; an inbox shows them in this order. */
export const priorities = ['critical', 'high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];

interface Envelope {
  /** As the sender addressed it: a name, `all`, or `tier:...`. */
  readonly to: string;
  /** Whom it reaches: fixed when sent, sorted; who joins later does not get it. */
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly priority: Priority;
  readonly ackRequired: boolean;
  /** ISO time until which a reply is expected; null when none is. */
  readonly expectReplyUntil: string | null;
  /** ISO time from which inboxes no longer show it; null when they always do. */
  readonly expiresAt: string | null;
  readonly link: string | null;
}

/** A text, or what is left of one that was taken out: `sha256:` and the hash of its UTF-8. */
export type Body = string | { readonly redacted: string };

export function isRedacted(body: Body): body is { readonly redacted: string } {
  return typeof body !== 'string';
}

/** One message with what its recipients did with it. */
export interface Message extends Envelope {
  /** Id of the command that sent it. */
  readonly id: string;
  /** Its display name is `M-<number>`, counted from 1 in the order of the log. */
  readonly number: number;
  readonly from: string;
  readonly at: string;
  /** Taken from the input of the command: said twice in one record, a long text would not fit. */
  readonly body: Body;
  /** Id of the message that began its thread; its own when it began one. */
  readonly thread: string;
  /** Who read and who acknowledged it, in that order of time, each once. */
  readonly readBy: readonly string[];
  readonly ackedBy: readonly string[];
}

export interface Messages extends Waiting {
  readonly byId: Numbered<Message>;
  /** How many were ever sent; the number of the newest. */
  sent: number;
  /** Who has ever sent something. */
  readonly senders: Set<string>;
}

export type MessageEvent =
  | Event<
      'message.sent',
      Envelope & {
        /** Id of the message that began the thread it joins; null when it begins one. */
        readonly thread: string | null;
      }
    >
  | Event<'message.read', { readonly message: string; readonly by: string }>
  | Event<'message.acked', { readonly message: string; readonly by: string }>
  | Event<
      'message.redacted',
      { readonly message: string; readonly by: string; readonly reason: string }
    >;

function withName(names: readonly string[], name: string): readonly string[] {
  return names.includes(name) ? names : [...names, name];
}

/** The text of a message; of a notice the reason of the command that gave it. */
function bodyIn({ input: { body, reason } }: EventMeta): string {
  const text = body ?? reason;
  return typeof text === 'string' ? text : '';
}

/** A message from who did something to those whom it was done to; its body is the reason in the command's input. */
export function noticeTo(names: readonly string[], subject: string): MessageEvent[] {
  if (names.length === 0) return [];
  const recipients = [...new Set(names)].sort();
  const data = {
    ...{
      to: recipients.join(', '),
      recipients,
      subject: shortened(subject, limits.subjectCharsMax),
    },
    ...({ priority: 'normal', thread: null, ackRequired: false } as const),
    ...{ expectReplyUntil: null, expiresAt: null, link: null },
  };
  return [{ type: 'message.sent', data }];
}

/** Of an event `message.sent`. */
const sentFields = 9;

export const messages = evolution<Messages, MessageEvent>({
  name: 'message',
  shapes: messageShapes,
  initial: () => ({ byId: new Numbered(), sent: 0, senders: new Set(), ...nothingWaits() }),
  retain: (state, { messagesSince }) => letGo(state, messagesSince),
  evolve: {
    'message.sent': (state, data, meta) => {
      state.sent += 1;
      const message: Message = {
        to: data.to,
        recipients: data.recipients,
        subject: data.subject,
        priority: data.priority,
        thread: data.thread ?? meta.id,
        ackRequired: data.ackRequired,
        expectReplyUntil: data.expectReplyUntil,
        expiresAt: data.expiresAt,
        link: data.link,
        id: meta.id,
        number: state.sent,
        from: meta.actor,
        at: meta.at,
        body: bodyIn(meta),
        readBy: [],
        ackedBy: [],
      };
      state.byId.set(meta.id, withUnknown(message, data, sentFields));
      state.senders.add(meta.actor);
      waits(state, message);
    },
    'message.read': (state, data, { at }) => {
      const message = state.byId.get(data.message);
      if (message === undefined || message.readBy.includes(data.by)) return;
      const after = { ...message, readBy: [...message.readBy, data.by] };
      state.byId.set(message.id, after);
      isRead(state, data.by, message);
      noteRest(state, message, after, at);
    },
    'message.acked': (state, data, { at }) => {
      const message = state.byId.get(data.message);
      if (message === undefined) return;
      const after = { ...message, ackedBy: withName(message.ackedBy, data.by) };
      state.byId.set(message.id, after);
      noteRest(state, message, after, at);
    },
    'message.redacted': (state, data) => {
      const message = state.byId.get(data.message);
      if (message === undefined || isRedacted(message.body)) return;
      const body = { redacted: `sha256:${sha256Hex(message.body)}` };
      state.byId.set(message.id, { ...message, body });
    },
  },
  find: (state, text) => {
    const number = /^m-([1-9][0-9]*)$/i.exec(text)?.[1];
    return number === undefined
      ? state.byId.get(text)?.id
      : state.byId.numbered(Number(number))?.id;
  },
});

const namePattern = /^(?:[a-z]+:)?[a-z0-9][a-z0-9._-]{0,63}$/;

/** A name as a sender or reader writes it: an agent, a person such as `git:alice`, `all`, or `tier:validator`. */
export const memberName = () =>
  z
    .string()
    .transform((text) => text.replace(/^@/, '').toLowerCase())
    .refine((name) => namePattern.test(name), {
      error:
        'A name looks like codex, git:alice, all or tier:validator; a leading @ may stand before it.',
    });

/** What decides who is there: the fold of agents and the people whom the policy lists. */
export interface Members {
  readonly agents: View<Agents>;
  readonly people: readonly string[];
}

/**
 * Whether somebody has an inbox: joined agents, agents that left (what they got stays readable),
 * people named by git, GitHub or the policy, and people of any name who have sent something.
 */
export function hasInbox(name: string, members: Members, state: View<Messages>): boolean {
  return members.agents.former.has(name) || isReachable(name, members, state);
}

/** Whether a message to this name reaches somebody who is there. */
export function isReachable(
  name: string,
  { agents, people }: Members,
  state: View<Messages>,
): boolean {
  if (agents.byName.has(name) || people.includes(name)) return true;
  if (/^(?:git|gh):/.test(name)) return true;
  // Having written is the only trace of a person whom a policy of before gave a plain name.
  return !agents.former.has(name) && state.senders.has(name);
}

/** The display name, such as `M-7`. */
export function messageLabel(message: View<Message>): string {
  return `M-${message.number}`;
}

function byUrgency(left: View<Message>, right: View<Message>): number {
  const urgency = priorities.indexOf(left.priority) - priorities.indexOf(right.priority);
  return urgency === 0 ? left.number - right.number : urgency;
}

/** What a member's inbox shows at `now`: the most urgent first, inside one priority the oldest first. */
export function inboxOf(state: View<Messages>, name: string, now: string): View<Message>[] {
  return [...state.byId.values()]
    .filter(({ recipients }) => recipients.includes(name))
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    .sort(byUrgency);
}

/** What a member has not read yet, in the order of its inbox. */
export function unreadOf(state: View<Messages>, name: string, now: string): View<Message>[] {
  return inboxOf(state, name, now).filter(({ readBy }) => !readBy.includes(name));
}

/** How many messages each member has not read yet, as `unreadOf` would count them one by one; who has none is not there. */
export function unreadCounts(state: View<Messages>, now: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [name, { lasting, expiring }] of state.unread) {
    const waiting = [...expiring.values()].filter((expiresAt) => expiresAt > now);
    const count = lasting + waiting.length;
    if (count > 0) counts.set(name, count);
  }
  return counts;
}

function hasReplied(state: View<Messages>, message: View<Message>, name: string): boolean {
  return [...state.byId.values()].some(
    ({ from, thread, number }) =>
      from === name && thread === message.thread && number > message.number,
  );
}

/** Whether the member owes a reply, or an acknowledgement for longer than a day, at `now`. */
export function isOverdue(
  state: View<Messages>,
  message: View<Message>,
  name: string,
  now: string,
): boolean {
  const { ackRequired, ackedBy, expectReplyUntil, at } = message;
  const isAckDue = ackRequired && !ackedBy.includes(name);
  if (isAckDue && addSeconds(at, limits.ackWaitSecondsMax) <= now) return true;
  const isReplyDue = expectReplyUntil !== null && expectReplyUntil <= now;
  return isReplyDue && !hasReplied(state, message, name);
}

/** A message as a member sees it, without the body: JSON with display names in place of ids. */
export function messageCard(
  state: View<Messages>,
  message: View<Message>,
  name: string,
  now: string,
): Details {
  const { from, to, subject, priority, at, readBy, ackedBy, ackRequired } = message;
  const root = state.byId.get(message.thread);
  return {
    id: messageLabel(message),
    from,
    to,
    subject,
    priority,
    at,
    read: readBy.includes(name),
    acked: ackedBy.includes(name),
    ackRequired,
    overdue: isOverdue(state, message, name, now),
    expectReplyUntil: message.expectReplyUntil,
    expiresAt: message.expiresAt,
    thread: root === undefined ? message.thread : messageLabel(root),
    link: message.link,
  };
}
