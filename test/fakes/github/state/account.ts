// People, bots and organisations, as every answer of the fake shows them.
import type { JsonObject } from './json.ts';

export type AccountType = 'User' | 'Bot' | 'Organization';

export interface Account {
  readonly id: number;
  readonly nodeId: string;
  readonly login: string;
  readonly type: AccountType;
  readonly name: string | null;
  /** The address commits of this account carry. */
  readonly email: string;
}

/** The account GitHub itself commits with. */
export const webFlow: Account = {
  id: 19_864_447,
  nodeId: 'MDQ6VXNlcjE5ODY0NDQ3',
  login: 'web-flow',
  type: 'User',
  name: 'GitHub',
  email: 'noreply@github.com',
};

/** The login of a bot ends in `[bot]`; that is all GitHub shows of an App in a thread. */
export function isBotLogin(login: string): boolean {
  return login.endsWith('[bot]');
}

/** An account in the shape of GitHub's `simple-user`. `url` is the root of the fake. */
export function accountView(url: string, account: Account): JsonObject {
  const login = encodeURIComponent(account.login);
  const api = `${url}/api/v3/users/${login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: account.nodeId,
    avatar_url: `${url}/avatars/u/${account.id}`,
    gravatar_id: '',
    url: api,
    html_url: `${url}/${account.type === 'Bot' ? `apps/${login.replace('%5Bbot%5D', '')}` : login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: account.type,
    site_admin: false,
  };
}
