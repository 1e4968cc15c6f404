// The genesis: names a random log id and the repository, and nothing else.
import { refuse } from '../kernel/decider.ts';
import type { Refusal } from '../kernel/decider.ts';
import { uuidv7 } from '../log/id.ts';
import { nextHybridTime } from '../log/clock.ts';
import { formatVersion } from '../log/format.ts';
import type { LogRecord } from '../log/record.ts';
import type { Auth } from '../log/record.ts';
import { boardOf } from './board.ts';
import { prepare } from './draft.ts';
import type { Engine } from './execute.ts';
import { applyRecord, emptyFold } from './fold.ts';
import type { Fold } from './fold.ts';

const RANDOM_BYTES = 10;

export interface Created {
  readonly ok: true;
  readonly log: string;
  readonly commit: string;
}

/** Creates the log, or refuses `log-exists`. `repository` is how people know it: `owner/name`, a URL or a path. */
export async function createLog(
  engine: Engine,
  actor: string,
  auth: Auth,
  repository: string,
): Promise<Created | Refusal<'log-exists'>> {
  const { clock } = engine;
  const now = clock.now();
  const log = uuidv7(Date.parse(now), clock.randomBytes(RANDOM_BYTES));
  const record: LogRecord = {
    id: uuidv7(Date.parse(now), clock.randomBytes(RANDOM_BYTES)),
    log,
    op: 'log.init',
    actor,
    hlc: nextHybridTime(null, now),
    input: { repository },
    auth,
    seq: 1,
    at: now,
    policy: 'none',
    events: [{ type: 'log.created', data: { log, repository, format: formatVersion } }],
  };
  const { evolutions } = engine;
  const fold = emptyFold(evolutions);
  applyRecord(fold, evolutions, record);
  const board = (state: Fold): string => boardOf(engine, state);
  const { draft } = prepare(fold, [record], { clock, evolutions, board });
  const appended = await engine.store.exclusively(() => engine.store.append(draft, null));
  if (!appended.ok) {
    return refuse(
      'log-exists',
      `${engine.store.place} has a log already. \`coord status\` shows it.`,
    );
  }
  engine.projection.forget();
  return { ok: true, log, commit: appended.oid };
}
