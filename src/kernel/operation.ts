// One operation is defined once; grammar, shell, comments, help and reference are derived from the definition.
import type { z } from 'zod';
import type { Details } from './fault.ts';
import type { AnyEvolution, Event, Evolution, Outcome, Refusal, View } from './decider.ts';
import { once } from './once.ts';
import type { Rules, Tier } from './rules.ts';

/** Who asks: resolved by the surface, its tier by the fold and the policy. */
export interface Actor {
  readonly name: string;
  readonly tier: Tier;
  /** A person at a terminal outside an agent's environment, or vouched for by GitHub or a key. */
  readonly isPersonPresent: boolean;
}

/** Everything about the moment of a decision that is not state; all of it data. */
export interface Moment {
  readonly actor: Actor;
  /** The session that the command named; null where it named none and acts for the actor's current one. */
  readonly session: string | null;
  /** Sequencer's time, ISO 8601 UTC. */
  readonly now: string;
  /** The command's id; it names what the command makes. */
  readonly id: string;
  /** The seq this command gets when accepted; for a query the head's. */
  readonly seq: number;
  readonly rules: Rules;
  /** The last records, oldest first, for a query that asked for them; else empty. */
  readonly history: readonly HistoryRecord[];
  /** Where the records that a query asked about came from, by seq; those that were not found are left out. */
  readonly sources?: ReadonlyMap<number, RecordSource>;
}

/** What is known of how a record got onto the log: by it one can tell who stands behind the record. */
export interface RecordSource {
  /** What the sequencer says of the sender: anybody who pushes can write it. */
  readonly by: string;
  /** Whose commit it came in: of this machine's log without a remote, of GitHub for our App, or of anybody. */
  readonly provenance: 'github' | 'here' | 'elsewhere';
  readonly isSigned: boolean;
}

/** A record of the log as a query may show it. */
export interface HistoryRecord {
  readonly seq: number;
  readonly id: string;
  readonly at: string;
  readonly op: string;
  readonly actor: string;
  readonly auth: { readonly by: string; readonly subject: string };
  readonly events: readonly Event[];
  /** Commit that carries it. */
  readonly commit: string;
}

type Evolutions = Readonly<Record<string, AnyEvolution>>;
type PartsOf<E> = E extends Evolution<infer State, infer Events> ? [State, Events] : never;
type EventsOf<E> = PartsOf<E>[1];
type StateOf<E> = View<PartsOf<E>[0]>;
/** The folds an operation reads, by the names it gave them. */
export type States<On> = { readonly [Name in keyof On]: StateOf<On[Name]> };

/** A sentence of the language and what it means; both are tested. */
export interface Example<Input> {
  readonly text: string;
  readonly means: Input;
}

interface Shared<Input extends z.ZodObject, On> {
  /** `noun.verb`, present tense. */
  readonly name: `${string}.${string}`;
  /** Short word for it on every surface. */
  readonly alias?: string;
  /** One imperative sentence. */
  readonly summary: string;
  /** Every field has `.describe()`; a field with `.meta({ ref: noun })` is resolved to the id of what it names. */
  readonly input: Input;
  /**
   * What is wrong with an input that the schema accepts, because logs have such ones, but that nobody is to say any
   * more: a sentence, which a surface refuses it with where it is said; null where nothing is.
   */
  readonly saidProblem?: (input: z.output<Input>) => string | null;
  /** Fields that may stand without a flag, in order; the last may be a list. */
  readonly positional: readonly (keyof z.output<Input> & string)[];
  /** The tiers that may use it at most; a policy may narrow, never widen it. */
  readonly allow: readonly Tier[];
  readonly examples: readonly [Example<z.input<Input>>, ...Example<z.input<Input>>[]];
  readonly on: On;
}

export interface Command<
  Input extends z.ZodObject = z.ZodObject,
  On extends Evolutions = Evolutions,
  Code extends string = string,
> extends Shared<Input, On> {
  readonly kind: 'command';
  readonly refusals: readonly Code[];
  /** An actor that has not joined may use it (joining itself). */
  readonly openToStrangers?: boolean;
  /** It permits so much that it is refused where neither GitHub, a key, nor a log without a remote vouches for it. */
  readonly needsVouch?: true;
  /** Its record is the first of an epoch: only where a root commit can be made, which a shell can. */
  readonly beginsEpoch?: true;
  /** Only the App itself says it: no surface offers it as words. */
  readonly appOnly?: boolean;
  /**
   * Fills in what the sender saw, before the command is decided and stored, such as a lock's fencing token: decided
   * again on other states, it cannot hit something else. Takes the input as it was given, references resolved, and
   * returns it whole; what the schema does not accept is returned as it is, for `decide` never sees it.
   */
  readonly complete?: (input: z.input<Input>, states: States<On>, moment: Moment) => z.input<Input>;
  readonly decide: (
    input: z.output<Input>,
    states: States<On>,
    moment: Moment,
  ) => Outcome<EventsOf<On[keyof On]>, NoInfer<Code>>;
  /**
   * What was made or changed, under its noun, read from the states after the command, and from its events (none where
   * its record is too far back) what is no longer there. `notes`, if there are any, are sentences about what the sender
   * may not have meant.
   */
  readonly result: (
    input: z.output<Input>,
    states: States<On>,
    moment: Moment,
    events: readonly EventsOf<On[keyof On]>[],
  ) => Details;
  /** The result for people: what was done in a line, and the next step; without it surfaces print a generic list. */
  readonly text?: (result: Details) => string;
}

export interface Query<
  Input extends z.ZodObject = z.ZodObject,
  On extends Evolutions = Evolutions,
  Code extends string = string,
> extends Shared<Input, On> {
  readonly kind: 'query';
  /** Only where a rule can refuse an answer: an unknown name, somebody else's inbox. */
  readonly refusals?: readonly Code[];
  /** False where the answer is the same whoever asks: then a surface need not find out who does. */
  readonly isAboutActor?: boolean;
  /** The moment of the past that it is to answer about, as it was said; undefined for now. */
  readonly pointOf?: (input: z.input<Input>) => string | undefined;
  /** How many of the last records it wants in `moment.history`. */
  readonly history?: (input: z.output<Input>) => number;
  /** Seqs of the records whose source it wants in `moment.sources`. */
  readonly sources?: (states: States<On>, moment: Moment) => readonly number[];
  /** The answer, or a refusal; `isRefusal` tells them apart. */
  readonly answer: (
    input: z.output<Input>,
    states: States<On>,
    moment: Moment,
  ) => Details | Refusal<NoInfer<Code>>;
  /** The answer (never a refusal) as plain lines for people; without it surfaces print a generic list. */
  readonly text?: (answer: Details) => string;
}

/** An operation of any shape, as the registry, engine and grammar hold it. */
export type AnyCommand = Command;
export type AnyQuery = Query;
export type Operation = AnyCommand | AnyQuery;

/** What is written down once of something that can be said; its schema is made when it is first looked at. */
type Defined<Said extends { readonly input: z.ZodObject }> = Omit<Said, 'kind' | 'input'> & {
  readonly input: () => Said['input'];
};

/**
 * Holds a definition's schema back until it is asked for: a command line needs that of one operation, and making all of
 * them takes longer than most commands.
 */
export function withInput<Definition extends { readonly input: () => z.ZodObject }>(
  definition: Definition,
): Omit<Definition, 'input'> & { readonly input: ReturnType<Definition['input']> } {
  const input = { enumerable: true, get: once(() => definition.input()) };
  return Object.defineProperty({ ...definition }, 'input', input) as never;
}

/** Declares a command: a wrong refusal code or event is a type error. */
export function command<
  Input extends z.ZodObject,
  const On extends Evolutions,
  const Code extends string,
>(definition: Defined<Command<Input, On, Code>>): AnyCommand {
  return withInput({ kind: 'command', ...definition }) as unknown as AnyCommand;
}

/** Declares a query: it reads, it never changes. One that declares no refusals can give none. */
export function query<
  Input extends z.ZodObject,
  const On extends Evolutions,
  const Code extends string = never,
>(definition: Defined<Query<Input, On, Code>>): AnyQuery {
  return withInput({ kind: 'query', ...definition }) as unknown as AnyQuery;
}

/** Whether a query refused: no answer of its own carries `ok: false` beside a `code`. */
export function isRefusal(answer: Details | Refusal): answer is Refusal {
  const { ok, code } = answer as Details;
  return ok === false && typeof code === 'string';
}
