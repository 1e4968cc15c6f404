// Asks whose word stands behind a record that permits something.
import type { PullRequest } from './pull-request.ts';

/**
 * Whether somebody vouches for the record at `seq`, and it says every one of these things of such an event.
 * The fold may come from a checkpoint, so what it claims (who was granted what) is held against the record itself.
 */
export async function isVouched(
  pullRequest: PullRequest,
  seq: number,
  eventType: string,
  said: readonly string[],
): Promise<boolean> {
  for (const about of said) {
    if ((await pullRequest.vouchOf(seq, eventType, about)) === null) return false;
  }
  return said.length > 0;
}
