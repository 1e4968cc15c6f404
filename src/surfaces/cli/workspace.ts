// Opens the log of a repository: its store, the engine over it, the remote, and the policy in force.
import { basePolicy } from '../../adapters/git/base-policy.ts';
import { openLocalLog } from '../../adapters/git/local-log.ts';
import { openRemoteLog } from '../../adapters/git/remote-log.ts';
import { hasRemote } from '../../adapters/git/repository.ts';
import type { Repository } from '../../adapters/git/repository.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Answer, Engine } from '../../engine/execute.ts';
import { routeEvents } from '../../engine/fold.ts';
import { projectionOf } from '../../engine/project.ts';
import { evolutionsOf } from '../../engine/registry-port.ts';
import type { Registry } from '../../engine/registry-port.ts';
import { refresh } from '../../engine/sync.ts';
import { Fault } from '../../kernel/fault.ts';
import type { LocalLog, RemoteLog } from '../../log/store.ts';
import type { PolicyInForce } from '../../policy/in-force.ts';

export interface Workspace {
  readonly repository: Repository;
  readonly log: LocalLog;
  readonly engine: Engine;
  /** Null where the repository has no remote of the name asked for. */
  readonly remote: RemoteLog | null;
  readonly policy: () => Promise<PolicyInForce>;
}

/** Opens the workspace; nothing is created and no network is touched. */
export function openWorkspace(
  repository: Repository,
  registry: Registry,
  clock: Clock,
  remoteName: string,
): Workspace {
  const isShared = hasRemote(repository, remoteName);
  const log = openLocalLog(repository.commonDir, isShared);
  const evolutions = routeEvents(evolutionsOf(registry));
  const projection = projectionOf(log, evolutions, clock);
  let inForce: Promise<PolicyInForce> | null = null;
  const policy = (): Promise<PolicyInForce> =>
    (inForce ??= basePolicy(repository, isShared ? remoteName : null));
  return {
    repository,
    log,
    engine: { store: log, registry, evolutions, projection, clock, policy },
    remote: isShared ? openRemoteLog(repository, remoteName, clock) : null,
    policy,
  };
}

/** What reaching the remote came to; a remote that cannot be reached is no failure of the command. */
export interface Freshness {
  readonly problem: Fault | null;
  readonly again: ReadonlyMap<string, Answer>;
}

/** Takes over what is new on the remote, unless offline or without one. Only an unreachable remote is forgiven. */
export async function freshen(workspace: Workspace, isOffline: boolean): Promise<Freshness> {
  const { engine, log, remote } = workspace;
  if (remote === null || isOffline) return { problem: null, again: new Map() };
  try {
    return { problem: null, again: await refresh(engine, log, remote) };
  } catch (error) {
    if (error instanceof Fault && error.code === 'remote-unreachable') {
      return { problem: error, again: new Map() };
    }
    throw error;
  }
}
