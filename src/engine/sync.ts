// Brings the local log and a remote together: what was accepted here is decided again on the remote's head, in order.
import { Fault } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import { parseMessage } from '../log/message.ts';
import { PartialFetch } from '../log/partial-fetch.ts';
import type { LocalLog, LogCommit, LogStore, ReadResult, RemoteLog } from '../log/store.ts';
import type { Clock } from './clock.ts';
import type { Request } from './decide.ts';
import { acceptEpochs } from './epoch-link.ts';
import { executeAlone } from './execute.ts';
import { toldLoss } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Engine } from './execute.ts';
import { createdApart, deleted, forked } from './forked.ts';
import { projectionOf } from './project.ts';
import { numbersOf, renumberedBetween } from './renumbered.ts';
import { PartlyTaken, bothTaken, nothingTaken, takenBefore } from './taken.ts';
import type { Taken } from './taken.ts';

/** What a sync came to. */
export interface Synced extends Taken {
  /** Everything local is on the remote. */
  readonly isConfirmed: boolean;
  /** Why it is not confirmed; null when it is. */
  readonly problem: Fault | null;
}

/** A log here and the same log there. */
export interface Parties {
  readonly engine: Engine;
  readonly local: LocalLog;
  readonly remote: RemoteLog;
  /** Commands whose sender waits for the answer: told directly when lost, not on the log. */
  readonly waiting: ReadonlySet<string>;
}

const unpublishedCommitsMax = 100_000;

function commitsAfter(store: LogStore, from: string, until: string | null): Promise<ReadResult> {
  const range = { from, commitsMax: unpublishedCommitsMax };
  return store.read(until === null ? range : { ...range, until });
}

async function seqAt(store: LogStore, oid: string): Promise<number> {
  const { commits } = await store.read({ from: oid, commitsMax: 1 });
  return commits[0] === undefined ? 0 : parseMessage(commits[0].message, oid).seq;
}

/** Whether `older` stands on the way back from `newer`; walks no further than their seqs are apart. */
async function isBefore(store: LogStore, older: string, newer: string): Promise<boolean> {
  const distance = (await seqAt(store, newer)) - (await seqAt(store, older));
  if (distance <= 0) return false;
  const { isComplete } = await store.read({ from: newer, until: older, commitsMax: distance });
  return isComplete;
}

function requestOf(record: LogRecord, waiting: ReadonlySet<string>): Request {
  const { id, log, op, actor, session, hlc, notAfter, cause, input, auth } = record;
  const { capability, sig } = record;
  const loss = toldLoss(record);
  const optional = Object.entries({ session, notAfter, cause, capability, sig });
  const given = Object.fromEntries(optional.filter(([, value]) => value !== undefined));
  return {
    intent: { id, log, op, actor, hlc, input, ...given },
    auth,
    isPersonPresent: auth.isInteractive === true,
    mustTellLoss: loss !== null || !waiting.has(record.id),
    ...(loss === null ? {} : { toldLoss: loss }),
  };
}

/** The commands of a batch; a log is created once, and that is decided nowhere again. */
function commandsIn(batch: string, oid: string): readonly LogRecord[] {
  return decodeBatch(batch, oid).filter(({ op }) => op !== 'log.init');
}

/** Decides local records again on the remote's head, and moves the branch there in one step. */
async function redecide(
  { engine, local, waiting }: Parties,
  commits: readonly LogCommit[],
  head: string,
  theirs: string,
): Promise<Taken> {
  const stage = local.stage(theirs);
  const projection = projectionOf(stage.store, engine.evolutions, engine.clock);
  const staged: Engine = { ...engine, store: stage.store, projection };
  const batches = commits.map(({ batch, oid }) => commandsIn(batch, oid));
  const told = batches.flat().filter(({ id }) => !waiting.has(id));
  const ids = new Set(told.map(({ id }) => id));
  const before = numbersOf(await engine.projection.load(), ids);
  const again = new Map<string, Answer>();
  for (const records of batches) {
    const requests = records.map((record) => requestOf(record, waiting));
    for (const answer of await executeAlone(staged, requests)) again.set(answer.id, answer);
  }
  const after = numbersOf(await projection.load(), ids);
  if (!(await stage.settle(head))) throw forked({ name: 'this machine' }, head, theirs);
  engine.projection.forget();
  return { again, renumbered: renumberedBetween(before, after) };
}

/** The local commits that the remote's head does not have, oldest first; Fault when the two logs are not one. */
async function unpublished(
  parties: Parties,
  head: string,
  theirs: string,
): Promise<readonly LogCommit[]> {
  const { local, remote } = parties;
  const pin = await remote.pin();
  const news = await commitsAfter(local, theirs, pin);
  const ours = await commitsAfter(local, head, pin);
  const known = new Set(news.commits.map((commit) => commit.oid));
  if (pin !== null && !(news.isComplete && ours.isComplete)) throw forked(remote, pin, theirs);
  // Without a pin, as under a new name of the remote, one commit in common makes it one log.
  if (pin === null && !ours.commits.some(({ oid }) => known.has(oid))) {
    throw createdApart(local, remote, head, theirs);
  }
  return ours.commits.filter((commit) => !known.has(commit.oid));
}

/** Moves the branch to a head that has everything we have. */
async function follow(parties: Parties, head: string | null, theirs: string): Promise<void> {
  const isMoved = await parties.local.stage(theirs).settle(head);
  if (!isMoved) throw forked(parties.remote, head ?? 'none', theirs);
  parties.engine.projection.forget();
}

/** Whether the log here is a genesis and nothing else: then nobody used it, and one that is published goes first. */
async function isOnlyCreated(local: LocalLog, head: string): Promise<boolean> {
  const { commits, isComplete } = await local.read({ from: head, commitsMax: 1 });
  return isComplete && commits.every(({ parents }) => parents.length === 0);
}

async function catchUp(parties: Parties, theirs: string, pin: string | null): Promise<Taken> {
  const { local } = parties;
  const head = await local.head();
  if (head !== null && (await hasAll(local, head, theirs, pin))) return nothingTaken;
  const isUnused = head === null || (pin === null && (await isOnlyCreated(local, head)));
  if (isUnused || head === pin) {
    await follow(parties, head, theirs);
    return nothingTaken;
  }
  return redecide(parties, await unpublished(parties, head, theirs), head, theirs);
}

/** Whether a head here goes on from the remote's: what is only ahead need not be decided again. */
async function hasAll(
  local: LocalLog,
  head: string,
  theirs: string,
  pin: string | null,
): Promise<boolean> {
  return head === theirs || pin === theirs || isBefore(local, theirs, head);
}

/**
 * Takes over a remote head and remembers it; local commits it does not have are decided again. A head that this
 * clone has seen pass already (another process fetched later and was faster) changes nothing.
 */
export async function takeOver(parties: Parties, theirs: string): Promise<Taken> {
  const { local, remote } = parties;
  return local.exclusively(async () => {
    const pin = await remote.pin();
    const isOld = pin !== null && pin !== theirs && (await isBefore(local, theirs, pin));
    if (isOld) return nothingTaken;
    await acceptEpochs(parties, theirs, pin ?? (await local.head()));
    const taken = await catchUp(parties, theirs, pin);
    if (pin !== theirs) await remote.movePin(theirs);
    return taken;
  });
}

/** The remote's head; where that is not taken over, what is good before it is, and the Fault goes on. */
async function fetchGood(parties: Parties): Promise<string | null> {
  try {
    return await parties.remote.fetch();
  } catch (error) {
    if (!(error instanceof PartialFetch)) throw error;
    throw new PartlyTaken(error, await takeOver(parties, error.good));
  }
}

async function fetchAndTakeOver(parties: Parties): Promise<Taken> {
  const { remote } = parties;
  const theirs = await fetchGood(parties);
  if (theirs !== null) return takeOver(parties, theirs);
  const pin = await remote.pin();
  if (pin === null) return nothingTaken;
  throw deleted(remote, pin);
}

/**
 * Fetches and takes over what is new; nothing is published. At a commit that nobody should take over it ends with a
 * `PartlyTaken`, or where nothing new is good before that with another Fault.
 */
export async function refresh(engine: Engine, local: LocalLog, remote: RemoteLog): Promise<Taken> {
  return fetchAndTakeOver({ engine, local, remote, waiting: new Set() });
}

async function isPublished({ local, remote }: Parties): Promise<boolean> {
  const head = await local.head();
  return head === null || head === (await remote.pin());
}

/**
 * One push. What was pushed is then taken over like any other head of the remote: meanwhile another process of this
 * clone may have decided it again on an older one.
 */
async function publishOnce(parties: Parties): Promise<Taken | 'rejected'> {
  const head = await parties.local.head();
  if (head === null) return nothingTaken;
  const pushed = await parties.remote.push(head);
  return pushed.ok ? takeOver(parties, head) : 'rejected';
}

interface Progress {
  taken: Taken;
  isConfirmed: boolean;
}

/** One attempt: a push, and what is new on the remote where it was rejected. */
async function publishStep(parties: Parties, progress: Progress): Promise<void> {
  progress.isConfirmed = await isPublished(parties);
  if (progress.isConfirmed) return;
  const pushed = await publishOnce(parties);
  const isPushed = pushed !== 'rejected';
  progress.taken = bothTaken(progress.taken, isPushed ? pushed : await fetchAndTakeOver(parties));
  // What was here when it began is there; what others of this clone add meanwhile is theirs to publish.
  progress.isConfirmed = isPushed && pushed.again.size === 0;
}

/**
 * Pauses before another try, with jitter so that rivals do not meet again. Pauses grow at first, so that a crowd thins
 * out, and then shrink: who has been overtaken often comes before those who have just arrived.
 */
async function pauseAfter(attempt: number, clock: Clock): Promise<void> {
  const [random = 0] = clock.randomBytes(1);
  const doublings = Math.min(attempt, limits.appendAttemptsMax - attempt);
  await clock.sleep((random / 255) * 50 * 2 ** doublings);
}

function alwaysMoved({ name }: RemoteLog): Fault {
  const message = `${name} was always moved by others. What you did is kept here; try \`coord sync\` again.`;
  return new Fault('remote-busy', message);
}

/**
 * Publishes what is new here. A rejected push, or one whose outcome is unknown, is followed by a fetch:
 * command ids that are already there are not written twice. Attempts are bounded and jittered. A fault on the way
 * is answered as the problem: what was decided again before it counts all the same.
 */
export async function tryPublish(
  engine: Engine,
  local: LocalLog,
  remote: RemoteLog,
  waiting: ReadonlySet<string> = new Set(),
): Promise<Synced> {
  const parties: Parties = { engine, local, remote, waiting };
  const progress: Progress = { taken: nothingTaken, isConfirmed: false };
  try {
    for (let attempt = 0; attempt < limits.appendAttemptsMax; attempt += 1) {
      await publishStep(parties, progress);
      if (progress.isConfirmed) return { ...progress.taken, isConfirmed: true, problem: null };
      await pauseAfter(attempt, engine.clock);
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const taken = bothTaken(progress.taken, takenBefore(error));
    return { ...taken, isConfirmed: false, problem: error };
  }
  return { ...progress.taken, isConfirmed: false, problem: alwaysMoved(remote) };
}
