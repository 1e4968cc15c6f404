// What becomes of each request of an attempt: decided, known already, or refused; in order, until the batch is full.
import type { CommandEvent } from '../concepts/command/command.ts';
import type { Event, Outcome, Refusal } from '../kernel/decider.ts';
import { refuse } from '../kernel/decider.ts';
import { Fault } from '../kernel/fault.ts';
import type { Details } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import type { AnyCommand, Moment } from '../kernel/operation.ts';
import type { Intent, LogRecord } from '../log/record.ts';
import { outcomeExcess } from '../policy/capability.ts';
import { rulesOf } from '../policy/rules.ts';
import { addRecord, nextSeq, seenOf } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { authorise, tierOfActor } from './authorise.ts';
import { checkAge, givenTo, resolveReferences, statesFor } from './decide.ts';
import type { Request } from './decide.ts';
import type { Evolutions, Fold } from './fold.ts';
import type { Keyring } from './keyring.ts';
import { operationNamed } from './registry-port.ts';
import type { Registry } from './registry-port.ts';
import { authenticate, lostRequest } from './signing.ts';

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

/** What deciding a batch takes, with the keys of its senders. */
interface Deciding {
  readonly registry: Registry;
  readonly evolutions: Evolutions;
  readonly keyring: Keyring;
}

const commandLost = 'command.lost';
type LossData = Extract<CommandEvent, { type: typeof commandLost }>['data'];

function momentOf(intent: Intent, attempt: Attempt, actor: Moment['actor']): Moment {
  return {
    actor,
    session: intent.session ?? null,
    now: attempt.now,
    id: intent.id,
    seq: nextSeq(attempt),
    rules: rulesOf(attempt.inForce.policy),
    history: [],
  };
}

/** What a command of the log said it made, as the fold shows that now; nothing where its operation is not known. */
function resultAgain(
  intent: Intent,
  { seq, events }: { readonly seq: number; readonly events: readonly Event[] },
  attempt: Attempt,
  engine: Deciding,
): Details {
  const command = operationNamed(engine.registry, intent.op);
  if (command?.kind !== 'command') return {};
  const { fold, inForce } = attempt;
  const input = resolveReferences(command, fold, intent.input);
  const given = givenTo(command, input);
  if (!given.ok) return {};
  const tier = tierOfActor(intent.actor, fold, inForce.policy) ?? 'validator';
  const moment = momentOf(intent, attempt, { name: intent.actor, tier, isPersonPresent: false });
  const states = statesFor(command, fold) as never;
  return command.result(given.data, states, { ...moment, seq }, events as never);
}

/** The refusal that an earlier deciding of the command put on the log for its sender; null where it did not. */
export function toldLoss(record: LogRecord | undefined): Refusal | null {
  const event = record?.events.find(({ type }) => type === commandLost);
  if (event === undefined) return null;
  const { code, message, data } = event.data as LossData;
  return refuse(code, message, data);
}

/**
 * Answers a command that is on the log already: one delivery more changes nothing, whatever has become of its
 * sender since. What the record says counts, not what this delivery says; a record that is too far back to be
 * read is answered without its events.
 */
function repeated({ intent }: Request, attempt: Attempt, engine: Deciding): Done | Refusal | null {
  const seen = seenOf(attempt.fold, intent);
  if (seen === undefined || intent.log !== attempt.fold.log) return null;
  const record = attempt.known.get(seen.seq) ?? attempt.records.find(({ seq }) => seq === seen.seq);
  const loss = toldLoss(record);
  if (loss !== null) return loss;
  const events = record?.events ?? [];
  const result = resultAgain(record ?? intent, { seq: seen.seq, events }, attempt, engine);
  return { ok: true, id: intent.id, seq: seen.seq, events, isDuplicate: true, result };
}

/** What a loss may say, from all of it to what always fits: a long refusal must not keep its sender from being told. */
function lossesToTry({ op, input }: Intent, { code, message, data }: Refusal) {
  const isShortened = true;
  const brief = Array.from(message).slice(0, limits.lostMessageCharsMax).join('');
  const tries: readonly (readonly [Details, LossData])[] = [
    [input, { op, code, message, data }],
    [input, { op, code, message: brief, data: { isShortened } }],
    [{}, { op, code, message: brief, data: { isShortened } }],
  ];
  return tries;
}

/** A command that was answered as accepted and is refused now leaves a record, so that its sender is told. */
function tellLoss(
  request: Request,
  refusal: Refusal,
  attempt: Attempt,
  { evolutions }: Deciding,
): 'told' | 'full' {
  for (const [input, data] of lossesToTry(request.intent, refusal)) {
    const lost: Event<typeof commandLost, LossData> = { type: commandLost, data };
    const added = addRecord(lostRequest(request), input, [lost], { attempt, evolutions });
    if (added === 'full') return 'full';
    if (!('ok' in added)) return 'told';
  }
  throw new Fault(
    'record-too-large',
    `The loss of command ${request.intent.id} cannot be told in one record. Report this bug.`,
    { id: request.intent.id },
  );
}

/** What comes of a command can be more than its capability allows, where the rules choose a time. */
function withinLent(outcome: Outcome, intent: Intent, now: string, keyring: Keyring): Outcome {
  if (!outcome.ok || intent.capability === undefined) return outcome;
  const lent = keyring.lentTo(intent, now);
  const excess = lent.ok ? outcomeExcess(lent.capability, outcome.events, now) : lent.problem;
  if (excess === null) return outcome;
  return refuse('capability-exceeded', `${excess} Ask for less, or for another capability.`);
}

/** An input as it is stored, with what a sender is supposed to have seen, and as the rule takes it. */
function completed(
  { intent }: Request,
  command: AnyCommand,
  states: object,
  { fold, moment }: { readonly fold: Fold; readonly moment: Moment },
): { readonly input: Details; readonly given: ReturnType<typeof givenTo> } {
  const resolved = resolveReferences(command, fold, intent.input);
  const input = command.complete?.(resolved, states as never, moment) ?? resolved;
  return { input, given: givenTo(command, input) };
}

function add(
  request: Request,
  command: AnyCommand,
  attempt: Attempt,
  { moment, engine }: { readonly moment: Moment; readonly engine: Deciding },
): Done | Refusal | 'full' {
  const { fold } = attempt;
  const { id, sig } = request.intent;
  // They change in place: after the record is added they are what came of it.
  const states = statesFor(command, fold) as never;
  const { input, given } = completed(request, command, states, { fold, moment });
  if (!given.ok) return given;
  const decided = command.decide(given.data, states, moment);
  const outcome = withinLent(decided, request.intent, attempt.now, engine.keyring);
  if (!outcome.ok) return outcome;
  const done = (seq: number | null, events: readonly Event[]): Done => {
    const result = command.result(given.data, states, moment, events as never);
    return { ok: true, id, isDuplicate: false, seq, events, result };
  };
  if (outcome.events.length === 0) return done(null, []);
  // What was signed stays as it was signed; else nobody could check the signature.
  const stored = sig === undefined ? input : request.intent.input;
  const { evolutions } = engine;
  const record = addRecord(request, stored, outcome.events, { attempt, evolutions });
  return record === 'full' || 'ok' in record ? record : done(record.seq, record.events);
}

function notHere(name: string): Refusal<'not-here'> {
  const line = `coord ${name.replace('.', ' ')}`;
  return refuse('not-here', `${name} is done alone, in a shell that may push: ${line}`);
}

function decideOne(request: Request, attempt: Attempt, engine: Deciding): Done | Refusal | 'full' {
  const { intent } = request;
  const operation = operationNamed(engine.registry, intent.op);
  if (operation?.kind !== 'command') {
    return refuse('operation-unknown', `There is no command ${intent.op}. See \`coord help\`.`);
  }
  const old = checkAge(intent, attempt.fold, attempt.now);
  if (old !== null) return old;
  const sender = authenticate(request, operation, engine.keyring, {
    policy: attempt.inForce.policy,
    now: attempt.now,
  });
  if ('ok' in sender) return sender;
  const permitted = authorise(sender, operation, attempt.fold, attempt.inForce.policy);
  if (!permitted.ok) return permitted;
  if (operation.beginsEpoch !== attempt.beginsEpoch) return notHere(operation.name);
  const moment = momentOf(intent, attempt, permitted.actor);
  return add(sender, operation, attempt, { moment, engine });
}

function named(answer: Done | Refusal, id: string): Answer {
  return answer.ok ? answer : { ...answer, id };
}

function answerOne(request: Request, attempt: Attempt, engine: Deciding): Answer | 'full' {
  const known = repeated(request, attempt, engine);
  const answer = known ?? request.toldLoss ?? decideOne(request, attempt, engine);
  if (answer === 'full') return answer;
  const mustTell = known === null && !answer.ok && request.mustTellLoss === true;
  if (mustTell && tellLoss(request, answer, attempt, engine) === 'full') return 'full';
  return named(answer, request.intent.id);
}

/** Answers requests from the first on, until the batch is full. */
export function answerBatch(
  requests: readonly Request[],
  attempt: Attempt,
  engine: Deciding,
): Answer[] {
  const answers: Answer[] = [];
  for (const request of requests) {
    const answer = answerOne(request, attempt, engine);
    if (answer === 'full') break;
    answers.push(answer);
  }
  return answers;
}
