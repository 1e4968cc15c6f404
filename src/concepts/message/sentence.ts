// What the commands on messages say that they did, in a line.
import type { Details } from '../../kernel/fault.ts';
import { shortened } from '../../kernel/table.ts';
import type { Body } from './message.ts';

const subjectCharsShown = 200;

/** A message as `messageCard` shows it; only some results have the recipients or the text. */
export interface ShownMessage {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly priority: string;
  readonly at: string;
  readonly acked: boolean;
  readonly ackRequired: boolean;
  readonly link: string | null;
  readonly recipients?: readonly string[];
  readonly body?: Body;
}

/** `M-7 "Subject"` */
export function calledOf({ id, subject }: Pick<ShownMessage, 'id' | 'subject'>): string {
  return `${id} "${shortened(subject, subjectCharsShown)}"`;
}

/** A sentence about the message of a result. */
export function aboutMessage(say: (message: ShownMessage) => string): (result: Details) => string {
  return ({ message }) =>
    message === null ? 'There is no message to show.' : say(message as ShownMessage);
}
