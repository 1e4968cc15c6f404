// What the data of the events of this concept must look like; the noun's file says what they mean.
import { fields, text } from '../../kernel/event-shape.ts';

export const commandShapes = {
  'command.lost': { op: text, code: text, message: text, data: fields },
};
