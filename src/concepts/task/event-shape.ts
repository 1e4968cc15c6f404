// What the data of the events of this concept must look like; the noun's file says what they mean.
import { flag, listOf, orNull, text, time } from '../../kernel/event-shape.ts';

const onTask = { task: text };
const lease = { ...onTask, agent: text, until: time };

export const taskShapes = {
  'task.added': {
    ...{ title: text, description: orNull(text), priority: text, capabilities: listOf(text) },
    ...{ files: listOf(text), after: listOf(text), due: orNull(time) },
    ...{ phase: orNull(text), parent: orNull(text) },
  },
  'task.claimed': lease,
  'task.claim-renewed': lease,
  'task.claim-expired': { ...onTask, agent: text },
  'task.claim-released': { ...onTask, agent: text, why: text },
  'task.blocked': { ...onTask, reason: text },
  'task.unblocked': onTask,
  'task.completed': { ...onTask, evidence: listOf(text), verified: flag },
  'task.cancelled': { ...onTask, reason: text },
};
