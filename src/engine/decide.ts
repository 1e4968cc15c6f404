// Decides one command on a fold: age, identity, authority, references, then the rule itself. Changes nothing but the fold.
import type { AnyEvolution, Outcome, Refusal } from '../kernel/decider.ts';
import { refuse } from '../kernel/decider.ts';
import { addSeconds } from '../kernel/duration.ts';
import { limits } from '../kernel/limits.ts';
import type { Details } from '../kernel/fault.ts';
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
}

/** The states an operation asked for, under its own names. */
export function statesFor(operation: Operation, fold: Fold): Record<string, object> {
  const chosen: Record<string, object> = {};
  for (const [name, evolution] of Object.entries(operation.on)) {
    chosen[name] = fold.states.get(evolution.name) ?? evolution.initial();
  }
  return chosen;
}

/** Refuses what is too old, too far ahead, or meant for another log. */
export function checkAge(intent: Intent, fold: Fold, now: string): Refusal | null {
  if (intent.log !== fold.log) {
    return refuse('wrong-log', `This command is for log ${intent.log}, not ${fold.log ?? 'none'}.`);
  }
  if (intent.notAfter !== undefined && intent.notAfter < now) {
    return refuse(
      'command-expired',
      `The command was good until ${intent.notAfter}. Send it anew.`,
    );
  }
  const reading = parseHybridTime(intent.hlc);
  const known = fold.position?.at ?? now;
  const ahead = addSeconds(known > now ? known : now, limits.clockAheadSecondsMax);
  if (reading === undefined || reading.time > ahead) {
    return refuse(
      'clock-ahead',
      `The sender's clock reads ${intent.hlc}, more than ${limits.clockAheadSecondsMax} s ahead. Set the clock and send it anew.`,
    );
  }
  const oldest = addSeconds(now, -limits.idempotencyDaysMax * SECONDS_PER_DAY);
  if (reading.time < oldest) {
    return refuse(
      'command-expired',
      `The command is older than ${limits.idempotencyDaysMax} days. Send it anew.`,
    );
  }
  return null;
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

/** The noun that a field refers to, looked for through optional, default and list wrappers. */
export function refOf(schema: unknown): string | undefined {
  const field = schema as {
    meta?: () => Details | undefined;
    def?: { innerType?: unknown; element?: unknown; in?: unknown };
  };
  const ref = field.meta?.()?.['ref'];
  if (typeof ref === 'string') return ref;
  const inner = field.def?.innerType ?? field.def?.element ?? field.def?.in;
  return inner === undefined ? undefined : refOf(inner);
}

/** The input with every display number (`T-12`) replaced by the id of what it names; what names nothing stays. */
export function resolveReferences(operation: Operation, fold: Fold, input: Details): Details {
  const resolved: Record<string, unknown> = { ...input };
  for (const [field, schema] of Object.entries(operation.input.shape)) {
    const noun = refOf(schema);
    const value = resolved[field];
    if (noun === undefined || value === undefined) continue;
    resolved[field] = Array.isArray(value)
      ? value.map((item) => resolveOne(operation, fold, noun, item))
      : resolveOne(operation, fold, noun, value);
  }
  return resolved;
}

/** What the rule of a command says, given who and when. */
export function decideCommand(
  command: AnyCommand,
  input: Details,
  fold: Fold,
  moment: Moment,
): Outcome {
  const parsed = command.input.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse(
      'bad-input',
      `${issue?.path.join('.') ?? 'input'}: ${issue?.message ?? 'unusable'}`,
    );
  }
  if (command.humanOnly === true && !moment.actor.isPersonPresent) {
    return refuse(
      'person-needed',
      `${command.name} needs a person: a comment on GitHub or an interactive terminal.`,
    );
  }
  return command.decide(parsed.data, statesFor(command, fold) as never, moment);
}
