// Which pull request an Actions event is about; nothing of its code is checked out or run.
import { UsageError } from '../../kernel/fault.ts';

interface EventPayload {
  readonly pull_request?: { readonly number: number };
  readonly merge_group?: { readonly head_ref: string };
}

/** Number of the pull request of `pull_request`, `pull_request_target` or `merge_group`. UsageError otherwise. */
export function pullRequestOfEvent(name: string, payload: EventPayload): number {
  const { pull_request: pull, merge_group: group } = payload;
  if (pull !== undefined) return pull.number;
  const queued = /\/pr-(\d+)-[0-9a-f]+$/.exec(group?.head_ref ?? '')?.[1];
  if (queued !== undefined) return Number(queued);
  throw new UsageError(
    'event-unknown',
    `The event ${name} names no pull request. Run this on pull_request, pull_request_target or merge_group.`,
    { event: name },
  );
}
