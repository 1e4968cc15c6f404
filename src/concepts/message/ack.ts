// Acknowledging tells the sender that a recipient has taken note; it implies having read.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import { reference } from '../../kernel/fields.ts';
import { command } from '../../kernel/operation.ts';
import { messageCard, messageLabel, messages } from './message.ts';
import type { MessageEvent } from './message.ts';
import { aboutMessage, calledOf } from './sentence.ts';

const input = () =>
  z.object({
    message: reference('message').describe('Message to acknowledge, such as M-7'),
  });

export const ack = command({
  name: 'message.ack',
  alias: 'ack',
  summary: 'Acknowledge a message, which also marks it as read.',
  input,
  positional: ['message'],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [{ text: 'ack M-7', means: { message: 'M-7' } }],
  on: { messages },
  refusals: ['message-unknown', 'not-recipient'],
  decide(wanted, states, { actor }) {
    const message = states.messages.byId.get(wanted.message);
    if (message === undefined) {
      return refuse(
        'message-unknown',
        `There is no message ${wanted.message}. \`coord inbox\` shows yours.`,
      );
    }
    if (!message.recipients.includes(actor.name)) {
      return refuse(
        'not-recipient',
        `${messageLabel(message)} was sent to ${message.to}, so ${actor.name} cannot acknowledge it. \`coord inbox\` shows what was sent to you.`,
        { to: message.to, recipients: message.recipients },
      );
    }
    const data = { message: message.id, by: actor.name };
    const events: MessageEvent[] = [];
    if (!message.readBy.includes(actor.name)) events.push({ type: 'message.read', data });
    if (!message.ackedBy.includes(actor.name)) events.push({ type: 'message.acked', data });
    return accept(...events);
  },
  result(wanted, states, { actor, now }) {
    const message = states.messages.byId.get(wanted.message);
    if (message === undefined) return { message: null };
    return { message: messageCard(states.messages, message, actor.name, now) };
  },
  text: aboutMessage((message) => `Acknowledged ${calledOf(message)}.`),
});
