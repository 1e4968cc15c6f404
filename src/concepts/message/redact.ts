// Redacting takes the text of a message out of the state; what is left of it is its hash.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import { reason, reference } from '../../kernel/fields.ts';
import { command } from '../../kernel/operation.ts';
import { isRedacted, messageCard, messages } from './message.ts';
import { aboutMessage, calledOf } from './sentence.ts';

const input = () =>
  z.object({
    message: reference('message').describe('Message whose text goes, such as M-7'),
    reason: reason().describe('Why, kept on the log: say nothing of the text'),
  });

export const redact = command({
  name: 'message.redact',
  alias: 'redact',
  summary: 'Replace the text of a message by its hash.',
  input,
  positional: ['message'],
  allow: ['executive', 'human'],
  examples: [
    {
      text: 'redact M-7 --reason "it held a password"',
      means: { message: 'M-7', reason: 'it held a password' },
    },
  ],
  on: { messages },
  refusals: ['message-unknown'],
  decide(wanted, states, { actor }) {
    const message = states.messages.byId.get(wanted.message);
    if (message === undefined) {
      return refuse(
        'message-unknown',
        `There is no message ${wanted.message}. One that is no longer kept goes with the next epoch: coord epoch roll`,
      );
    }
    if (isRedacted(message.body)) return accept();
    const data = { message: message.id, by: actor.name, reason: wanted.reason };
    return accept({ type: 'message.redacted', data });
  },
  result(wanted, states, { actor, now }) {
    const message = states.messages.byId.get(wanted.message);
    if (message === undefined) return { message: null };
    const card = messageCard(states.messages, message, actor.name, now);
    return { message: { ...card, body: message.body } };
  },
  text: aboutMessage((message) =>
    [
      `Redacted the text of ${calledOf(message)}.`,
      'The commits of this epoch still hold it. Next: coord epoch roll, then delete the archive.',
    ].join('\n'),
  ),
});
