// What the data of the events of this concept must look like; the noun's file says what they mean.
import { flag, listOf, oneOf, orNull, text } from '../../kernel/event-shape.ts';

export const agentShapes = {
  'agent.joined': {
    ...{ name: text, tier: oneOf('executive', 'implementer', 'validator') },
    ...{ capabilities: listOf(text), session: orNull(text) },
  },
  'agent.left': { name: text, forced: flag, reason: orNull(text) },
};
