// The policy as commands and as questions see it: a broken one stops commands, and never takes reading down.
import { basePolicy } from '../../adapters/git/base-policy.ts';
import type { Repository } from '../../adapters/git/repository.ts';
import { Fault, messageOf } from '../../kernel/fault.ts';
import type { PolicyInForce } from '../../policy/in-force.ts';
import { defaultPolicy } from '../../policy/default.ts';

export interface PolicySource {
  /** For commands: Fault `policy-invalid` when it cannot be used. */
  strict(): Promise<PolicyInForce>;
  /** For questions: as if there were no policy when it cannot be used. */
  lenient(): Promise<PolicyInForce>;
}

/** Whether a fault says that the policy is broken, which is the policy's problem and no other. */
export function isPolicyFault(error: unknown): boolean {
  return error instanceof Fault && error.code === 'policy-invalid';
}

const untilMended =
  'Commands are refused until it is mended; this answer is made as if there were no policy.';

/** The policy of a repository, read once. What is doubtful in it, or broken, is told once. */
export function policySource(
  repository: Repository,
  remote: string | null,
  tell: (text: string) => void,
): PolicySource {
  let read: Promise<PolicyInForce> | null = null;
  let isTold = false;
  const strict = (): Promise<PolicyInForce> =>
    (read ??= basePolicy(repository, remote).then((inForce) => {
      for (const warning of inForce.warnings ?? []) tell(`coord: warning: ${warning}`);
      return inForce;
    }));
  const lenient = async (): Promise<PolicyInForce> => {
    try {
      return await strict();
    } catch (error) {
      if (!isPolicyFault(error)) throw error;
      if (!isTold) tell(`coord: warning: ${messageOf(error)}\ncoord: ${untilMended}`);
      isTold = true;
      return { oid: 'none', policy: defaultPolicy() };
    }
  };
  return { strict, lenient };
}
