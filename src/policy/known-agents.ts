// Agents recognised without any policy, by what GitHub shows of them; a policy overrides them by name.
//
// Logins and account ids are those GitHub's user API gives (looked up in public material, November 2026). A login
// with its `[bot]` ending cannot be taken by a person; a bare word such as `claude` can, and is a person's account.

export interface KnownAgent {
  readonly name: string;
  /** As the REST API prints them. GraphQL leaves `[bot]` out, see `canonicalLogin`. */
  readonly logins: readonly string[];
  /** GitHub.com account ids by login in lower case; an id that differs is somebody else. */
  readonly accountIds: Readonly<Record<string, number>>;
  readonly branches: readonly string[];
  /** Addresses in `Co-authored-by` trailers and of commit authors, lower case. */
  readonly emails: readonly string[];
}

/** The address GitHub gives an account: `<id>+<login>@users.noreply.github.com`. */
function noreply(accountIds: Readonly<Record<string, number>>): string[] {
  return Object.entries(accountIds).map(([login, id]) => `${id}+${login}@users.noreply.github.com`);
}

function known(
  name: string,
  accountIds: Readonly<Record<string, number>>,
  { logins = [], emails = [] }: { logins?: readonly string[]; emails?: readonly string[] } = {},
): KnownAgent {
  return {
    name,
    logins: [...Object.keys(accountIds), ...logins],
    accountIds,
    branches: [`${name}/`],
    emails: [...noreply(accountIds), ...emails],
  };
}

export const knownAgents: readonly KnownAgent[] = [
  // The coding agent is one account with two logins; the command line tool signs with another account's address.
  known(
    'copilot',
    { copilot: 198982749 },
    {
      logins: ['copilot-swe-agent[bot]'],
      emails: ['223556219+copilot@users.noreply.github.com', 'copilot@github.com'],
    },
  ),
  known('claude', { 'claude[bot]': 209825114 }, { emails: ['noreply@anthropic.com'] }),
  known(
    'codex',
    { 'chatgpt-codex-connector[bot]': 199175422, 'openai-codex[bot]': 215057067 },
    { logins: ['codex[bot]'], emails: ['codex@openai.com', 'noreply@openai.com'] },
  ),
  known('cursor', { 'cursor[bot]': 206951365 }, { emails: ['cursoragent@cursor.com'] }),
  known('devin', { 'devin-ai-integration[bot]': 158243242 }),
  known('jules', { 'google-labs-jules[bot]': 161369871 }),
  known('dependabot', { 'dependabot[bot]': 49699333 }),
  known('renovate', { 'renovate[bot]': 29139614 }),
];
