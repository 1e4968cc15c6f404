// What taking over a remote's head did to commands that were accepted here, also where it ended before that head.
import { Fault } from '../kernel/fault.ts';
import type { Answer } from './answer.ts';
import { bothRenumbered } from './renumbered.ts';
import type { Renumberings } from './renumbered.ts';

/** What taking over a remote's head did to what was accepted here. */
export interface Taken {
  /** Commands that were decided again, by id. */
  readonly again: ReadonlyMap<string, Answer>;
  /** What these commands made and goes by another number now; not of those whose sender waits for the answer. */
  readonly renumbered: Renumberings;
}

export const nothingTaken: Taken = { again: new Map(), renumbered: new Map() };

/** Two steps as one; the later answer to a command counts. */
export function bothTaken(first: Taken, second: Taken): Taken {
  return {
    again: new Map([...first.again, ...second.again]),
    renumbered: bothRenumbered(first.renumbered, second.renumbered),
  };
}

/** A Fault of fetching, after what is good on the remote before it was taken over. */
export class PartlyTaken extends Fault {
  readonly taken: Taken;

  constructor({ code, message, data }: Fault, taken: Taken) {
    super(code, message, data);
    this.taken = taken;
  }
}

/** What a step did to what was accepted here before it ended with this; nothing for most. */
export function takenBefore(error: unknown): Taken {
  return error instanceof PartlyTaken ? error.taken : nothingTaken;
}
