// The commit of an attempt: its records, with a checkpoint and board under the policy in force when one is due.
import { batchOf } from '../log/record.ts';
import { keptSince } from '../policy/retention.ts';
import type { Attempt } from './attempt.ts';
import { boardOf } from './board.ts';
import type { Clock } from './clock.ts';
import { prepare } from './draft.ts';
import type { Prepared } from './draft.ts';
import type { Evolutions } from './fold.ts';
import type { Registry } from './registry-port.ts';

interface Parts {
  readonly registry: Registry;
  readonly evolutions: Evolutions;
  readonly clock: Clock;
}

/** `previous` is given for the first commit of an epoch: the last one of the epoch before. */
export function nextCommit(
  parts: Parts,
  { fold, records, lines, inForce: { policy } }: Attempt,
  previous?: string,
): Prepared {
  return prepare(fold, records, {
    batch: batchOf(lines),
    clock: parts.clock,
    evolutions: parts.evolutions,
    board: (state) => boardOf(parts, state),
    keptAt: (at) => keptSince(policy, at),
    ...(previous === undefined ? {} : { previous }),
  });
}
