// The App's ways to GitHub that no webhook opens: clients of installations, of others' tokens, and the keys of workflows.
import type { Probot } from 'probot';
import { troubleOf } from '../../adapters/github/client.ts';
import type { GitHubClient, RepositoryName } from '../../adapters/github/client.ts';
import { tokenClient } from '../../adapters/github/token.ts';
import { workflowVerifier } from '../../adapters/github/workflow-token.ts';
import type { Clock } from '../../engine/clock.ts';
import { Fault } from '../../kernel/fault.ts';
import type { Authority } from './holder.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** An Octokit of Probot's, as the two calls we use. */
export function plainClient(octokit: Awaited<ReturnType<Probot['auth']>>): GitHubClient {
  return {
    request: (route, parameters) => octokit.request(route, parameters),
    graphql: (query, variables) => octokit.graphql(query, variables),
  };
}

interface Installed {
  readonly id: number;
  readonly untilMs: number;
}

const installedMs = 600_000;

/**
 * Clients that act for the App in a repository, null where it is not installed. Which installation that is, is asked
 * every ten minutes; Probot keeps its token.
 */
export function installationClients(
  probot: Probot,
  clock: Clock,
): (repository: RepositoryName) => Promise<GitHubClient | null> {
  const installed = new Map<string, Installed>();

  async function ask(repository: RepositoryName): Promise<number | null> {
    const app = plainClient(await probot.auth());
    try {
      const route = 'GET /repos/{owner}/{repo}/installation';
      const { data } = await app.request(route, { ...repository });
      return (data as { id: number }).id;
    } catch (error) {
      if (troubleOf(error).kind === 'missing') return null;
      throw error;
    }
  }

  return async (repository) => {
    const name = `${repository.owner}/${repository.repo}`.toLowerCase();
    const nowMs = Date.parse(clock.now());
    const known = installed.get(name);
    const isKnown = known !== undefined && known.untilMs > nowMs;
    const id = isKnown ? known.id : await ask(repository);
    if (id === null) return null;
    if (!isKnown) installed.set(name, { id, untilMs: nowMs + installedMs });
    return plainClient(await probot.auth(id));
  };
}

function apiUrlOf(environment: Environment): string {
  const host = environment['GHE_HOST'] ?? '';
  const protocol = environment['GHE_PROTOCOL'] ?? 'https';
  return host === '' ? 'https://api.github.com' : `${protocol}://${host}/api/v3`;
}

function issuerOf(environment: Environment): string {
  const host = environment['GHE_HOST'] ?? '';
  const usual =
    host === '' ? 'https://token.actions.githubusercontent.com' : `https://${host}/_services/token`;
  return environment['COORD_OIDC_ISSUER'] ?? usual;
}

function addressOf(environment: Environment): string | null {
  const text = environment['COORD_APP_URL'] ?? '';
  if (text === '') return null;
  if (URL.canParse(text)) return text.replace(/\/+$/, '');
  const message =
    'COORD_APP_URL is no address. Set it to where GitHub and shells reach this App, such as https://coord.example.com.';
  throw new Fault('bad-app-url', message, { given: text });
}

/**
 * How tokens are verified: GitHub's by asking GitHub, those of workflows by the issuer's keys, for this App's own
 * address only (COORD_APP_URL). Fault `bad-app-url`.
 */
export function authorityOf(environment: Environment): Authority {
  const apiUrl = apiUrlOf(environment);
  const address = addressOf(environment);
  const issuer = issuerOf(environment);
  return {
    clientFor: (token) => tokenClient(token, apiUrl),
    workflows: address === null ? null : { issuer, verify: workflowVerifier(issuer, address) },
  };
}
