// Decides one command on a fold: age, identity, authority, references, then the rule itself. Changes nothing but the fold.
import type { ZodError } from 'zod';
import type { AnyEvolution, Outcome, Refusal } from '../kernel/decider.ts';
import { refuse } from '../kernel/decider.ts';
import { addSeconds } from '../kernel/duration.ts';
import { limits } from '../kernel/limits.ts';
import type { Details } from '../kernel/fault.ts';
import { problemSentence } from '../kernel/input-problem.ts';
import type { AnyCommand, Moment, Operation } from '../kernel/operation.ts';
import { parseHybridTime } from '../log/clock.ts';
import type { Auth, Intent } from '../log/record.ts';
import type { Fold } from './fold.ts';

const SECONDS_PER_DAY = 86_400;

/** A command as a surface hands it over. */
export interface Request {
  readonly intent: Intent;
  readonly auth: Auth;
  /** GitHub or a key vouches for the person, or somebody sits at a terminal outside an agent's environment. */
  readonly isPersonPresent: boolean;
  /** It was answered as accepted before: if it is refused now, its sender must be told on the log. */
  readonly mustTellLoss?: boolean;
  /** It was refused before, and its sender was told on the log: it stays refused, whatever the head says. */
  readonly toldLoss?: Refusal;
}

type Wanted = readonly (readonly [name: string, evolution: AnyEvolution])[];

const wanted = new WeakMap<Operation, Wanted>();

function wantedBy(operation: Operation): Wanted {
  const known = wanted.get(operation) ?? Object.entries(operation.on);
  wanted.set(operation, known);
  return known;
}

/** The states an operation asked for, under its own names. */
export function statesFor(operation: Operation, fold: Fold): Record<string, object> {
  const chosen: Record<string, object> = {};
  for (const [name, evolution] of wantedBy(operation)) {
    chosen[name] = fold.states.get(evolution.name) ?? evolution.initial();
  }
  return chosen;
}

/** From when to when (ISO 8601 UTC) a sender's clock may read. */
interface Readable {
  readonly now: string;
  readonly known: string;
  readonly earliest: string;
  readonly latest: string;
}

/** The last bounds that were worked out: all commands of a batch have the same. */
let readable: Readable | null = null;

function readableAt(now: string, known: string): Readable {
  if (readable?.now === now && readable.known === known) return readable;
  const latest = addSeconds(known > now ? known : now, limits.clockAheadSecondsMax);
  const earliest = addSeconds(now, -limits.idempotencyDaysMax * SECONDS_PER_DAY);
  readable = { now, known, earliest, latest };
  return readable;
}

/** A clock that runs ahead would make the log's time meaningless; what is older than the keys could come twice. */
function readingObstacle({ hlc }: Intent, fold: Fold, now: string): Refusal | null {
  const reading = parseHybridTime(hlc);
  const { earliest, latest } = readableAt(now, fold.position?.at ?? now);
  if (reading === undefined || reading.time > latest) {
    return refuse(
      'clock-ahead',
      `The sender's clock reads ${hlc}, more than ${limits.clockAheadSecondsMax} s ahead. Set the clock and send it anew.`,
    );
  }
  if (reading.time >= earliest) return null;
  return refuse(
    'command-expired',
    `The command is older than ${limits.idempotencyDaysMax} days. Send it anew.`,
  );
}

/** Refuses what is too old, too far ahead, or meant for another log. */
export function checkAge(intent: Intent, fold: Fold, now: string): Refusal | null {
  const { log, notAfter } = intent;
  if (log !== fold.log) {
    return refuse('wrong-log', `This command is for log ${log}, not ${fold.log ?? 'none'}.`);
  }
  if (notAfter !== undefined && notAfter < now) {
    return refuse('command-expired', `The command was good until ${notAfter}. Send it anew.`);
  }
  return readingObstacle(intent, fold, now);
}

function evolutionNamed(operation: Operation, noun: string): [string, AnyEvolution] | undefined {
  return Object.entries(operation.on).find(([, evolution]) => evolution.name === noun);
}

type Find = (state: object, text: string) => string | undefined;

function resolveOne(operation: Operation, fold: Fold, noun: string, text: unknown): unknown {
  const found = evolutionNamed(operation, noun);
  const find = found?.[1].find as Find | undefined;
  const state = fold.states.get(noun);
  if (find === undefined || state === undefined || typeof text !== 'string') return text;
  return find(state, text) ?? text;
}

interface Wrapper {
  readonly meta?: () => Details | undefined;
  readonly def?: {
    readonly innerType?: unknown;
    readonly element?: unknown;
    readonly in?: unknown;
  };
}

function wrappedIn({ def = {} }: Wrapper): unknown {
  return def.innerType ?? def.element ?? def.in;
}

/** The noun that a field refers to, looked for through optional, default and list wrappers. */
export function refOf(schema: unknown): string | undefined {
  const field = schema as Wrapper;
  const ref = field.meta?.()?.['ref'];
  if (typeof ref === 'string') return ref;
  const inner = wrappedIn(field);
  return inner === undefined ? undefined : refOf(inner);
}

/** The fields of an operation that name something, with the noun of each. */
type References = readonly (readonly [field: string, noun: string])[];

const references = new WeakMap<Operation, References>();

function referencesOf(operation: Operation): References {
  const known = references.get(operation);
  if (known !== undefined) return known;
  const found = Object.entries(operation.input.shape).flatMap(([field, schema]) => {
    const noun = refOf(schema);
    return noun === undefined ? [] : [[field, noun] as const];
  });
  references.set(operation, found);
  return found;
}

/** The input with every display number (`T-12`) replaced by the id of what it names; what names nothing stays. */
export function resolveReferences(operation: Operation, fold: Fold, input: Details): Details {
  const named = referencesOf(operation).filter(([field]) => input[field] !== undefined);
  if (named.length === 0) return input;
  const resolved: Record<string, unknown> = { ...input };
  for (const [field, noun] of named) {
    const value = resolved[field];
    resolved[field] = Array.isArray(value)
      ? value.map((item) => resolveOne(operation, fold, noun, item))
      : resolveOne(operation, fold, noun, value);
  }
  return resolved;
}

/** The refusal of an input that no surface would have let through. */
export function badInput(error: ZodError, input: Details): Refusal<'bad-input'> {
  const [issue] = error.issues;
  const field = issue?.path.join('.') ?? 'input';
  const problem =
    issue === undefined ? 'The input cannot be used.' : problemSentence(field, issue, input);
  return refuse('bad-input', problem, { field });
}

/** An input as the rule of a command takes it. */
export interface Given {
  readonly ok: true;
  readonly data: Details;
}

/** Reads an input by the schema of its command: once, for the rule and for what is answered. */
export function givenTo(command: AnyCommand, input: Details): Given | Refusal<'bad-input'> {
  const parsed = command.input.safeParse(input);
  return parsed.success ? { ok: true, data: parsed.data } : badInput(parsed.error, input);
}

/** What the rule of a command says, given who and when. */
export function decideCommand(
  command: AnyCommand,
  input: Details,
  fold: Fold,
  moment: Moment,
): Outcome {
  const given = givenTo(command, input);
  if (!given.ok) return given;
  return command.decide(given.data, statesFor(command, fold) as never, moment);
}
