// Reading marks a message as read by its recipient, once, and shows its text.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import { reference } from '../../kernel/fields.ts';
import { command } from '../../kernel/operation.ts';
import { isRedacted, messageCard, messageLabel, messages } from './message.ts';
import type { Body } from './message.ts';
import { aboutMessage, calledOf } from './sentence.ts';
import type { ShownMessage } from './sentence.ts';

const input = () =>
  z.object({
    message: reference('message').describe('Message to read, such as M-7'),
  });

/** The text of a stranger is set in, so that no line of it can pose as ours. */
function setIn(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ');
}

function bodyText(body: Body): string {
  return isRedacted(body) ? `(redacted; its hash is ${body.redacted})` : body;
}

function wholeText(message: ShownMessage): string {
  const { id, from, to, at, priority, body = '', acked, ackRequired, link } = message;
  const urgency = priority === 'normal' ? '' : `, ${priority}`;
  return [
    `${calledOf(message)} from ${from} to ${to}, ${at}${urgency}`,
    ...(link === null ? [] : [link]),
    ...(body === '' ? [] : ['', setIn(bodyText(body))]),
    ...(ackRequired && !acked ? ['', `Acknowledge it: coord ack ${id}`] : []),
  ].join('\n');
}

export const read = command({
  name: 'message.read',
  alias: 'read',
  summary: 'Read a message and mark it as read.',
  input,
  positional: ['message'],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [{ text: 'read M-7', means: { message: 'M-7' } }],
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
    if (message.recipients.includes(actor.name)) {
      if (message.readBy.includes(actor.name)) return accept();
      return accept({ type: 'message.read', data: { message: message.id, by: actor.name } });
    }
    // People see everything; what was not sent to them stays unread for those it was sent to.
    if (actor.tier === 'human') return accept();
    return refuse(
      'not-recipient',
      `${messageLabel(message)} was sent to ${message.to}, not to ${actor.name}. \`coord inbox\` shows what was sent to you.`,
      { to: message.to, recipients: message.recipients },
    );
  },
  result(wanted, states, { actor, now }) {
    const message = states.messages.byId.get(wanted.message);
    if (message === undefined) return { message: null };
    const card = messageCard(states.messages, message, actor.name, now);
    return { message: { ...card, body: message.body } };
  },
  text: aboutMessage(wholeText),
});
