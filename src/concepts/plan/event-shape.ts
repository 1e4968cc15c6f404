// What the data of the events of this concept must look like; the noun's file says what they mean.
import { text, time } from '../../kernel/event-shape.ts';

const onPhase = { phase: text };

export const planShapes = {
  'plan.phase-started': onPhase,
  'plan.phase-completed': onPhase,
  'plan.granted': { agent: text, glob: text, until: time, why: text },
};
