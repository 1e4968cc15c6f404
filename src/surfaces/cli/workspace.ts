// Opens the log of a repository: its store, the engine over it, the remote, and the policy in force.
import { openLocalLog, storeDirectory, storeHandle } from '../../adapters/git/local-log.ts';
import { forgetFork, knownFork, rememberFork } from '../../adapters/git/remote/forked-mark.ts';
import type { Inspect } from '../../adapters/git/remote/take-over.ts';
import { openRemoteLog } from '../../adapters/git/remote/remote-log.ts';
import { hasRemote, hasRemotes } from '../../adapters/git/repository.ts';
import type { Repository } from '../../adapters/git/repository.ts';
import { openTrackedLog } from '../../adapters/git/remote/tracked-log.ts';
import { snapshotShelf } from '../../adapters/git/snapshot-file.ts';
import { readToken } from '../../adapters/system/capability-token.ts';
import { verifySignature } from '../../adapters/system/signature.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Engine } from '../../engine/execute.ts';
import { routeEvents } from '../../engine/fold.ts';
import { projectionOf } from '../../engine/project.ts';
import { evolutionsOf } from '../../engine/registry-port.ts';
import type { Registry } from '../../engine/registry-port.ts';
import { answeringProjection } from '../../engine/snapshot.ts';
import { inspectNews, inspectTimes, timesOf } from '../../engine/inspect-news.ts';
import type { Renumberings } from '../../engine/renumbered.ts';
import { refresh, tryPublish } from '../../engine/sync.ts';
import type { Synced } from '../../engine/sync.ts';
import { PartlyTaken, takenBefore } from '../../engine/taken.ts';
import type { Taken } from '../../engine/taken.ts';
import { Fault, UsageError } from '../../kernel/fault.ts';
import type { ArchivingRemote, RemoteLog, RollingLog } from '../../log/store.ts';
import { sameRepository } from '../../policy/log-place.ts';
import type { Globals } from './globals.ts';
import { isPolicyFault, policySource } from './policy-source.ts';
import type { PolicySource } from './policy-source.ts';

export interface Workspace {
  readonly repository: Repository;
  readonly log: RollingLog;
  /** Decides commands; nothing is decided under a policy that cannot be used. */
  readonly engine: Engine;
  /** The same log for questions, which a broken policy does not stop, and which may begin at a snapshot. */
  readonly asking: Engine;
  /** Keeps a snapshot of what was loaded for questions, where that is worth it. */
  readonly keepSnapshot: () => void;
  /** Null where the repository has no remote of the name asked for. */
  readonly remote: ArchivingRemote | null;
  /** The remote's log as it came with the clone, for when the remote is not asked. */
  readonly tracked: RemoteLog | null;
  readonly policy: PolicySource;
  /** The repository that keeps the log, as the policy has it; null where it is the remote's own. */
  readonly keptIn: () => Promise<string | null>;
}

/** What of a shell it takes to open one. */
interface Opening {
  readonly globals: Pick<Globals, 'remote'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminal: { err(text: string): void };
  readonly clock: Clock;
  readonly registry: Registry;
}

/** Without a remote of this name the log is local; any other name was given, and must be there. */
const usualRemote = 'origin';

/** A broken policy says nothing of it; what it breaks is told where the policy is asked for. */
async function logKeeper(source: PolicySource): Promise<string | null> {
  try {
    const { policy } = await source.strict();
    return policy.log.repository === sameRepository ? null : policy.log.repository;
  } catch (error) {
    if (!isPolicyFault(error)) throw error;
    return null;
  }
}

/** Opens the workspace; nothing is created and no network is touched. */
export function openWorkspace(repository: Repository, shell: Opening): Workspace {
  const { clock, registry, environment, terminal } = shell;
  const remoteName = shell.globals.remote;
  const isShared = hasRemote(repository, remoteName);
  if (!isShared && remoteName !== usualRemote) {
    const remote = remoteName;
    throw new UsageError(
      'no-remote',
      `There is no remote ${remote} here; \`git remote\` lists them.`,
      { remote },
    );
  }
  const handle = storeHandle(repository.commonDir);
  const log = openLocalLog(repository.commonDir, hasRemotes(repository), handle);
  const evolutions = routeEvents(evolutionsOf(registry));
  const projection = projectionOf(log, evolutions, clock);
  const answering = answeringProjection(log, evolutions, clock, snapshotShelf(handle));
  const policy = policySource(repository, isShared ? remoteName : null, (text) =>
    terminal.err(text),
  );
  const engine = {
    ...{ store: log, registry, evolutions, projection, clock },
    policy: () => policy.strict(),
    verify: verifySignature,
    readToken,
  };
  const inspect: Inspect = (commits, before) => {
    inspectNews(evolutions, commits);
    inspectTimes(commits, timesOf(before, clock.now()));
  };
  const keptIn = (): Promise<string | null> => logKeeper(policy);
  const arriving = { clock, inspect, environment, keptIn };
  return {
    ...{ repository, log, engine, policy, keptIn },
    asking: { ...engine, projection: answering, policy: () => policy.lenient() },
    keepSnapshot: () => answering.keep(),
    remote: isShared ? openRemoteLog(repository, remoteName, arriving) : null,
    tracked: isShared ? openTrackedLog(repository, remoteName, arriving) : null,
  };
}

/** What reaching the remote came to; a remote that cannot be reached is no failure of the command. */
export interface Freshness {
  readonly problem: Fault | null;
  /** What was made here and goes by another number since. */
  readonly renumbered: Renumberings;
}

/**
 * A remote that cannot be reached, what cannot be decided again on its head while the policy is broken, or a time that
 * cannot be yet: one push of that kind must not stop everybody.
 */
function isForgiven(error: unknown): error is Fault {
  if (!(error instanceof Fault)) return false;
  const passing = ['remote-unreachable', 'log-ahead'];
  return passing.includes(error.code) || isPolicyFault(error);
}

/** Where nothing is known of the log yet, the branch that came with the clone is a beginning. */
async function beginWithClone({ engine, log, tracked }: Workspace): Promise<void> {
  if (tracked !== null && (await log.head()) === null) await refresh(engine, log, tracked);
}

function isFork(error: unknown): error is Fault {
  return error instanceof Fault && error.code === 'log-forked';
}

/** A fork counts until the remote was seen to continue the log here, also for commands that do not ask it. */
async function noteFork({ log, repository }: Workspace, error: unknown): Promise<void> {
  if (!isFork(error)) return;
  if ((await log.head()) !== null) rememberFork(storeDirectory(repository.commonDir), error);
}

/** A commit that came from the remote, and not what lies on this disk. */
function isRemotes({ repository }: Workspace, { code, data }: Fault): boolean {
  const { commit } = data;
  if (code !== 'log-corrupt' || typeof commit !== 'string') return false;
  return storeHandle(repository.commonDir).open()?.readObject(commit) === undefined;
}

/**
 * What is wrong on the remote, with what is good here and how to use it meanwhile; any other error as it is, and also
 * where nothing is here.
 */
async function withGoodHere(workspace: Workspace, error: unknown): Promise<unknown> {
  if (!(error instanceof Fault) || !isRemotes(workspace, error)) return error;
  const { log, remote } = workspace;
  const good = (await remote?.pin()) ?? (await log.head());
  if (good === null) return error;
  const { code, message, data } = error;
  const named = message.includes(good) ? '' : ` The last good commit known here is ${good}.`;
  const told = `${message}${named} With --offline every command works with what is here.`;
  const fault = new Fault(code, told, { ...data, good });
  return error instanceof PartlyTaken ? new PartlyTaken(fault, error.taken) : fault;
}

/** Takes over what is new; a remote that continues the log here ends a fork. Faults of `refresh`. */
export async function refreshHere(workspace: Workspace, remote: RemoteLog): Promise<Taken> {
  const { engine, log, repository } = workspace;
  try {
    const taken = await refresh(engine, log, remote);
    if ((await log.head()) !== null) forgetFork(storeDirectory(repository.commonDir));
    return taken;
  } catch (error) {
    await noteFork(workspace, error);
    throw await withGoodHere(workspace, error);
  }
}

/** Publishes what is new here; problems as of `tryPublish`. */
export async function publishHere(
  workspace: Workspace,
  remote: RemoteLog,
  waiting: ReadonlySet<string> = new Set(),
): Promise<Synced> {
  const synced = await tryPublish(workspace.engine, workspace.log, remote, waiting);
  await noteFork(workspace, synced.problem);
  return synced;
}

/** The Fault `log-forked` that the last look at the remote ended with; null where there is none. */
export function forkKnown({ repository, remote }: Workspace): Fault | null {
  return remote === null ? null : knownFork(storeDirectory(repository.commonDir));
}

/** Throws the Fault `log-forked` that the last look at the remote ended with: a forked clone writes nothing. */
export function stopIfForked(workspace: Workspace): void {
  const fork = forkKnown(workspace);
  if (fork !== null) throw fork;
}

/** Whoever has never seen a log that is kept apart would take it for empty: that is no answer. */
async function stopWithoutAccess({ log, keptIn }: Workspace, { message }: Fault): Promise<void> {
  const keeper = await keptIn();
  if (keeper === null || (await log.head()) !== null) return;
  throw new Fault(
    'log-no-access',
    `The log of this repository is kept in ${keeper}, and it cannot be read from here. Ask whoever owns ${keeper} for access, and see that git may use yours. ${message}`,
    { repository: keeper },
  );
}

/** Takes over what is new on the remote, unless offline or without one. */
export async function freshen(workspace: Workspace, isOffline: boolean): Promise<Freshness> {
  const { remote } = workspace;
  if (remote === null || isOffline) {
    await beginWithClone(workspace);
    return { problem: null, renumbered: new Map() };
  }
  try {
    const { renumbered } = await refreshHere(workspace, remote);
    return { problem: null, renumbered };
  } catch (error) {
    if (!isForgiven(error)) throw error;
    await beginWithClone(workspace);
    await stopWithoutAccess(workspace, error);
    return { problem: error, renumbered: takenBefore(error).renumbered };
  }
}

/** As `freshen`, for a question: what is known here answers it although nothing may be written, and that is told. */
export async function freshenToAsk(
  workspace: Workspace,
  isOffline: boolean,
): Promise<Freshness & { readonly fork: Fault | null }> {
  try {
    const fresh = await freshen(workspace, isOffline);
    return { ...fresh, fork: forkKnown(workspace) };
  } catch (error) {
    if (!isFork(error) || (await workspace.log.head()) === null) throw error;
    return { problem: null, renumbered: new Map(), fork: error };
  }
}
