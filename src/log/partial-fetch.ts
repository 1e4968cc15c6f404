// A fetch that came to a commit which nobody should take over, and what is good before it.
import { Fault } from '../kernel/fault.ts';

/**
 * Thrown by `RemoteLog.fetch` with the code and message of what is wrong with a commit on the remote. `good` is the
 * last commit before it: that one and all before are verified and in the store, and continue what was known.
 */
export class PartialFetch extends Fault {
  readonly good: string;

  constructor({ code, message, data }: Fault, good: string) {
    super(code, message, data);
    this.good = good;
  }
}
