// Answers queries on the fold at the head; reads the last records only for those that want them.
import type { Refusal } from '../kernel/decider.ts';
import type { Details } from '../kernel/fault.ts';
import type { Actor, AnyQuery, HistoryRecord, Moment } from '../kernel/operation.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogStore } from '../log/store.ts';
import { rulesOf } from '../policy/rules.ts';
import { tierOfActor } from './authorise.ts';
import { badInput, resolveReferences, statesFor } from './decide.ts';
import type { Engine } from './execute.ts';

/** A question as a surface hands it over. */
export interface Question {
  readonly actor: string;
  readonly session: string | null;
  readonly isPersonPresent: boolean;
  readonly input: Details;
}

async function lastRecords(store: LogStore, count: number): Promise<HistoryRecord[]> {
  if (count === 0) return [];
  const { commits } = await store.read({ commitsMax: count });
  const records = commits.flatMap((commit) =>
    decodeBatch(commit.batch, commit.oid).map(
      ({ seq, id, at, op, actor, auth, events }): HistoryRecord => ({
        ...{ seq, id, at, op, actor, auth, events },
        commit: commit.oid,
      }),
    ),
  );
  return records.slice(-count);
}

/** The answer to a query; without a log it answers about nothing. */
export async function ask(
  engine: Engine,
  query: AnyQuery,
  question: Question,
): Promise<Details | Refusal> {
  const fold = await engine.projection.load();
  const { policy } = await engine.policy();
  const actor: Actor = {
    name: question.actor,
    // Who has not joined may read, and has none of the powers that a tier gives.
    tier: tierOfActor(question.actor, fold, policy) ?? 'validator',
    isPersonPresent: question.isPersonPresent,
  };
  const parsed = query.input.safeParse(resolveReferences(query, fold, question.input));
  if (!parsed.success) return badInput(parsed.error);
  const moment: Moment = {
    actor,
    session: question.session,
    now: engine.clock.now(),
    id: '',
    seq: fold.position?.seq ?? 0,
    rules: rulesOf(policy),
    history: await lastRecords(engine.store, query.history?.(parsed.data) ?? 0),
  };
  return query.answer(parsed.data, statesFor(query, fold) as never, moment);
}
