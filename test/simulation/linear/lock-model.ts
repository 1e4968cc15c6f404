// A lock as a single thing that one agent holds at a time: what the processes of the second harness must look like.
import type { Sequential } from './linearizable.ts';

export interface LockCall {
  readonly kind: 'acquire' | 'release' | 'read';
  readonly agent: string;
}

/** Whether it was granted, and who holds the lock where the answer tells: of a refusal and of a read. */
export interface LockResult {
  readonly isDone: boolean;
  readonly holder: string | null;
}

type Holder = string | null;

function acquired(state: Holder, agent: string, result: LockResult | null): Holder | undefined {
  const isFree = state === null || state === agent;
  if (result === null) return isFree ? agent : undefined;
  if (result.isDone) return isFree ? agent : undefined;
  return !isFree && result.holder === state ? state : undefined;
}

function released(state: Holder, agent: string, result: LockResult | null): Holder | undefined {
  const isMine = state === agent;
  if (result === null || result.isDone) return isMine ? null : undefined;
  return !isMine && result.holder === state ? state : undefined;
}

/** State: who holds it. A command without a known result counts only where it would have had an effect. */
export const lockModel: Sequential<Holder, LockCall, LockResult> = {
  initial: null,
  step: (state, { kind, agent }, result) => {
    if (kind === 'acquire') return acquired(state, agent, result);
    if (kind === 'release') return released(state, agent, result);
    return result?.holder === state ? state : undefined;
  },
  key: (state) => state ?? '',
};
