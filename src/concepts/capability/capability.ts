// A capability is a signed token that lends, narrowed, what a member may do; the log knows only which of them ended.
import { evolution } from '../../kernel/decider.ts';
import type { Event, View } from '../../kernel/decider.ts';
import { capabilityShapes } from './event-shape.ts';

/** The end of a capability and of all that narrow it. It restricts, so it counts whoever said it. */
export interface Revocation {
  readonly capability: string;
  readonly why: string;
  readonly by: string;
  readonly seq: number;
  readonly at: string;
}

export interface Capabilities {
  /** By the capability's id; the first end of each. */
  readonly revoked: Map<string, Revocation>;
}

export type CapabilityEvent = Event<
  'capability.revoked',
  { readonly capability: string; readonly why: string }
>;

export const capabilities = evolution<Capabilities, CapabilityEvent>({
  name: 'capability',
  shapes: capabilityShapes,
  initial: () => ({ revoked: new Map() }),
  evolve: {
    'capability.revoked': ({ revoked }, { capability, why }, { actor: by, seq, at }) => {
      if (!revoked.has(capability)) revoked.set(capability, { capability, why, by, seq, at });
    },
  },
});

/** The first of some capabilities, by id, that had ended before a record; undefined where none had. */
export function endedBefore(
  { revoked }: View<Capabilities>,
  ids: readonly string[],
  seq: number,
): Revocation | undefined {
  const ends = ids.map((id) => revoked.get(id));
  return ends.find((end) => end !== undefined && end.seq < seq);
}
