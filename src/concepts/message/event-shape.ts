// What the data of the events of this concept must look like; the noun's file says what they mean.
import { flag, listOf, orNull, text, time } from '../../kernel/event-shape.ts';

const onMessage = { message: text, by: text };

export const messageShapes = {
  'message.sent': {
    ...{ to: text, recipients: listOf(text), subject: text, priority: text },
    ...{ ackRequired: flag, expectReplyUntil: orNull(time), expiresAt: orNull(time) },
    ...{ link: orNull(text), thread: orNull(text) },
  },
  'message.read': onMessage,
  'message.acked': onMessage,
  'message.redacted': { ...onMessage, reason: text },
};
