// Sending: one event, whoever many it reaches.
import { z } from 'zod';
import { byteLength } from '../../kernel/bytes.ts';
import { accept, refuse } from '../../kernel/decider.ts';
import type { View } from '../../kernel/decider.ts';
import { addSeconds } from '../../kernel/duration.ts';
import { durationSeconds, reference } from '../../kernel/fields.ts';
import { limits } from '../../kernel/limits.ts';
import { nearest } from '../../kernel/nearest.ts';
import { command } from '../../kernel/operation.ts';
import { agents, agentTiers } from '../agent/agent.ts';
import { isReachable, memberName, messageCard, messages, priorities } from './message.ts';
import type { Members, Messages, Priority } from './message.ts';
import { aboutMessage, calledOf } from './sentence.ts';
import type { ShownMessage } from './sentence.ts';

/** Text that UTF-8 can hold, so that it comes back byte for byte: no half of a surrogate pair. */
const unicode = z.string().refine((text) => !/\p{Surrogate}/u.test(text), {
  error:
    'The text holds half of a surrogate pair, which UTF-8 cannot carry. Send whole characters.',
});

const subject = unicode.min(1).refine((text) => Array.from(text).length <= limits.subjectCharsMax, {
  error: `A subject holds at most ${limits.subjectCharsMax} characters. Put the rest into the body.`,
});

const body = unicode.refine((text) => byteLength(text) <= limits.bodyBytesMax, {
  error: `A body holds at most ${limits.bodyBytesMax} bytes of UTF-8. Put the rest into a file and name it.`,
});

const input = () =>
  z.object({
    to: memberName().describe('An agent, a person such as git:alice, all, or tier:validator'),
    subject: subject.describe('What it is about, in one line'),
    body: body.default('').describe('The text; none is fine'),
    priority: z
      .enum([...priorities, 'info'])
      .transform((word): Priority => (word === 'info' ? 'low' : word))
      .default('normal')
      .describe('critical, high, normal, low; info is low'),
    ackRequired: z.boolean().default(false).describe('Ask every recipient to acknowledge it'),
    expectReply: durationSeconds().optional().describe('A reply is overdue after this long'),
    thread: reference('message').optional().describe('Message whose thread it continues'),
    expires: durationSeconds().optional().describe('Inboxes hide it after this long'),
    link: z
      .url({ protocol: /^https?$/ })
      .max(limits.linkCharsMax)
      .optional()
      .describe('Where it comes from, such as a comment on GitHub'),
  });

/** Whom an address stands for: of a word for many the joined agents without the sender; null where nobody is known. */
function recipientsOf(
  to: string,
  sender: string,
  members: Members,
  sent: View<Messages>,
): readonly string[] | null {
  const isForMany = to === 'all' || to.startsWith('tier:');
  if (!isForMany) return isReachable(to, members, sent) ? [to] : null;
  const others = [...members.agents.byName.values()].filter(({ name }) => name !== sender);
  if (to === 'all') return others.map(({ name }) => name).sort();
  const ofTier = others.filter(({ tier }) => `tier:${tier}` === to).map(({ name }) => name);
  return ofTier.length === 0 ? null : ofTier.sort();
}

/** The name in the policy of whom an address of git or GitHub calls by it; null for every other address. */
function listedAs(to: string, people: readonly string[]): string | null {
  const name = /^(?:git|gh):(.+)$/.exec(to)?.[1] ?? '';
  return people.includes(name) ? name : null;
}

/** Who is listed reads the inbox of that name, and never that of an address: it would be sent to nobody. */
function calledOtherwise(to: string, name: string): string {
  return `The policy lists ${name}, who reads what is sent to ${name} and not to ${to}. Send it there: coord send ${name} SUBJECT BODY`;
}

/** What people say for all of a team, in other tools and in English. */
const wordsForAll = ['everyone', 'everybody', 'team', 'here', 'channel'];

/** The address that was probably meant: for `alice` also the one that git gives her; undefined where none is near. */
function addressNear(to: string, { agents, people }: Members, sent: View<Messages>) {
  if (wordsForAll.includes(to)) return 'all';
  const senders = [...sent.senders].filter((name) => !agents.former.has(name));
  const known = [...agents.byName.keys(), ...people, ...senders];
  return known.find((name) => name.endsWith(`:${to}`)) ?? nearest(to, known);
}

function nobody(to: string, members: Members, sent: View<Messages>): string {
  if (to.startsWith('tier:')) {
    return `No other agent of ${to} has joined; the tiers are ${agentTiers.join(', ')}. Send to a name, or to all.`;
  }
  const near = addressNear(to, members, sent);
  const person = to.includes(':')
    ? ''
    : ` A person goes by the name in git or on GitHub: git:${to}, gh:${to}.`;
  const hint =
    near === undefined
      ? `\`coord agent list\` shows who has joined.${person}`
      : `Did you mean ${near}?`;
  return `Nobody named ${to} has joined. ${hint}`;
}

function sentText(message: ShownMessage): string {
  const { to, recipients = [] } = message;
  const isOne = recipients.length === 1 && recipients[0] === to;
  const reach = isOne ? '' : ` (${recipients.join(', ') || 'nobody else has joined'})`;
  return `Sent ${calledOf(message)} to ${to}${reach}.`;
}

export const send = command({
  name: 'message.send',
  alias: 'send',
  summary: 'Send a message to an agent, a person, a tier or everyone.',
  input,
  positional: ['to', 'subject', 'body'],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [
    {
      text: 'send codex "Build is green" "All 42 checks passed."',
      means: { to: 'codex', subject: 'Build is green', body: 'All 42 checks passed.' },
    },
    {
      text: 'send all "Freeze at noon" --priority high --ack-required --expires 2h',
      means: {
        to: 'all',
        subject: 'Freeze at noon',
        priority: 'high',
        ackRequired: true,
        expires: '2h',
      },
    },
    {
      text: 'send tier:validator "Ready for review" --expect-reply 4h --thread M-3',
      means: {
        to: 'tier:validator',
        subject: 'Ready for review',
        expectReply: '4h',
        thread: 'M-3',
      },
    },
  ],
  on: { messages, agents },
  refusals: ['recipient-unknown', 'message-unknown'],
  decide(wanted, states, { actor, now, rules }) {
    const members = { agents: states.agents, people: rules.people };
    const listed = listedAs(wanted.to, rules.people);
    if (listed !== null) {
      return refuse('recipient-unknown', calledOtherwise(wanted.to, listed), {
        to: wanted.to,
        nearest: listed,
      });
    }
    const recipients = recipientsOf(wanted.to, actor.name, members, states.messages);
    if (recipients === null) {
      return refuse('recipient-unknown', nobody(wanted.to, members, states.messages), {
        to: wanted.to,
        joined: [...states.agents.byName.keys()].sort(),
      });
    }
    const joins = wanted.thread === undefined ? null : states.messages.byId.get(wanted.thread);
    if (joins === undefined) {
      return refuse(
        'message-unknown',
        `There is no message ${wanted.thread ?? ''} to continue. \`coord inbox\` shows yours.`,
      );
    }
    const until = (seconds: number | undefined) =>
      seconds === undefined ? null : addSeconds(now, seconds);
    return accept({
      type: 'message.sent',
      data: {
        to: wanted.to,
        recipients,
        subject: wanted.subject,
        priority: wanted.priority,
        thread: joins === null ? null : joins.thread,
        ackRequired: wanted.ackRequired,
        expectReplyUntil: until(wanted.expectReply),
        expiresAt: until(wanted.expires),
        link: wanted.link ?? null,
      },
    });
  },
  result(_wanted, states, { actor, id, now }) {
    const message = states.messages.byId.get(id);
    if (message === undefined) return { message: null };
    const card = messageCard(states.messages, message, actor.name, now);
    return { message: { ...card, recipients: message.recipients } };
  },
  text: aboutMessage(sentText),
});
