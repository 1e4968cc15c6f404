// The inbox: what was sent to a member and has not expired, the most urgent first.
import { z } from 'zod';
import { refuse } from '../../kernel/decider.ts';
import { query } from '../../kernel/operation.ts';
import { agents, didYouMean } from '../agent/agent.ts';
import { hasInbox, inboxOf, memberName, messageCard, messages, unreadOf } from './message.ts';

const input = () =>
  z.object({
    name: memberName().optional().describe('Whose inbox, for people; without it your own'),
    unread: z.boolean().default(false).describe('Leave out what was read'),
  });

/** One line of the answer, as `messageCard` makes it. */
interface Line {
  readonly id: string;
  readonly from: string;
  readonly subject: string;
  readonly priority: string;
  readonly read: boolean;
  readonly acked: boolean;
  readonly ackRequired: boolean;
  readonly overdue: boolean;
}

/** A subject may hold line breaks and terminal codes; a list shows it as one harmless line. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

function marks(line: Line): string {
  const state = line.acked ? 'acked' : line.read ? 'read' : 'unread';
  const due = line.overdue ? ', overdue' : '';
  return line.ackRequired && !line.acked ? `${state}, ack required${due}` : `${state}${due}`;
}

function widest(words: readonly string[]): number {
  return Math.max(...words.map((word) => word.length));
}

function textOf(lines: readonly Line[]): string {
  if (lines.length === 0) return 'No messages.';
  const widths = {
    id: widest(lines.map(({ id }) => id)),
    priority: widest(lines.map(({ priority }) => priority)),
    from: widest(lines.map(({ from }) => from)),
  };
  return lines
    .map((line) => {
      const id = line.id.padEnd(widths.id);
      const priority = line.priority.padEnd(widths.priority);
      return `${id}  ${priority}  ${line.from.padEnd(widths.from)}  ${oneLine(line.subject)}  (${marks(line)})`;
    })
    .join('\n');
}

export const inbox = query({
  name: 'message.inbox',
  alias: 'inbox',
  summary: 'Show the messages sent to you, the most urgent first.',
  input,
  positional: ['name'],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [
    { text: 'inbox --unread', means: { unread: true } },
    { text: 'inbox codex', means: { name: 'codex' } },
  ],
  on: { messages, agents },
  refusals: ['not-yourself', 'recipient-unknown'],
  answer(wanted, states, { actor, now, rules }) {
    const name = wanted.name ?? actor.name;
    if (name !== actor.name && actor.tier !== 'human') {
      return refuse(
        'not-yourself',
        `You act as ${actor.name} and see only your own inbox. Leave the name out.`,
        { actor: actor.name, name },
      );
    }
    const members = { agents: states.agents, people: rules.people };
    if (name !== actor.name && !hasInbox(name, members, states.messages)) {
      return refuse(
        'recipient-unknown',
        `Nobody named ${name} has joined. ${didYouMean(states.agents, name)}`,
        { name },
      );
    }
    const unread = unreadOf(states.messages, name, now);
    const shown = wanted.unread ? unread : inboxOf(states.messages, name, now);
    return {
      messages: shown.map((message) => messageCard(states.messages, message, name, now)),
      unread: unread.length,
    };
  },
  text: (answer) => textOf(answer['messages'] as readonly Line[]),
});
