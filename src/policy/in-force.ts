// The policy that commands are decided under, with where it was read.
import type { Policy } from './schema.ts';

export interface PolicyInForce {
  /** Blob id of the policy file, `none` without a file. */
  readonly oid: string;
  readonly policy: Policy;
  /** What is doubtful in it, a line each; nothing when left out. */
  readonly warnings?: readonly string[];
}
