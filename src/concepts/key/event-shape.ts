// What the data of the events of this concept must look like; the noun's file says what they mean.
import { orNull, text } from '../../kernel/event-shape.ts';

export const keyShapes = {
  'key.added': { agent: text, key: text },
  'key.rotated': { agent: text, from: text, to: text },
  'key.revoked': { agent: text, key: text, why: orNull(text) },
};
