// What the data of the events of this concept must look like; the noun's file says what they mean.
import { text } from '../../kernel/event-shape.ts';

export const capabilityShapes = {
  'capability.revoked': { capability: text, why: text },
};
