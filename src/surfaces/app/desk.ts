// One engine per repository, kept while the App runs: the fold stays in memory and only news are read.
import { branchPolicy, usable } from '../../adapters/github/policy.ts';
import type { GitHubClient, RepositoryName } from '../../adapters/github/client.ts';
import { githubLog } from '../../adapters/github/log-store.ts';
import { patientClient } from '../../adapters/github/patient.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Engine } from '../../engine/execute.ts';
import { routeEvents } from '../../engine/fold.ts';
import { judging, projectionOf } from '../../engine/project.ts';
import { evolutionsOf } from '../../engine/registry-port.ts';
import type { Registry } from '../../engine/registry-port.ts';
import { recordFinder } from '../../engine/vouch.ts';
import type { PolicyInForce } from '../../policy/in-force.ts';
import { sharedProjection } from './reader.ts';

/** What the App knows of itself. */
export interface AppIdentity {
  readonly id: number;
  /** The App's login is `slug[bot]`. */
  readonly slug: string;
}

/** A repository with everything that a handler works with, for the time of one webhook. */
export interface Desk {
  readonly repository: RepositoryName;
  readonly client: GitHubClient;
  /** For executing only: while it writes, its fold is ahead of the log. */
  readonly engine: Engine;
  /** For everything that only reads. */
  readonly reader: Engine;
  readonly app: AppIdentity;
  readonly findRecord: ReturnType<typeof recordFinder>;
  /** Numbers of the conversations in which strangers were told that they cannot command. */
  readonly toldStrangers: Set<number>;
}

/** Opens the desk of a repository for one webhook; `client` carries that installation's token. */
export type OpenDesk = (client: GitHubClient, repository: RepositoryName) => Promise<Desk>;

/** A client that always uses the newest token it was given. */
class NewestClient implements GitHubClient {
  newest: GitHubClient;

  constructor(first: GitHubClient) {
    this.newest = first;
  }

  request(...call: Parameters<GitHubClient['request']>): ReturnType<GitHubClient['request']> {
    return this.newest.request(...call);
  }

  graphql(...call: Parameters<GitHubClient['graphql']>): Promise<unknown> {
    return this.newest.graphql(...call);
  }
}

interface Held {
  readonly tokens: NewestClient;
  readonly desk: Desk;
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | null = null;
  return () => (reading ??= read());
}

/** One webhook is handled under one policy, read when it is first needed. */
function forOneWebhook(desk: Desk): Desk {
  const policy = once(desk.engine.policy);
  return { ...desk, engine: { ...desk.engine, policy }, reader: { ...desk.reader, policy } };
}

/** Desks of all repositories, made on first use. */
export function desks(
  registry: Registry,
  clock: Clock,
  identity: () => Promise<AppIdentity>,
): OpenDesk {
  const held = new Map<string, Held>();

  function hold(first: GitHubClient, repository: RepositoryName, app: AppIdentity): Held {
    const tokens = new NewestClient(first);
    const client = patientClient(tokens, clock);
    const store = githubLog({ client, repository, appSlug: app.slug });
    const evolutions = routeEvents(evolutionsOf(registry));
    const policy = async (): Promise<PolicyInForce> =>
      usable(await branchPolicy(client, repository, null));
    const caution = { ...judging, isAppendOnly: true };
    const projection = projectionOf(store, evolutions, clock, caution);
    const engine: Engine = { store, registry, evolutions, projection, clock, policy };
    const forReaders = sharedProjection(projectionOf(store, evolutions, clock, caution));
    const reader: Engine = { ...engine, projection: forReaders };
    const kept = { findRecord: recordFinder(store), toldStrangers: new Set<number>() };
    return { tokens, desk: { repository, client, engine, reader, app, ...kept } };
  }

  return async (client, repository) => {
    const app = await identity();
    const name = `${repository.owner}/${repository.repo}`.toLowerCase();
    const found = held.get(name) ?? hold(client, repository, app);
    held.set(name, found);
    found.tokens.newest = client;
    return forOneWebhook(found.desk);
  };
}
