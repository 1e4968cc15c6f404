// One engine per repository, kept while the App runs: the fold stays in memory and only news are read.
import { branchPolicy, usable } from '../../adapters/github/policy.ts';
import type { GitHubClient, RepositoryName } from '../../adapters/github/client.ts';
import { githubLog } from '../../adapters/github/log-store.ts';
import { patientClient } from '../../adapters/github/patient.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Engine } from '../../engine/execute.ts';
import { routeEvents } from '../../engine/fold.ts';
import { projectionOf } from '../../engine/project.ts';
import { evolutionsOf } from '../../engine/registry-port.ts';
import type { Registry } from '../../engine/registry-port.ts';
import { recordFinder } from '../../engine/vouch.ts';

/** What the App knows of itself. */
export interface AppIdentity {
  readonly id: number;
  /** The App's login is `slug[bot]`. */
  readonly slug: string;
}

/** A repository with everything that a handler works with. */
export interface Desk {
  readonly repository: RepositoryName;
  readonly client: GitHubClient;
  readonly engine: Engine;
  readonly app: AppIdentity;
  readonly findRecord: ReturnType<typeof recordFinder>;
}

/** Opens the desk of a repository for one webhook; `client` carries that installation's token. */
export type OpenDesk = (client: GitHubClient, repository: RepositoryName) => Promise<Desk>;

/** A client that always uses the newest token it was given. */
interface Held {
  newest: GitHubClient;
  readonly desk: Desk;
}

/** Desks of all repositories, made on first use. `identity` is asked once. */
export function desks(
  registry: Registry,
  clock: Clock,
  identity: () => Promise<AppIdentity>,
): OpenDesk {
  const held = new Map<string, Held>();
  let known: Promise<AppIdentity> | null = null;

  function make(name: string, repository: RepositoryName, app: AppIdentity): Desk {
    const latest = (): GitHubClient => held.get(name)?.newest ?? first;
    const first: GitHubClient = {
      request: () => Promise.reject(new Error('no client yet')),
      graphql: () => Promise.reject(new Error('no client yet')),
    };
    const client = patientClient(
      {
        request: (route, parameters) => latest().request(route, parameters),
        graphql: (query, variables) => latest().graphql(query, variables),
      },
      clock,
    );
    const store = githubLog({ client, repository, appSlug: app.slug });
    const evolutions = routeEvents(evolutionsOf(registry));
    const projection = projectionOf(store, evolutions, clock);
    const policy = async (): Promise<ReturnType<typeof usable>> =>
      usable(await branchPolicy(client, repository, null));
    const engine: Engine = { store, registry, evolutions, projection, clock, policy };
    return { repository, client, engine, app, findRecord: recordFinder(store) };
  }

  return async (client, repository) => {
    known ??= identity();
    const app = await known.catch((error: unknown) => {
      known = null;
      throw error;
    });
    const name = `${repository.owner}/${repository.repo}`.toLowerCase();
    const existing = held.get(name);
    if (existing !== undefined) {
      existing.newest = client;
      return existing.desk;
    }
    const desk = make(name, repository, app);
    held.set(name, { newest: client, desk });
    return desk;
  };
}
