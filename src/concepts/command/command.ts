// A command that was accepted offline and lost when the log moved on: kept so that its sender is told.
import { evolution } from '../../kernel/decider.ts';
import type { Event, View } from '../../kernel/decider.ts';
import { commandShapes } from './event-shape.ts';

/** One lost command; `code` and `message` say why, in the words of the refusal. */
export interface LostCommand {
  readonly id: string;
  readonly actor: string;
  readonly op: string;
  readonly code: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: string;
  readonly seq: number;
}

export interface Commands {
  /** The newest last; only so many are kept. */
  readonly lost: LostCommand[];
}

export type CommandEvent = Event<
  'command.lost',
  {
    readonly op: string;
    readonly code: string;
    readonly message: string;
    readonly data: Readonly<Record<string, unknown>>;
  }
>;

const lostMax = 100;

export const commands = evolution<Commands, CommandEvent>({
  name: 'command',
  shapes: commandShapes,
  initial: () => ({ lost: [] }),
  evolve: {
    'command.lost': (state, data, meta) => {
      state.lost.push({ ...data, id: meta.id, actor: meta.actor, at: meta.at, seq: meta.seq });
      if (state.lost.length > lostMax) state.lost.splice(0, state.lost.length - lostMax);
    },
  },
});

/** What an actor lost since a seq, oldest first. */
export function lostBy(state: View<Commands>, actor: string, afterSeq = 0): View<LostCommand>[] {
  return state.lost.filter((lost) => lost.actor === actor && lost.seq > afterSeq);
}
