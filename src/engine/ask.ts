// Answers queries on the fold at the head; reads the last records only for those that want them.
import { refuse } from '../kernel/decider.ts';
import type { Refusal } from '../kernel/decider.ts';
import type { Details } from '../kernel/fault.ts';
import type { Actor, AnyQuery, HistoryRecord, Moment, RecordSource } from '../kernel/operation.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogStore, ReadResult } from '../log/store.ts';
import { parsePoint } from '../kernel/point.ts';
import { mayPerform } from '../policy/authority.ts';
import { rulesOf } from '../policy/rules.ts';
import type { Policy } from '../policy/schema.ts';
import { tierOfActor } from './authorise.ts';
import { badInput, resolveReferences, statesFor } from './decide.ts';
import type { Engine } from './execute.ts';
import type { Fold } from './fold.ts';
import { pastAt } from './past.ts';
import type { Past } from './past.ts';
import { recordFinder } from './vouch.ts';

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

/** The same store, which is read once: every record is looked for from the head back. */
function readOnce(store: LogStore): LogStore {
  let head: Promise<string | null> | undefined;
  const pages = new Map<string, Promise<ReadResult>>();
  return {
    place: store.place,
    head: () => (head ??= store.head()),
    read: (range) => {
      const key = JSON.stringify(range);
      const page = pages.get(key) ?? store.read(range);
      pages.set(key, page);
      return page;
    },
    checkpoint: (oid) => store.checkpoint(oid),
    append: (draft, expected) => store.append(draft, expected),
    exclusively: (work, shared) => store.exclusively(work, shared),
  };
}

/** Where the records that a query asks about came from. */
async function sourcesOf(
  store: LogStore,
  seqs: readonly number[],
): Promise<Map<number, RecordSource>> {
  const find = recordFinder(readOnce(store));
  const sources = new Map<number, RecordSource>();
  for (const seq of seqs) {
    const found = await find(seq);
    if (found === undefined) continue;
    const { record, provenance } = found;
    sources.set(seq, { by: record.auth.by, provenance, isSigned: record.sig !== undefined });
  }
  return sources;
}

/** Whether the policy lets somebody ask it; whoever has the branch can read it all the same. */
function askingObstacle({ name: operationName, allow }: AnyQuery, actor: Actor, policy: Policy) {
  const { name, tier } = actor;
  const kind = tier === 'human' ? 'person' : 'agent';
  const may = mayPerform({ policy, operationName, allow, actor: { name, tier, kind } });
  return may.ok ? null : refuse('not-allowed', may.reason, { actor: name, tier });
}

/** Who asks: whoever has not joined may read, and has none of the powers that a tier gives. */
function askerOf({ actor: name, isPersonPresent }: Question, fold: Fold, policy: Policy): Actor {
  return { name, tier: tierOfActor(name, fold, policy) ?? 'validator', isPersonPresent };
}

/** Reads what the query wants beside the fold, and lets it answer. */
async function answerFrom(
  { store }: Engine,
  query: AnyQuery,
  input: Details,
  parts: { readonly fold: Fold; readonly moment: Omit<Moment, 'history' | 'sources'> },
): Promise<Details | Refusal> {
  const history = await lastRecords(store, query.history?.(input) ?? 0);
  const moment: Moment = { ...parts.moment, history };
  const states = statesFor(query, parts.fold) as never;
  const sources = await sourcesOf(store, query.sources?.(states, moment) ?? []);
  return query.answer(input, states, { ...moment, sources });
}

/** The state to answer from, and by what time: the head's and now, or those of the past that the query asks about. */
async function groundFor(engine: Engine, query: AnyQuery, input: Details): Promise<Past | Refusal> {
  const fold = await engine.projection.load();
  const text = query.pointOf?.(input);
  const point = typeof text === 'string' ? parsePoint(text) : null;
  return point === null ? { fold, now: engine.clock.now() } : pastAt(point, fold, engine);
}

/** The answer to a query; without a log it answers about nothing. */
export async function ask(
  engine: Engine,
  query: AnyQuery,
  question: Question,
): Promise<Details | Refusal> {
  const { policy } = await engine.policy();
  const actor = askerOf(question, await engine.projection.load(), policy);
  const obstacle = askingObstacle(query, actor, policy);
  if (obstacle !== null) return obstacle;
  const ground = await groundFor(engine, query, question.input);
  if ('ok' in ground) return ground;
  const { fold, now } = ground;
  const input = resolveReferences(query, fold, question.input);
  const parsed = query.input.safeParse(input);
  if (!parsed.success) return badInput(parsed.error, input);
  const { session } = question;
  const seq = fold.position?.seq ?? 0;
  const moment = { actor, session, now, id: '', seq, rules: rulesOf(policy) };
  return answerFrom(engine, query, parsed.data, { fold, moment });
}
