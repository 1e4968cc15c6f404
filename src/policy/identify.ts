// Whose pull request is this: an agent's, a listed person's, or nobody's we know.
//
// What identifies also permits: an agent's pull request may change what the plan gives that agent. So a login that
// GitHub vouches for comes first, and what an author can simply write (a branch name, a trailer) counts only for
// branches of this repository, whose writers were given push access. Otherwise a stranger could name the branch of
// a fork `codex/…` to borrow codex's scope. A clone knows no login: there the address that GitHub gives an account
// stands for it, so that the answer is the one GitHub gets. Anybody can write an address, so it counts in a clone only.
import { knownAgents } from './known-agents.ts';
import type { KnownAgent } from './known-agents.ts';
import type { AgentPolicy, Policy } from './schema.ts';

export interface AuthorFacts {
  /** Login of who opened the pull request, as GitHub printed it; null for a local branch. */
  readonly authorLogin: string | null;
  /** GitHub's number of that account, where it is known; null on GitHub Enterprise, whose numbers differ. */
  readonly authorId: number | null;
  readonly authorIsBot: boolean;
  /** Address of the author of the head commit; says who it is only where there is no login. */
  readonly authorEmail: string | null;
  readonly headBranch: string | null;
  /** Owner of the repository the branch lies in; null when that repository is gone, which counts as a fork. */
  readonly headOwner: string | null;
  readonly headIsFork: boolean;
  /** Addresses of the commits' authors and of their `Co-authored-by` trailers. */
  readonly coAuthorEmails: readonly string[];
}

export type Identity =
  | {
      readonly kind: 'agent';
      readonly name: string;
      readonly by: 'login' | 'email' | 'branch' | 'co-author';
      /** Whether the policy lists it; one that is only known out of the box has no scope. */
      readonly listed: boolean;
    }
  | { readonly kind: 'person'; readonly name: string }
  | { readonly kind: 'unknown' };

/** What an agent is recognised by, from the policy and the table of known agents. */
interface Marks {
  readonly name: string;
  readonly listed: boolean;
  readonly logins: readonly string[];
  readonly accountIds: Readonly<Record<string, number>>;
  readonly branches: readonly string[];
  readonly emails: readonly string[];
}

/**
 * Recognises the author, in this order: an agent's login, or in a clone its address; the prefix of a branch of this repository (the longest
 * wins, so that agents working under a person's account are recognised); a listed person; the only listed agent
 * among the commits' authors. The policy's own entries win over what is known out of the box.
 */
export function identifyAgent(policy: Policy, facts: AuthorFacts): Identity {
  const agents = marksOf(policy);
  const isOurBranch = !facts.headIsFork && facts.headOwner !== null;
  return (
    byAccount(agents, facts) ??
    (isOurBranch ? byBranch(agents, facts.headBranch) : undefined) ??
    personOf(policy, facts) ??
    (isOurBranch ? byCoAuthor(agents, facts.coAuthorEmails) : undefined) ?? { kind: 'unknown' }
  );
}

/** The listed member an e-mail address belongs to; for a shell that knows only git's user. */
export function memberByEmail(
  policy: Policy,
  email: string,
): { readonly kind: 'agent' | 'person'; readonly name: string } | undefined {
  const wanted = email.toLowerCase();
  const agent = marksOf(policy).find(({ listed, emails }) => listed && emails.includes(wanted));
  if (agent !== undefined) return { kind: 'agent', name: agent.name };
  const person = personByEmail(policy, wanted);
  return person === undefined ? undefined : { kind: 'person', name: person };
}

/**
 * A login in the one form that is compared: lower case, apps with `[bot]` behind their name. GraphQL prints an
 * app's login without it; the account `Copilot` is a bot and has none.
 */
export function canonicalLogin(login: string, isBot: boolean): string {
  const lower = login.toLowerCase();
  return isBot && !lower.endsWith('[bot]') && lower !== 'copilot' ? `${lower}[bot]` : lower;
}

function marksOf(policy: Policy): Marks[] {
  const listed = [...(policy.agents ?? [])].map(([name, agent]) => listedMarks(name, agent));
  const others = knownAgents.filter(({ name }) => policy.agents?.has(name) !== true);
  return [...listed, ...others.map((agent) => ({ ...agent, listed: false }))];
}

const nothingKnown: Pick<KnownAgent, 'logins' | 'accountIds' | 'branches' | 'emails'> = {
  logins: [],
  accountIds: {},
  branches: [],
  emails: [],
};

function listedMarks(name: string, { github, branches, email }: AgentPolicy): Marks {
  const known = knownAgents.find((candidate) => candidate.name === name) ?? nothingKnown;
  return {
    name,
    listed: true,
    logins: github?.map(inLowerCase) ?? known.logins,
    accountIds: known.accountIds,
    branches: branches ?? known.branches,
    emails: email?.map(inLowerCase) ?? known.emails,
  };
}

function inLowerCase(text: string): string {
  return text.toLowerCase();
}

/** A GitHub account: as GitHub shows it, or as an address claims it. */
interface Account {
  /** In the form of `canonicalLogin`. */
  readonly login: string;
  readonly id: number | null;
  readonly by: 'login' | 'email';
}

const noreplyAddress =
  /^(?:(\d{1,15})\+)?([a-z0-9][a-z0-9_-]{0,99}(?:\[bot\])?)@users\.noreply\.github\.com$/i;

/** The login and number in an address as GitHub forms them for its accounts; undefined in every other address. */
function claimedIn(email: string | null): { login: string; id: number | null } | undefined {
  const [, id, login] = noreplyAddress.exec(email ?? '') ?? [];
  return login === undefined ? undefined : { login, id: id === undefined ? null : Number(id) };
}

function accountOfEmail(email: string | null): Account | undefined {
  const claimed = claimedIn(email);
  return claimed && { login: claimed.login.toLowerCase(), id: claimed.id, by: 'email' };
}

function accountOf({
  authorLogin,
  authorId,
  authorIsBot,
  authorEmail,
}: AuthorFacts): Account | undefined {
  if (authorLogin === null) return accountOfEmail(authorEmail);
  return { login: canonicalLogin(authorLogin, authorIsBot), id: authorId, by: 'login' };
}

/** What to call an author whom nobody knows: the login, else what the address says. */
export function shownLogin({ authorLogin, authorEmail }: AuthorFacts): string {
  return authorLogin ?? claimedIn(authorEmail)?.login ?? authorEmail ?? 'nobody';
}

function byAccount(agents: readonly Marks[], facts: AuthorFacts): Identity | undefined {
  const account = accountOf(facts);
  if (account === undefined) return undefined;
  const { login, id, by } = account;
  const agent = agents.find(
    ({ logins, accountIds }) => logins.includes(login) && isSameAccount(accountIds[login], id),
  );
  return agent && { kind: 'agent', name: agent.name, by, listed: agent.listed };
}

/** A login that was given up can be taken by somebody else, a number cannot. */
function isSameAccount(knownId: number | undefined, id: number | null): boolean {
  return knownId === undefined || id === null || knownId === id;
}

function byBranch(agents: readonly Marks[], branch: string | null): Identity | undefined {
  let longest = '';
  let owner: Marks | undefined;
  for (const agent of agents) {
    for (const prefix of agent.branches) {
      // Of equal prefixes the first counts: listed agents stand before known ones.
      if (branch?.startsWith(prefix) !== true || prefix.length <= longest.length) continue;
      longest = prefix;
      owner = agent;
    }
  }
  return owner && { kind: 'agent', name: owner.name, by: 'branch', listed: owner.listed };
}

function personOf(policy: Policy, facts: AuthorFacts): Identity | undefined {
  const { authorLogin, authorEmail } = facts;
  const login = accountOf(facts)?.login;
  const name =
    (login === undefined ? undefined : personByLogin(policy, login)) ??
    (authorLogin === null ? personByEmail(policy, authorEmail?.toLowerCase()) : undefined);
  return name === undefined ? undefined : { kind: 'person', name };
}

function personByLogin(policy: Policy, login: string): string | undefined {
  const isTheirs = (own: string) => own.toLowerCase() === login;
  return [...policy.people].find(([, { github }]) => github.some(isTheirs))?.[0];
}

function personByEmail(policy: Policy, email: string | undefined): string | undefined {
  const isTheirs = (own: string) => own.toLowerCase() === email;
  return [...policy.people].find(([, person]) => person.email.some(isTheirs))?.[0];
}

/**
 * Listed agents only: a person who lets an unlisted assistant sign a commit stays the author, and with two agents
 * among the authors nobody can say whose scope counts.
 */
function byCoAuthor(agents: readonly Marks[], emails: readonly string[]): Identity | undefined {
  const authors = new Set(emails.map((email) => email.toLowerCase()));
  const present = agents.filter(
    (agent) => agent.listed && agent.emails.some((email) => authors.has(email)),
  );
  const [agent] = present;
  if (agent === undefined || present.length > 1) return undefined;
  return { kind: 'agent', name: agent.name, by: 'co-author', listed: true };
}
