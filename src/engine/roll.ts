// Begins an epoch: a root commit with the whole state goes in the place of the head, and what was before is kept first.
import { currentEpoch, epochs } from '../concepts/epoch/epoch.ts';
import type { Epochs } from '../concepts/epoch/epoch.ts';
import { present } from '../kernel/assert.ts';
import { refuse } from '../kernel/decider.ts';
import type { Refusal } from '../kernel/decider.ts';
import { Fault } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import type { ArchivingRemote, RollingLog } from '../log/store.ts';
import type { Position } from '../log/snapshot.ts';
import { answerBatch } from './answer.ts';
import type { Done } from './answer.ts';
import type { Attempt } from './attempt.ts';
import type { Request } from './decide.ts';
import type { Fold } from './fold.ts';
import { noLog } from './execute.ts';
import type { Engine } from './execute.ts';
import { nextCommit } from './next-commit.ts';
import { keyringFor } from './signing.ts';
import { refresh, takeOver, tryPublish } from './sync.ts';

/** A log that can begin an epoch. */
export interface Rolling {
  readonly engine: Engine;
  readonly local: RollingLog;
  /** Null where the log is here only. */
  readonly remote: ArchivingRemote | null;
  /** Who keeps the epoch that is over; the remote itself, or another that the log does not live in. */
  readonly archive: Pick<ArchivingRemote, 'archive'> | null;
  /** The request to roll, which names the commit that the epoch ends with. */
  readonly requestAfter: (previous: string) => Promise<Request>;
  /** The commit that the log must end with; null where whatever it ends with will do. */
  readonly expected: string | null;
}

/** The commit that begins an epoch, written but on no branch yet. */
interface Root {
  readonly oid: string;
  readonly previous: string;
  /** The epoch that it ends. */
  readonly ended: number;
  readonly answer: Done;
}

function headMoved(expected: string, head: string): Refusal {
  return refuse(
    'head-moved',
    `The log ends with ${head}, not with ${expected}. Nothing was changed; look at what is new: \`coord log\``,
    { expected, head },
  );
}

/** Decides the roll on the head and writes its commit onto a stage; the fold that it was decided on is forgotten. */
async function writeRoot(rolling: Rolling): Promise<Root | Refusal> {
  const fold = await rolling.engine.projection.load();
  const { position } = fold;
  if (position === null) return refuse('no-log', noLog);
  const { expected } = rolling;
  if (expected !== null && expected !== position.oid) return headMoved(expected, position.oid);
  return writeRootAfter(rolling, fold, position);
}

async function writeRootAfter(
  { engine, local, requestAfter }: Rolling,
  fold: Fold,
  position: Position,
): Promise<Root | Refusal> {
  const previous = position.oid;
  const ended = currentEpoch((fold.states.get(epochs.name) ?? epochs.initial()) as Epochs);
  const request = await requestAfter(previous);
  const [inForce, clockNow] = [await engine.policy(), engine.clock.now()];
  const now = clockNow > position.at ? clockNow : position.at;
  const attempt: Attempt = {
    ...{
      fold,
      inForce,
      now,
      known: new Map(),
      records: [],
      lines: [],
      batchBytes: 0,
      beginsEpoch: true,
    },
  };
  const keyring = await keyringFor(engine, [request], fold, inForce.policy);
  const [answer] = answerBatch([request], attempt, { ...engine, keyring });
  if (answer?.ok !== true) return present(answer, 'one request always fits');
  const { draft } = nextCommit(engine, attempt, previous);
  const stage = local.stage(null);
  const appended = await stage.store.append(draft, null);
  if (!appended.ok) throw new Fault('store-io', 'The commit could not be written. Try again.');
  return { oid: appended.oid, previous, ended, answer };
}

async function freshRoot(rolling: Rolling): Promise<Root | Refusal> {
  try {
    return await writeRoot(rolling);
  } finally {
    rolling.engine.projection.forget();
  }
}

/** Where the log is here only, nobody else writes while it rolls. */
function rollHere(rolling: Rolling): Promise<Done | Refusal> {
  const { engine, local, archive } = rolling;
  return local.exclusively(async () => {
    const root = await freshRoot(rolling);
    if ('code' in root) return root;
    await local.keepArchive(root.ended, root.previous);
    await archive?.archive(root.ended, root.previous);
    const stage = local.stage(root.oid);
    if (!(await stage.settle(root.previous))) throw moved(local.place);
    engine.projection.forget();
    return root.answer;
  });
}

function moved(place: string): Fault {
  const message = `${place} was always moved by others. No epoch was begun; try again.`;
  return new Fault('remote-busy', message);
}

/** Whether the command is on the log that is known here. */
async function isThere({ engine }: Rolling, { id }: Done): Promise<boolean> {
  return (await engine.projection.load()).seen.get(id) !== undefined;
}

async function rollOnce(rolling: Rolling, remote: ArchivingRemote): Promise<Done | Refusal | null> {
  const { engine, local, archive } = rolling;
  const root = await local.exclusively(() => freshRoot(rolling));
  if ('code' in root) return root;
  await (archive ?? remote).archive(root.ended, root.previous);
  const replaced = await remote.replace(root.oid, root.previous);
  const parties = { engine, local, remote, waiting: new Set<string>() };
  if (replaced.ok) await takeOver(parties, root.oid);
  else if (replaced.reason === 'unknown') await refresh(engine, local, remote);
  return replaced.ok || (await isThere(rolling, root.answer)) ? root.answer : null;
}

/**
 * Begins an epoch; refused like any command. The order is: everything is published, the old epoch is kept where it is
 * to be kept, and only then the branch is moved from the very commit that the new epoch continues. Whoever writes
 * between is found out by that, and it begins anew. Fault `remote-busy` when that happened too often, and what
 * publishing throws.
 */
export async function rollEpoch(rolling: Rolling): Promise<Done | Refusal> {
  const { engine, local, remote } = rolling;
  if (remote === null) return rollHere(rolling);
  for (let attempt = 0; attempt < limits.appendAttemptsMax; attempt += 1) {
    // What is published already says nothing of what others did since.
    await refresh(engine, local, remote);
    const { problem } = await tryPublish(engine, local, remote);
    if (problem !== null) throw problem;
    const done = await rollOnce(rolling, remote);
    if (done !== null) return done;
  }
  throw moved(remote.name);
}
