// Whose a GitHub token is and whether it may write a repository: GitHub is asked with the token itself.
import { Octokit } from '@octokit/rest';
import { troubleOf } from './client.ts';
import type { GitHubClient, RepositoryName } from './client.ts';

/** The account that a token acts for. */
export interface TokenAccount {
  readonly login: string;
  readonly id: number;
  readonly type: 'User' | 'Bot';
}

export type TokenAnswer =
  | { readonly ok: true; readonly account: TokenAccount }
  /** `unknown`: GitHub did not say, which is a no for now; `limited` asks to wait so many seconds. */
  | { readonly ok: false; readonly why: 'invalid' | 'no-write' | 'unknown' }
  | { readonly ok: false; readonly why: 'limited'; readonly waitSeconds: number };

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A client that acts for a token; it logs nothing. `apiUrl` is that of GitHub or of an Enterprise Server. */
export function tokenClient(token: string, apiUrl: string): GitHubClient {
  const octokit = new Octokit({ auth: token, baseUrl: apiUrl, log: silent });
  return {
    request: (route, parameters) => octokit.request(route, parameters),
    graphql: (query, variables) => octokit.graphql(query, variables),
  };
}

interface User {
  readonly login: string;
  readonly id: number;
  readonly type?: string;
}

/** Tokens of installations stand for no user, but GraphQL knows their bot. */
async function botOf(client: GitHubClient): Promise<TokenAccount> {
  const data = (await client.graphql('query CoordViewer { viewer { login databaseId } }')) as {
    viewer: { login: string; databaseId: number };
  };
  return { login: data.viewer.login, id: data.viewer.databaseId, type: 'Bot' };
}

async function accountOf(client: GitHubClient): Promise<TokenAccount> {
  try {
    const { data } = await client.request('GET /user');
    const { login, id, type } = data as User;
    return { login, id, type: type === 'Bot' ? 'Bot' : 'User' };
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble.kind === 'refused' && trouble.status === 403) return botOf(client);
    throw error;
  }
}

/**
 * Writes an object that no branch knows and that is there already from the second time on: only a token with write
 * access to the contents can, so who may not push cannot send commands with a token that merely says who they are.
 */
async function proveWrite(client: GitHubClient, repository: RepositoryName): Promise<void> {
  const proof = { content: 'coord asks whether a token may write here\n', encoding: 'utf-8' };
  await client.request('POST /repos/{owner}/{repo}/git/blobs', { ...repository, ...proof });
}

function failureOf(error: unknown): TokenAnswer {
  const trouble = troubleOf(error);
  if (trouble.kind === 'limited') {
    return { ok: false, why: 'limited', waitSeconds: trouble.waitSeconds };
  }
  if (trouble.kind === 'missing') return { ok: false, why: 'no-write' };
  if (trouble.kind !== 'refused') return { ok: false, why: 'unknown' };
  return { ok: false, why: trouble.status === 401 ? 'invalid' : 'no-write' };
}

/** Asks GitHub, with the token, whose it is and whether it may write the contents of the repository. Throws nothing. */
export async function holderOf(
  client: GitHubClient,
  repository: RepositoryName,
): Promise<TokenAnswer> {
  try {
    const account = await accountOf(client);
    await proveWrite(client, repository);
    return { ok: true, account };
  } catch (error) {
    return failureOf(error);
  }
}
