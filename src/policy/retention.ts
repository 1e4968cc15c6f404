// How long what came to rest stays in the state; the log keeps it in any case.
import type { Kept } from '../kernel/decider.ts';
import { addSeconds } from '../kernel/duration.ts';
import type { Policy } from './schema.ts';

/** What a checkpoint at this time (ISO 8601 UTC) keeps under a policy. */
export function keptSince({ retention }: Pick<Policy, 'retention'>, at: string): Kept {
  return {
    tasksSince: addSeconds(at, -retention.closedTasksSeconds),
    messagesSince: addSeconds(at, -retention.ackedMessagesSeconds),
  };
}
