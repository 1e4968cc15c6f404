// Decides every record of a log once more on the state before it: the rules must give what the log says.
import { authorise } from '../../src/engine/authorise.ts';
import { checkAge, decideCommand } from '../../src/engine/decide.ts';
import type { Request } from '../../src/engine/decide.ts';
import { applyRecord, emptyFold } from '../../src/engine/fold.ts';
import type { Fold } from '../../src/engine/fold.ts';
import { operationNamed } from '../../src/engine/registry-port.ts';
import type { Outcome, Refusal } from '../../src/kernel/decider.ts';
import type { LogRecord } from '../../src/log/record.ts';
import { rulesOf } from '../../src/policy/rules.ts';
import { registry } from '../../src/registry.ts';
import type { History } from './history.ts';
import { evolutions, policy } from './program.ts';

const rules = rulesOf(policy);

/** The outcome of a command at its place on the log, from the state that all before it come to. */
function decidedOn(fold: Fold, record: LogRecord, sent: Request): Outcome | null {
  const operation = operationNamed(registry, record.op);
  if (operation?.kind !== 'command') return null;
  const old = checkAge(sent.intent, fold, record.at);
  if (old !== null) return old;
  const permitted = authorise(sent, operation, fold, policy);
  if (!permitted.ok) return permitted;
  return decideCommand(operation, record.input, fold, {
    ...{ actor: permitted.actor, session: record.session ?? null, now: record.at },
    ...{ id: record.id, seq: record.seq, rules, history: [] },
  });
}

function lossIn(record: LogRecord): Refusal | undefined {
  const event = record.events.find(({ type }) => type === 'command.lost');
  return event?.data as Refusal | undefined;
}

/** A told loss stays told on whatever head its record comes to stand: there it need not be reproduced. */
function isReproduced(record: LogRecord, outcome: Outcome): boolean {
  if (lossIn(record) !== undefined) return true;
  if (!outcome.ok) return false;
  return JSON.stringify(outcome.events) === JSON.stringify(record.events);
}

/** What the rules would have decided otherwise. Records that no run has sent are taken as they are. */
export function replay(history: History, records: readonly LogRecord[]): string[] {
  const fold = emptyFold(evolutions);
  const troubles: string[] = [];
  for (const record of records) {
    const sent = history.sent.get(record.id);
    const outcome = sent === undefined ? null : decidedOn(fold, record, sent.request);
    if (outcome !== null && !isReproduced(record, outcome)) {
      const instead = outcome.ok ? 'with other events' : `as ${outcome.code}`;
      troubles.push(`${record.op} at ${record.seq} would have been decided ${instead}.`);
    }
    applyRecord(fold, evolutions, record);
    const { seq, at, hlc } = record;
    fold.position = { oid: '', tail: 0, chain: '', seq, at, hlc };
  }
  return troubles;
}
