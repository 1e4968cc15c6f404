// The only caller of append: authorise, decide on the head's fold, write, and decide again when somebody was faster.
import { assert } from '../kernel/assert.ts';
import { refuse } from '../kernel/decider.ts';
import { Fault } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import type { LogStore, SharedWork } from '../log/store.ts';
import type { ReadToken } from '../policy/capability.ts';
import type { PolicyInForce } from '../policy/in-force.ts';
import { version } from '../version.ts';
import { answerBatch } from './answer.ts';
import type { Answer } from './answer.ts';
import { recordsSeen } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import type { Clock } from './clock.ts';
import type { Request } from './decide.ts';
import type { Evolutions } from './fold.ts';
import { nextCommit } from './next-commit.ts';
import type { Projection } from './project.ts';
import type { Registry } from './registry-port.ts';
import type { VerifySignature } from './keyring.ts';
import { keyringFor } from './signing.ts';

/** Everything that executing takes; made once by a surface. */
export interface Engine {
  readonly store: LogStore;
  readonly registry: Registry;
  readonly evolutions: Evolutions;
  readonly projection: Projection;
  readonly clock: Clock;
  readonly policy: () => Promise<PolicyInForce>;
  /** Checks a signature; keys are of the policy and the log. */
  readonly verify: VerifySignature;
  /** Reads capabilities; where it is left out, none is believed. */
  readonly readToken?: ReadToken;
}

/** Pauses before another try, with full jitter so that rivals do not meet again. */
async function backOff(clock: Clock, attempt: number): Promise<void> {
  const [random] = clock.randomBytes(1);
  const ceiling = Math.min(2000, 20 * 2 ** attempt);
  await clock.sleep(((random ?? 0) / 255) * ceiling);
}

/** Where nothing was created yet. */
export const noLog = 'There is no coordination log here yet. Begin with: coord init';

function latest(left: string, right: string): string {
  return left > right ? left : right;
}

/** One attempt at one commit: the answers that it holds, or why there is no commit. */
async function tryOnce(
  engine: Engine,
  requests: readonly Request[],
): Promise<Answer[] | 'stale' | 'unknown'> {
  const fold = await engine.projection.load();
  if (fold.position === null) {
    return requests.map(({ intent }) => ({ ...refuse('no-log', noLog), id: intent.id }));
  }
  const now = latest(engine.clock.now(), fold.position.at);
  const intents = requests.map(({ intent }) => intent);
  const known = await recordsSeen(engine.store, fold, intents);
  const inForce = await engine.policy();
  const attempt: Attempt = { fold, inForce, now, known, records: [], lines: [], batchBytes: 0 };
  const keyring = await keyringFor(engine, requests, fold, inForce.policy);
  const answers = answerBatch(requests, attempt, { ...engine, keyring });
  if (attempt.records.length === 0) return answers;
  const head = fold.position.oid;
  const { draft, settle } = nextCommit(engine, attempt);
  const appended = await engine.store.append(draft, head);
  if (appended.ok) {
    settle(appended.oid);
    return answers;
  }
  engine.projection.forget();
  return appended.reason;
}

function gaveUp(place: string, reason: 'stale' | 'unknown'): Fault {
  const times = limits.appendAttemptsMax;
  if (reason === 'unknown') {
    const message = `The last write to ${place} may or may not have happened. \`coord log\` shows whether it did.`;
    return new Fault('outcome-unknown', message);
  }
  const message = `Others were faster ${times} times on ${place}. Nothing was written; try again.`;
  return new Fault('log-busy', message);
}

/**
 * Answers at least the first request, and as many after it as fit into one commit; for a caller that already keeps
 * other writers out. Throws what `execute` throws.
 */
export async function executeBatch(
  engine: Engine,
  requests: readonly Request[],
): Promise<Answer[]> {
  let reason: 'stale' | 'unknown' = 'stale';
  for (let attempt = 0; attempt < limits.appendAttemptsMax; attempt += 1) {
    const answers = await tryOnce(engine, requests).catch((error: unknown) => {
      engine.projection.forget();
      throw error;
    });
    if (typeof answers !== 'string') return answers;
    reason = answers;
    await backOff(engine.clock, attempt);
  }
  throw gaveUp(engine.store.place, reason);
}

/** As `execute`, for a caller that already keeps other writers out. */
export async function executeAlone(
  engine: Engine,
  requests: readonly Request[],
): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < requests.length) {
    const batch = await executeBatch(engine, requests.slice(answers.length));
    assert(batch.length > 0, 'an empty batch has room for any command');
    answers.push(...batch);
  }
  return answers;
}

/**
 * Commands as every process may execute them that would decide the same: under the same policy, with the same rules,
 * and by about the same clock.
 */
export function sharedWork(engine: Engine, requests: readonly Request[]): SharedWork {
  const hour = 'YYYY-MM-DDTHH'.length;
  return {
    lane: async () =>
      `${version} ${(await engine.policy()).oid} ${engine.clock.now().slice(0, hour)}`,
    items: requests,
    // What processes of one lane leave for each other is what this function wrote.
    doAll: (items) => executeAlone(engine, items as readonly Request[]),
  };
}

/**
 * Executes commands in order and answers each: accepted, refused, or known already. They make one commit, or as
 * many as the bounds of a batch ask for. After `appendAttemptsMax` lost races over a commit it throws Fault
 * `log-busy`, or `outcome-unknown` when nobody can say whether the last one was written; commits before that stay,
 * and the same commands sent again are answered as known.
 */
export function execute(engine: Engine, requests: readonly Request[]): Promise<Answer[]> {
  const work = (): Promise<Answer[]> => executeAlone(engine, requests);
  return engine.store.exclusively(work, sharedWork(engine, requests));
}
