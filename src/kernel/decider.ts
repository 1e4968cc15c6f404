// The smallest contract of the domain: events say what happened, evolutions fold them, outcomes answer a command.
import type { Shape } from './event-shape.ts';
import type { Details } from './fault.ts';
import type { Numbered, ReadonlyNumbered } from './numbered.ts';

/** Something that happened, on the log for ever. `type` is `noun.participle`, `data` is JSON. */
export interface Event<Type extends string = string, Data extends object = object> {
  readonly type: Type;
  readonly data: Data;
}

/** What the sequencer says about the record an event came in. */
export interface EventMeta {
  /** Position in the one order, from 1. */
  readonly seq: number;
  /** Sequencer's time, ISO 8601 UTC, never decreasing. */
  readonly at: string;
  readonly actor: string;
  /** Id of the command, which also names the thing that it made. */
  readonly id: string;
  /**
   * The stored input of the command, so that an event need not repeat a long text. What was pushed by hand may hold
   * anything: an evolution takes nothing for granted that it finds here.
   */
  readonly input: Readonly<Record<string, unknown>>;
  /** The record carries a signature; nobody has looked yet whether it is one. */
  readonly isSigned?: boolean;
}

/** A read-only view of a fold-owned state. */
export type View<State> =
  State extends Numbered<infer Item>
    ? ReadonlyNumbered<View<Item>>
    : State extends ReadonlyMap<infer Key, infer Value>
      ? ReadonlyMap<Key, View<Value>>
      : State extends ReadonlySet<infer Item>
        ? ReadonlySet<View<Item>>
        : State extends readonly (infer Item)[]
          ? readonly View<Item>[]
          : State extends object
            ? { readonly [Key in keyof State]: View<State[Key]> }
            : State;

/**
 * What a checkpoint lets go of: things that came to rest before these times (ISO 8601 UTC). The log keeps them, the
 * state does not.
 */
export interface Kept {
  readonly tasksSince: string;
  readonly messagesSince: string;
}

type Handlers<State, E extends Event> = {
  readonly [Type in E['type']]: (
    state: State,
    data: Extract<E, { type: Type }>['data'],
    meta: EventMeta,
  ) => void;
};

/**
 * One concept's part of the fold: `evolve` changes its own Maps in place, one handler per event type.
 * The state is an object of Maps, arrays and JSON values, so that a checkpoint can hold it; what grows for ever is
 * `Numbered`, at most one collection per concept.
 */
export interface Evolution<State extends object = object, E extends Event = Event> {
  /** Singular noun; names the concept and its file in a checkpoint. */
  readonly name: string;
  readonly initial: () => State;
  /** What the data of each event type must look like; other data is refused before it is folded. */
  readonly shapes: Readonly<Record<E['type'], Shape>>;
  readonly evolve: Handlers<State, E>;
  /** The command id of the thing a person's word (`T-12`, `M-7`, a name, an id) means, if there is one. */
  readonly find?: (state: View<State>, text: string) => string | undefined;
  /** Lets go of what came to rest long ago; happens with a checkpoint, at the same point for every reader. */
  readonly retain?: (state: State, kept: Kept) => void;
}

/** An evolution of any state, as the fold holds it. */
export interface AnyEvolution {
  readonly name: string;
  readonly initial: () => object;
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly evolve: object;
  readonly find?: (state: never, text: string) => string | undefined;
  readonly retain?: (state: never, kept: Kept) => void;
}

/** Declares a concept's evolution; the compiler demands a handler for every event type. */
export function evolution<State extends object, E extends Event>(
  definition: Evolution<State, E>,
): Evolution<State, E> {
  return definition;
}

/** A command was accepted with these events. */
export interface Accepted<E extends Event = Event> {
  readonly ok: true;
  readonly events: readonly E[];
}

/** A command was refused by a rule: a value, never an exception. `message` ends with the next step. */
export interface Refusal<Code extends string = string> {
  readonly ok: false;
  readonly code: Code;
  readonly message: string;
  readonly data: Details;
}

export type Outcome<E extends Event = Event, Code extends string = string> =
  Accepted<E> | Refusal<Code>;

export function accept<E extends Event>(...events: readonly E[]): Accepted<E> {
  return { ok: true, events };
}

export function refuse<Code extends string>(
  code: Code,
  message: string,
  data: Details = {},
): Refusal<Code> {
  return { ok: false, code, message, data };
}
