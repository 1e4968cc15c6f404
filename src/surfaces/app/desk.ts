// One engine per repository, kept while the App runs: the fold stays in memory and only news are read.
import { branchPolicy, usable } from '../../adapters/github/policy.ts';
import type { GitHubClient, RepositoryName } from '../../adapters/github/client.ts';
import { keptLog } from '../../adapters/github/log-keeper.ts';
import type { KeptLog } from '../../adapters/github/log-keeper.ts';
import { patientClient } from '../../adapters/github/patient.ts';
import { readToken } from '../../adapters/system/capability-token.ts';
import { verifySignature } from '../../adapters/system/signature.ts';
import { BatchWriter } from '../../engine/batch-writer.ts';
import type { Pace } from '../../engine/batch-window.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Engine } from '../../engine/execute.ts';
import { routeEvents } from '../../engine/fold.ts';
import { judging, projectionOf } from '../../engine/project.ts';
import { evolutionsOf } from '../../engine/registry-port.ts';
import type { Registry } from '../../engine/registry-port.ts';
import { recordFinder } from '../../engine/vouch.ts';
import type { PolicyInForce } from '../../policy/in-force.ts';
import { writeWithEpochs } from './epoch-write.ts';
import type { Write } from './epoch-write.ts';
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
  /** Clock, registry and store; nobody but its writer loads its fold, which is ahead of the log while it writes. */
  readonly engine: Engine;
  /** For everything that only reads. */
  readonly reader: Engine;
  /**
   * Writes commands, together with those of other webhooks, and answers each once it is on the log. Without a lane
   * they are decided under the policy of the default branch as it is then. Throws what executing throws.
   */
  readonly write: Write;
  /** Takes over what is new, so that the next command finds the log in memory; what is our own the writer knows. */
  readonly catchUp: (isOwn: boolean) => Promise<void>;
  readonly app: AppIdentity;
  readonly findRecord: ReturnType<typeof recordFinder>;
  /** Numbers of the conversations in which strangers were told that they cannot command. */
  readonly toldStrangers: Set<number>;
}

/** Opens the desk of a repository for one webhook; `client` carries that installation's token. */
export type OpenDesk = (client: GitHubClient, repository: RepositoryName) => Promise<Desk>;

/** The desks of an App. */
export interface Desks {
  readonly open: OpenDesk;
  /** The desks, among those opened so far, that have read or written a log which lives in this repository. */
  readonly logAt: (repository: RepositoryName) => readonly Desk[];
  /** Writes at once what waits to be written, on every desk; resolves when nothing waits. */
  drain(): Promise<void>;
}

/** What desks are made with. */
export interface Furnishing {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly identity: () => Promise<AppIdentity>;
  /** How fast the commits of one repository may follow one another. */
  readonly pace: Pace;
  /** Host name of a GitHub Enterprise Server. */
  readonly githubHost?: string;
}

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
  readonly writer: BatchWriter;
  readonly desk: Desk;
  readonly log: KeptLog;
}

/** GitHub knows repositories in any case of letters. */
function nameOf({ owner, repo }: RepositoryName): string {
  return `${owner}/${repo}`.toLowerCase();
}

function livesAt({ log }: Held, repository: RepositoryName): boolean {
  const keeper = log.keeper();
  return keeper !== null && nameOf(keeper) === nameOf(repository);
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

const caution = { ...judging, isAppendOnly: true };

function hold(
  { registry, clock, pace, githubHost }: Furnishing,
  first: GitHubClient,
  repository: RepositoryName,
  app: AppIdentity,
): Held {
  const tokens = new NewestClient(first);
  const client = patientClient(tokens, clock);
  const policy = async (): Promise<PolicyInForce> =>
    usable(await branchPolicy(client, repository, null));
  const host = githubHost === undefined ? {} : { githubHost };
  const place = { client, repository, appSlug: app.slug, ...host };
  const store = keptLog(place, async () => (await policy()).policy);
  const evolutions = routeEvents(evolutionsOf(registry));
  const projection = projectionOf(store, evolutions, clock, caution);
  const proof = { verify: verifySignature, readToken };
  const engine: Engine = { store, registry, evolutions, projection, clock, policy, ...proof };
  const forReaders = sharedProjection(projectionOf(store, evolutions, clock, caution));
  const reader: Engine = { ...engine, projection: forReaders };
  const writer = new BatchWriter(engine, pace);
  const desk: Desk = {
    ...{ repository, client, engine, reader, app },
    write: writeWithEpochs(engine, store, (requests, lane) => writer.execute(requests, lane)),
    catchUp: async (isOwn) => {
      await forReaders.load();
      if (!isOwn) await store.exclusively(() => projection.load());
    },
    findRecord: recordFinder(store),
    toldStrangers: new Set<number>(),
  };
  return { tokens, writer, desk, log: store };
}

/** Desks of all repositories, made on first use. */
export function desks(furnishing: Furnishing): Desks {
  const held = new Map<string, Held>();
  return {
    open: async (client, repository) => {
      const app = await furnishing.identity();
      const name = nameOf(repository);
      const found = held.get(name) ?? hold(furnishing, client, repository, app);
      held.set(name, found);
      found.tokens.newest = client;
      return forOneWebhook(found.desk);
    },
    logAt: (repository) =>
      [...held.values()]
        .filter((each) => livesAt(each, repository))
        .map(({ desk }) => forOneWebhook(desk)),
    drain: async () => {
      await Promise.all([...held.values()].map(({ writer }) => writer.drain()));
    },
  };
}
