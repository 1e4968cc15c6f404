// What the data of the events of this concept must look like; the noun's file says what they mean.
import { having, listOf, text, wholeNumber } from '../../kernel/event-shape.ts';

export const verdictShapes = {
  'verdict.recorded': {
    ...{ pullRequest: wholeNumber, head: text, base: text, policy: text, readSeq: wholeNumber },
    ...{ author: text, conclusion: text },
    checks: listOf(having({ name: text, conclusion: text })),
  },
};
