// Starts the GitHub App: checks its credentials, serves webhooks, stops cleanly. Without credentials Probot's setup page.
import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, createProbot, ProbotOctokit, run } from 'probot';
import type { Probot } from 'probot';
import { systemClock } from '../../adapters/system/clock.ts';
import { paceOf } from '../../engine/batch-window.ts';
import type { Pace } from '../../engine/batch-window.ts';
import { Fault, messageOf } from '../../kernel/fault.ts';
import { limits } from '../../kernel/limits.ts';
import { checks, registry } from '../../registry.ts';
import { coordApp } from './app.ts';
import { commandRoute } from './command-route.ts';
import { desks } from './desk.ts';
import type { AppIdentity } from './desk.ts';
import { appServer } from './http.ts';
import { authorityOf, installationClients } from './outside.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface RunningApp {
  /** Where webhooks are taken; null while Probot's setup page is served. */
  readonly url: string | null;
  /** Takes no more webhooks, lets running ones end. */
  stop(): Promise<void>;
}

const webhooksPath = '/api/github/webhooks';
const commitsPerMinuteCeiling = 60_000;

/** GitHub's own waits are honoured by our client; a second throttle would only delay every write by a second. */
const Octokit = ProbotOctokit.defaults((options: Readonly<Record<string, unknown>>) => ({
  ...options,
  retry: { enabled: false },
  throttle: { ...(options['throttle'] as object | undefined), enabled: false },
}));

function hasCredentials(environment: Environment): boolean {
  const key = environment['PRIVATE_KEY'] ?? environment['PRIVATE_KEY_PATH'];
  return (environment['APP_ID'] ?? '') !== '' && (key ?? '') !== '';
}

/** Probot would silently accept deliveries signed with the word `development`. */
function checkSecret(environment: Environment): void {
  const secret = environment['WEBHOOK_SECRET'] ?? '';
  if (secret !== '' && secret !== 'development') return;
  throw new Fault(
    'webhook-secret',
    'WEBHOOK_SECRET is not set to a secret of your own, so anybody could send webhooks. Set the secret that the GitHub App has.',
  );
}

async function identityOf(probot: Probot): Promise<AppIdentity> {
  const octokit = await probot.auth();
  const { data } = await octokit.request('GET /app');
  if (data === null) throw new Fault('github-refused', 'GitHub does not know this App.');
  return { id: data.id, slug: data.slug ?? data.name };
}

/** Asks until it is answered, then never again. */
function untilKnown<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let known: Promise<Value> | null = null;
  return () => {
    known ??= ask().catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
}

/** The setup page offers what app.yml says; without one it would create a public App without any permission. */
function checkManifest(): void {
  if (existsSync('app.yml')) return;
  throw new Fault(
    'app-manifest',
    'There is no app.yml here, so the setup page would create an App without permissions. Start it in the clone of coord, or copy its app.yml here.',
  );
}

async function startSetup(environment: Environment): Promise<RunningApp> {
  checkManifest();
  const server = await run(() => undefined, { env: { ...environment } });
  return {
    url: null,
    stop: async () => {
      await server.stop();
    },
  };
}

function probotOf(environment: Environment): Probot {
  try {
    return createProbot({ env: { ...environment }, overrides: { Octokit } });
  } catch (error) {
    throw new Fault(
      'app-credentials',
      `The App cannot start with these credentials: ${messageOf(error)}. ` +
        "APP_ID is the App's number, PRIVATE_KEY (or the file of PRIVATE_KEY_PATH) its private key in PEM.",
    );
  }
}

function portOf(environment: Environment): number {
  const port = Number(environment['PORT'] ?? 3000);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  const message = 'PORT is not the number of a port, 0 to 65535. Set another one or leave it out.';
  throw new Fault('bad-port', message, { port: environment['PORT'] });
}

/** GitHub recommends at most six pushes a minute; a server of one's own may allow more. */
function paceFor(environment: Environment): Pace {
  const text = environment['COORD_COMMITS_PER_MINUTE'] ?? String(limits.commitsPerMinuteMax);
  const perMinute = Number(text);
  if (Number.isInteger(perMinute) && perMinute >= 1 && perMinute <= commitsPerMinuteCeiling) {
    return paceOf(perMinute);
  }
  throw new Fault(
    'bad-pace',
    `COORD_COMMITS_PER_MINUTE is not a whole number from 1 to ${commitsPerMinuteCeiling}. Leave it out for ${limits.commitsPerMinuteMax}, which GitHub recommends.`,
    { given: text },
  );
}

/** Takes no more requests; resolves when the open ones are answered. */
function closing(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeIdleConnections();
  });
}

async function startWebhooks(environment: Environment): Promise<RunningApp> {
  const listensOn = portOf(environment);
  const probot = probotOf(environment);
  const clock = systemClock(environment['COORD_NOW']);
  const identity = untilKnown(() => identityOf(probot));
  // Asked ahead, so that the first webhook need not wait; without an answer now that one asks again.
  identity().catch(() => undefined);
  const githubHost = (environment['GHE_HOST'] ?? '').replace(/:\d+$/, '');
  const held = desks({
    ...{ registry, clock, identity, pace: paceFor(environment) },
    ...(githubHost === '' ? {} : { githubHost }),
  });
  const appId = Number(environment['APP_ID']);
  const app = coordApp({ open: held.open, logAt: held.logAt, checks, appId });
  const webhooks = await createNodeMiddleware(app.listen, { probot, webhooksPath });
  const secret = environment['WEBHOOK_SECRET'] ?? '';
  const warn = (message: string): void => probot.log.warn(message);
  const commands = commandRoute({
    ...{ open: held.open, clock, warn },
    clientFor: installationClients(probot, clock),
    authority: authorityOf(environment),
  });
  const isBehindProxy = environment['COORD_BEHIND_PROXY'] === '1';
  const server = appServer({
    ...{ webhooks, webhooksPath, secret, commands, isBehindProxy, warn },
  });
  const host = environment['HOST'] ?? 'localhost';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listensOn, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}${webhooksPath}`,
    stop: async () => {
      const closed = closing(server);
      // What waits for its turn is written now; who waits for that can then end.
      await held.drain();
      await closed;
      await app.settled();
    },
  };
}

/**
 * Starts the App from its environment (APP_ID, PRIVATE_KEY or PRIVATE_KEY_PATH, WEBHOOK_SECRET, HOST, PORT, GHE_HOST).
 * Fault `webhook-secret` without a secret of one's own, `app-credentials` in production without credentials.
 */
export async function startApp(environment: Environment): Promise<RunningApp> {
  const isProduction = environment['NODE_ENV'] === 'production';
  if (!hasCredentials(environment)) {
    if (!isProduction) return startSetup(environment);
    throw new Fault(
      'app-credentials',
      'APP_ID and PRIVATE_KEY (or PRIVATE_KEY_PATH) are not set. Start once without NODE_ENV=production to create the GitHub App.',
    );
  }
  checkSecret(environment);
  return startWebhooks(environment);
}
