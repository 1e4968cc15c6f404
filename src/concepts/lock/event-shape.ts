// What the data of the events of this concept must look like; the noun's file says what they mean.
import { oneOf, orNull, text, time } from '../../kernel/event-shape.ts';

const onLock = { scope: text, holder: text };

export const lockShapes = {
  'lock.acquired': {
    ...onLock,
    ...{ mode: oneOf('exclusive', 'shared'), until: orNull(time) },
    ...{ task: orNull(text), reason: orNull(text) },
  },
  'lock.extended': { ...onLock, until: orNull(time), task: orNull(text) },
  'lock.released': { ...onLock, by: text, why: orNull(text) },
  'lock.expired': onLock,
};
