// Given events, when a command, then events or a refusal: rules are tested without a log.
import type { AnyEvolution, Event, EventMeta, Evolution, Outcome } from '../src/kernel/decider.ts';
import type { Details } from '../src/kernel/fault.ts';
import type { AnyCommand, Moment, Operation } from '../src/kernel/operation.ts';

/** An event of the past with what the sequencer said of it; left out, it is counted up. */
export interface Past {
  readonly event: Event;
  readonly meta?: Partial<EventMeta>;
}

const defaults: Moment = {
  actor: { name: 'codex', tier: 'implementer', isPersonPresent: false },
  session: null,
  now: '2026-11-20T12:00:00.000Z',
  id: '01900000-0000-7000-8000-000000000001',
  seq: 100,
  rules: { agents: null, people: [], phases: [], locks: { ttlSeconds: 3600, maxPerAgent: 10 } },
  history: [],
};

type Handler = (state: object, data: object, meta: EventMeta) => void;

function fold(evolution: AnyEvolution, past: readonly Past[]): object {
  const state = evolution.initial();
  past.forEach(({ event, meta }, index) => {
    const handler = (evolution.evolve as Record<string, Handler | undefined>)[event.type];
    handler?.(state, event.data, {
      seq: index + 1,
      at: '2026-11-20T11:00:00.000Z',
      actor: 'codex',
      id: `id-${index + 1}`,
      input: {},
      ...meta,
    });
  });
  return state;
}

/** The state of one concept that the past leaves, to ask its functions about. */
export function stateAfter<State extends object, E extends Event>(
  evolution: Evolution<State, E>,
  past: readonly Past[],
): State {
  return fold(evolution, past) as State;
}

function statesOf(operation: Operation, past: readonly Past[]): Record<string, object> {
  return Object.fromEntries(
    Object.entries(operation.on).map(([name, evolution]) => [name, fold(evolution, past)]),
  );
}

/** The moment of a decision with the parts that a test cares about. */
export function moment(parts: Partial<Moment> = {}): Moment {
  return { ...defaults, ...parts };
}

/** Decides a command on the states that the past leaves. `input` is what a person would give. */
export function decide(
  operation: Operation,
  past: readonly Past[],
  input: object,
  at: Partial<Moment> = {},
): Outcome {
  const command = operation as AnyCommand;
  const parsed = command.input.parse(input);
  return command.decide(parsed, statesOf(command, past) as never, moment(at));
}

/** What a query answers (a refusal too), or what a command says it made, on the states that the past leaves. */
export function answer(
  operation: Operation,
  past: readonly Past[],
  input: object,
  at: Partial<Moment> = {},
): Details {
  const parsed = operation.input.parse(input);
  const states = statesOf(operation, past) as never;
  const now = moment(at);
  if (operation.kind === 'query') return { ...operation.answer(parsed, states, now) };
  const events = past.filter(({ meta }) => meta?.seq === now.seq).map(({ event }) => event);
  return operation.result(parsed, states, now, events as never);
}
