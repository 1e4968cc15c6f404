// An epoch is a stretch of the log that has a root commit of its own, so that clones need not have what was before.
import { evolution } from '../../kernel/decider.ts';
import type { Event, View } from '../../kernel/decider.ts';
import { epochShapes } from './event-shape.ts';

/** The beginning of an epoch: the record that says so is the first of it. */
export interface Roll {
  /** The epoch that begins; the one of the genesis is 1. */
  readonly epoch: number;
  /** The last commit of the epoch before. */
  readonly previous: string;
  /** The repository that keeps the epoch before, as people know it; null where the log's own does. */
  readonly archive: string | null;
  readonly at: string;
  readonly by: string;
}

export interface Epochs {
  /** Oldest first. */
  readonly rolls: Roll[];
}

export type EpochEvent = Event<'epoch.rolled', Pick<Roll, 'epoch' | 'previous' | 'archive'>>;

export const epochs = evolution<Epochs, EpochEvent>({
  name: 'epoch',
  shapes: epochShapes,
  initial: () => ({ rolls: [] }),
  evolve: {
    'epoch.rolled': (state, { epoch, previous, archive }, { at, actor: by }) => {
      state.rolls.push({ epoch, previous, archive, at, by });
    },
  },
});

/** The epoch that the log is in, from 1. */
export function currentEpoch({ rolls }: View<Epochs>): number {
  return rolls.length + 1;
}
