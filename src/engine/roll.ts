// Begins an epoch: a root commit with the whole state goes in the place of the head, and what was before is kept first.
import { currentEpoch, epochs } from '../concepts/epoch/epoch.ts';
import type { Epochs } from '../concepts/epoch/epoch.ts';
import { present } from '../kernel/assert.ts';
import { refuse } from '../kernel/decider.ts';
import type { Refusal } from '../kernel/decider.ts';
import { Fault } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import type { ArchivingRemote, CommitDraft, LogStore, RollingLog } from '../log/store.ts';
import type { Position } from '../log/snapshot.ts';
import { answerBatch } from './answer.ts';
import type { Answer, Done } from './answer.ts';
import { seenOf } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import type { Request } from './decide.ts';
import type { Fold } from './fold.ts';
import { executeBatch, noLog } from './execute.ts';
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

/** The commit that is to begin an epoch. */
interface Prepared {
  readonly draft: CommitDraft;
  readonly previous: string;
  /** The epoch that it ends. */
  readonly ended: number;
  readonly answer: Done;
}

/** The same, written but on no branch yet. */
interface Root extends Prepared {
  readonly oid: string;
}

function headMoved(expected: string, head: string): Refusal {
  return refuse(
    'head-moved',
    `The log ends with ${head}, not with ${expected}. Nothing was changed; look at what is new: \`coord log\``,
    { expected, head },
  );
}

/** Whose request it is to be, for the head that it was found on. */
type Asks = Pick<Rolling, 'requestAfter' | 'expected'>;

/** Decides the roll on the head; the fold that it was decided on is ahead of the log then, and to be forgotten. */
async function prepareRoot(
  engine: Engine,
  fold: Fold,
  { expected, requestAfter }: Asks,
): Promise<Prepared | Refusal> {
  const { position } = fold;
  if (position === null) return refuse('no-log', noLog);
  const { oid: previous } = position;
  if (expected !== null && expected !== previous) return headMoved(expected, previous);
  return decideRoot(engine, fold, { position, request: await requestAfter(previous) });
}

async function decideRoot(
  engine: Engine,
  fold: Fold,
  { position, request }: { readonly position: Position; readonly request: Request },
): Promise<Prepared | Refusal> {
  const { oid: previous } = position;
  const ended = currentEpoch((fold.states.get(epochs.name) ?? epochs.initial()) as Epochs);
  const [inForce, clockNow] = [await engine.policy(), engine.clock.now()];
  const now = clockNow > position.at ? clockNow : position.at;
  const begun = { known: new Map(), records: [], lines: [], batchBytes: 0 };
  const attempt: Attempt = { ...begun, fold, inForce, now, beginsEpoch: true };
  const keyring = await keyringFor(engine, [request], fold, inForce.policy);
  const [answer] = answerBatch([request], attempt, { ...engine, keyring });
  if (answer?.ok !== true) return present(answer, 'one request always fits');
  const { draft } = nextCommit(engine, attempt, previous);
  return { draft, previous, ended, answer };
}

/** Writes the commit onto a stage. */
async function writeRoot(rolling: Rolling): Promise<Root | Refusal> {
  const { engine, local } = rolling;
  const prepared = await prepareRoot(engine, await engine.projection.load(), rolling);
  if ('code' in prepared) return prepared;
  const appended = await local.stage(null).store.append(prepared.draft, null);
  if (!appended.ok) throw new Fault('store-io', 'The commit could not be written. Try again.');
  return { ...prepared, oid: appended.oid };
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

/** A log that has no copy here and is written by one program, such as the App. */
export interface LogThere extends LogStore, Pick<ArchivingRemote, 'archive' | 'replace'> {
  /** Writes a commit without a parent that no branch knows yet; answers its id. */
  writeRoot(draft: CommitDraft): Promise<string>;
}

function archiveElsewhere(archive: unknown): Refusal {
  return refuse(
    'archive-elsewhere',
    'What was before stays in the repository of the log, because the App reaches no other. Leave --archive out, and copy refs/coord/archive/* to where you want it.',
    { archive },
  );
}

/** What is signed stays as it was signed; else the commit that the epoch ends with is filled in. */
function asksOf(request: Request): Asks {
  const { intent } = request;
  const { input, sig } = intent;
  const expected = typeof input['previous'] === 'string' ? input['previous'] : null;
  const requestAfter = (previous: string): Promise<Request> =>
    Promise.resolve(
      sig === undefined
        ? { ...request, intent: { ...intent, input: { ...input, previous } } }
        : request,
    );
  return { expected, requestAfter };
}

/** Null where somebody was faster, or nobody can say what happened: then the log tells. */
async function rollThereOnce(
  engine: Engine,
  log: LogThere,
  request: Request,
): Promise<Done | Refusal | null> {
  const fold = await engine.projection.load();
  if (seenOf(fold, request.intent) !== undefined) {
    const [known] = await executeBatch(engine, [request]);
    return present(known, 'a batch answers its first request');
  }
  const prepared = await prepareRoot(engine, fold, asksOf(request));
  if ('code' in prepared) return prepared;
  const { draft, ended, previous, answer } = prepared;
  const oid = await log.writeRoot(draft);
  await log.archive(ended, previous);
  const replaced = await log.replace(oid, previous);
  return replaced.ok ? answer : null;
}

/**
 * Begins an epoch where the log lives, for a caller that keeps its other writers out: the old epoch is kept, and only
 * then the branch is moved from the very commit that the new one continues. Cut off anywhere it is the old epoch or the
 * new one, and the same request again does it, or is answered as known. Fault `remote-busy` when others always wrote
 * between, and what the log throws.
 */
export async function rollThere(engine: Engine, log: LogThere, request: Request): Promise<Answer> {
  const { archive } = request.intent.input;
  const { id } = request.intent;
  if (archive !== undefined) return { ...archiveElsewhere(archive), id };
  for (let attempt = 0; attempt < limits.appendAttemptsMax; attempt += 1) {
    try {
      const done = await rollThereOnce(engine, log, request);
      if (done !== null) return done.ok ? done : { ...done, id };
    } finally {
      engine.projection.forget();
    }
  }
  throw moved(log.place);
}
