// Redacting takes the text of a message out of the state; what is left of it is its hash.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import type { View } from '../../kernel/decider.ts';
import type { Details } from '../../kernel/fault.ts';
import { reason, reference } from '../../kernel/fields.ts';
import { command } from '../../kernel/operation.ts';
import { sha256Hex } from '../../kernel/sha256.ts';
import { taskLabel, tasks } from '../task/task.ts';
import type { Tasks } from '../task/task.ts';
import { isRedacted, messageCard, messages } from './message.ts';
import type { Body } from './message.ts';
import { aboutMessage, calledOf } from './sentence.ts';
import type { ShownMessage } from './sentence.ts';

const input = () =>
  z.object({
    message: reference('message').describe('Message whose text goes, such as M-7'),
    reason: reason().describe('Why, kept on the log: say nothing of the text'),
  });

/** The text of a notice is the reason of a command, which a task may keep too: such tasks by their labels. */
function tasksThatKeep(body: Body, state: View<Tasks>): string[] {
  if (!isRedacted(body)) return [];
  const isIt = (text: string | null | undefined): boolean =>
    typeof text === 'string' && `sha256:${sha256Hex(text)}` === body.redacted;
  return [...state.byId.values()]
    .filter(({ cancelled, blockedReason }) => isIt(cancelled?.reason) || isIt(blockedReason))
    .map(taskLabel);
}

function redactedText(message: ShownMessage, kept: readonly string[]): string {
  const next = kept.length === 0 ? 'Next' : 'When that is gone';
  return [
    `Redacted the text of ${calledOf(message)}.`,
    `The commits of this epoch still hold it. ${next}: coord epoch roll, then delete the archive.`,
  ].join('\n');
}

/** Nobody is to take a text for gone that stands in a list for all to see. */
function keptNote(kept: readonly string[]): string {
  return `The same text is the reason of ${kept.join(', ')}, and stays there, in the state and in every checkpoint: only texts of messages can be redacted. It goes when the policy lets go of closed tasks (retention.closedTasks); roll the epoch after that.`;
}

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
  on: { messages, tasks },
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
    const kept = tasksThatKeep(message.body, states.tasks);
    const notes = kept.length === 0 ? {} : { notes: [keptNote(kept)] };
    return { message: { ...card, body: message.body }, keptBy: kept, ...notes };
  },
  text: (result: Details) =>
    aboutMessage((message) => redactedText(message, (result['keptBy'] ?? []) as readonly string[]))(
      result,
    ),
});
