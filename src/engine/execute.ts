// The only caller of append: authorise, decide on the head's fold, write, and decide again when somebody was faster.
import type { Event, Refusal } from '../kernel/decider.ts';
import { refuse } from '../kernel/decider.ts';
import { Fault } from '../kernel/fault.ts';
import type { Details } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import type { AnyCommand, Moment } from '../kernel/operation.ts';
import { encodeRecord } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogStore } from '../log/store.ts';
import type { PolicyInForce } from '../policy/in-force.ts';
import { rulesOf } from '../policy/rules.ts';
import { authorise } from './authorise.ts';
import { boardOf } from './board.ts';
import type { Clock } from './clock.ts';
import { checkAge, decideCommand, resolveReferences, statesFor } from './decide.ts';
import type { Request } from './decide.ts';
import { prepare } from './draft.ts';
import { applyRecord } from './fold.ts';
import type { Evolutions, Fold } from './fold.ts';
import type { Projection } from './project.ts';
import { operationNamed } from './registry-port.ts';
import type { Registry } from './registry-port.ts';

/** Everything that executing takes; made once by a surface. */
export interface Engine {
  readonly store: LogStore;
  readonly registry: Registry;
  readonly evolutions: Evolutions;
  readonly projection: Projection;
  readonly clock: Clock;
  readonly policy: () => Promise<PolicyInForce>;
}

/** A command that is on the log, or would change nothing (`seq` null). */
export interface Done {
  readonly ok: true;
  readonly id: string;
  readonly seq: number | null;
  readonly events: readonly Event[];
  /** It had been accepted before; nothing was added. */
  readonly isDuplicate: boolean;
  readonly result: Details;
}

export type Answer = Done | (Refusal & { readonly id: string });

interface Attempt {
  readonly fold: Fold;
  readonly inForce: PolicyInForce;
  readonly now: string;
  readonly records: LogRecord[];
}

/** Pauses before another try, with full jitter so that rivals do not meet again. */
async function backOff(clock: Clock, attempt: number): Promise<void> {
  const [random] = clock.randomBytes(1);
  const ceiling = Math.min(2000, 20 * 2 ** attempt);
  await clock.sleep(((random ?? 0) / 255) * ceiling);
}

function nextSeq(attempt: Attempt): number {
  return (attempt.fold.position?.seq ?? 0) + attempt.records.length + 1;
}

function momentOf(request: Request, attempt: Attempt, actor: Moment['actor']): Moment {
  return {
    actor,
    session: request.intent.session ?? null,
    now: attempt.now,
    id: request.intent.id,
    seq: nextSeq(attempt),
    rules: rulesOf(attempt.inForce.policy),
    history: [],
  };
}

function resultOf(command: AnyCommand, input: Details, fold: Fold, moment: Moment): Details {
  return command.result(command.input.parse(input), statesFor(command, fold) as never, moment);
}

/** Answers a command that is on the log already: one delivery more changes nothing. */
function repeated(
  request: Request,
  command: AnyCommand,
  attempt: Attempt,
  moment: Moment,
): Done | null {
  const { id, cause } = request.intent;
  const seen =
    attempt.fold.seen.get(id) ?? (cause === undefined ? undefined : attempt.fold.seen.get(cause));
  if (seen === undefined) return null;
  const input = resolveReferences(command, attempt.fold, request.intent.input);
  const result = resultOf(command, input, attempt.fold, { ...moment, seq: seen.seq });
  return { ok: true, id, seq: seen.seq, events: [], isDuplicate: true, result };
}

/** Puts a record of these events on the attempt; a refusal when it is too large for the log. */
function append(
  request: Request,
  input: Details,
  events: readonly Event[],
  attempt: Attempt,
  engine: Engine,
): LogRecord | Refusal {
  const record: LogRecord = {
    ...request.intent,
    input,
    auth: request.auth,
    seq: nextSeq(attempt),
    at: attempt.now,
    policy: attempt.inForce.oid,
    events,
  };
  const size = encodeRecord(record).length;
  if (size > limits.recordBytesMax) {
    const message = `The command takes ${size} bytes; ${limits.recordBytesMax} is the most. Shorten it or link to the text.`;
    return refuse('record-too-large', message, { size });
  }
  applyRecord(attempt.fold, engine.evolutions, record);
  attempt.records.push(record);
  return record;
}

/** A command that was answered as accepted and is refused now leaves a record, so that its sender is told. */
function tellLoss(request: Request, refusal: Refusal, attempt: Attempt, engine: Engine): void {
  if (request.mustTellLoss !== true) return;
  const { code, message, data } = refusal;
  const lost: Event = {
    type: 'command.lost',
    data: { op: request.intent.op, code, message, data },
  };
  append(request, request.intent.input, [lost], attempt, engine);
}

function add(
  request: Request,
  command: AnyCommand,
  attempt: Attempt,
  engine: Engine,
  moment: Moment,
): Done | Refusal {
  const { fold } = attempt;
  const { id } = request.intent;
  const resolved = resolveReferences(command, fold, request.intent.input);
  const input = command.complete?.(resolved, statesFor(command, fold) as never, moment) ?? resolved;
  const outcome = decideCommand(command, input, fold, moment);
  if (!outcome.ok) return outcome;
  const answer = { ok: true, id, isDuplicate: false } as const;
  if (outcome.events.length === 0) {
    return { ...answer, seq: null, events: [], result: resultOf(command, input, fold, moment) };
  }
  const record = append(request, input, outcome.events, attempt, engine);
  if ('ok' in record) return record;
  const { seq, events } = record;
  return { ...answer, seq, events, result: resultOf(command, input, fold, moment) };
}

function decideOne(request: Request, attempt: Attempt, engine: Engine): Done | Refusal {
  const { intent } = request;
  const operation = operationNamed(engine.registry, intent.op);
  if (operation?.kind !== 'command') {
    return refuse('operation-unknown', `There is no command ${intent.op}. See \`coord help\`.`);
  }
  const old = checkAge(intent, attempt.fold, attempt.now);
  if (old !== null) return old;
  const permitted = authorise(request, operation, attempt.fold, attempt.inForce.policy);
  if (!permitted.ok) return permitted;
  const moment = momentOf(request, attempt, permitted.actor);
  return (
    repeated(request, operation, attempt, moment) ??
    add(request, operation, attempt, engine, moment)
  );
}

function answerOne(request: Request, attempt: Attempt, engine: Engine): Answer {
  const answer = decideOne(request, attempt, engine);
  if (!answer.ok) tellLoss(request, answer, attempt, engine);
  return { ...answer, id: request.intent.id };
}

const noLog = 'There is no coordination log here yet. Begin with: coord init';

function latest(left: string, right: string): string {
  return left > right ? left : right;
}

async function tryOnce(engine: Engine, requests: readonly Request[]): Promise<Answer[] | 'again'> {
  const fold = await engine.projection.load();
  if (fold.position === null) {
    return requests.map(({ intent }) => ({ ...refuse('no-log', noLog), id: intent.id }));
  }
  const now = latest(engine.clock.now(), fold.position.at);
  const attempt: Attempt = { fold, inForce: await engine.policy(), now, records: [] };
  const answers = requests.map((request) => answerOne(request, attempt, engine));
  if (attempt.records.length === 0) return answers;
  const head = fold.position.oid;
  const board = (state: Fold): string => boardOf(engine, state);
  const { draft, settle } = prepare(fold, attempt.records, engine.clock, board);
  const appended = await engine.store.append(draft, head);
  if (appended.ok) {
    settle(appended.oid);
    return answers;
  }
  engine.projection.forget();
  return 'again';
}

/** As `execute`, for a caller that already keeps other writers out. */
export async function executeAlone(
  engine: Engine,
  requests: readonly Request[],
): Promise<Answer[]> {
  for (let attempt = 0; attempt < limits.appendAttemptsMax; attempt += 1) {
    const answers = await tryOnce(engine, requests).catch((error: unknown) => {
      engine.projection.forget();
      throw error;
    });
    if (answers !== 'again') return answers;
    await backOff(engine.clock, attempt);
  }
  throw new Fault(
    'log-busy',
    `Others were faster ${limits.appendAttemptsMax} times on ${engine.store.place}. Nothing was written; try again.`,
  );
}

/**
 * Executes commands in order, in one commit, and answers each: accepted, refused, or known already.
 * Bounded: after `appendAttemptsMax` lost races it throws Fault `log-busy`; nothing is half-written.
 */
export function execute(engine: Engine, requests: readonly Request[]): Promise<Answer[]> {
  return engine.store.exclusively(() => executeAlone(engine, requests));
}
