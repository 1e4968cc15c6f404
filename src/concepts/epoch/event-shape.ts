// What the data of the events of this concept must look like; the noun's file says what they mean.
import { orNull, text, wholeNumber } from '../../kernel/event-shape.ts';

export const epochShapes = {
  'epoch.rolled': { epoch: wholeNumber, previous: text, archive: orNull(text) },
};
