import { describe, expect, it } from 'vitest';
import { canonicalLogin, identifyAgent, memberByEmail, shownLogin } from './identify.ts';
import type { AuthorFacts } from './identify.ts';
import { defaultPolicy } from './default.ts';
import { parsePolicy, policyProblemsText } from './load.ts';
import type { Policy } from './schema.ts';

function policy(text: string): Policy {
  const parsed = parsePolicy(`version: 1\n${text}`, 'p');
  if (!parsed.ok) throw new Error(policyProblemsText(parsed));
  return parsed.policy;
}

/** A pull request from a branch of the repository by a person nobody knows, with what the test changes. */
function facts(changes: Partial<AuthorFacts> = {}): AuthorFacts {
  return {
    authorLogin: 'somebody',
    authorId: null,
    authorIsBot: false,
    authorEmail: null,
    headBranch: 'feature',
    headOwner: 'acme',
    headIsFork: false,
    coAuthorEmails: [],
    ...changes,
  };
}

const none = defaultPolicy();
const listed = policy(`
agents:
  codex: { github: "codex-bot[bot]" }
  claude: {}
  hopper: { github: hopper, branches: [hopper/, codex/hopper-], email: hopper@example.org }
people:
  ada: { github: Ada-L, email: Ada@example.org }
`);

describe('without a policy, agents are known out of the box', () => {
  it.each([
    ['Copilot', 'copilot'],
    ['copilot-swe-agent[bot]', 'copilot'],
    ['copilot-swe-agent', 'copilot'],
    ['claude[bot]', 'claude'],
    ['chatgpt-codex-connector[bot]', 'codex'],
    ['codex[bot]', 'codex'],
    ['cursor[bot]', 'cursor'],
    ['devin-ai-integration[bot]', 'devin'],
    ['google-labs-jules[bot]', 'jules'],
    ['dependabot[bot]', 'dependabot'],
    ['Renovate[bot]', 'renovate'],
  ])('%s is %s', (authorLogin, name) => {
    expect(identifyAgent(none, facts({ authorLogin, authorIsBot: true }))).toEqual({
      kind: 'agent',
      name,
      by: 'login',
      listed: false,
    });
  });

  it.each(['copilot', 'claude', 'codex', 'cursor', 'devin', 'jules', 'dependabot', 'renovate'])(
    '%s by the branches it makes in this repository',
    (name) => {
      expect(identifyAgent(none, facts({ headBranch: `${name}/fix-1` }))).toEqual({
        kind: 'agent',
        name,
        by: 'branch',
        listed: false,
      });
      expect(identifyAgent(none, facts({ headBranch: name }))).toEqual({ kind: 'unknown' });
    },
  );

  it('a person with the name of an agent is no agent', () => {
    for (const authorLogin of ['claude', 'cursor', 'devin', 'constructor', '__proto__']) {
      expect(identifyAgent(none, facts({ authorLogin }))).toEqual({ kind: 'unknown' });
    }
  });

  it('an account with the login but another number is somebody else', () => {
    const bot = { authorLogin: 'claude[bot]', authorIsBot: true };
    expect(identifyAgent(none, facts({ ...bot, authorId: 209825114 })).kind).toBe('agent');
    expect(identifyAgent(none, facts({ ...bot, authorId: 1 }))).toEqual({ kind: 'unknown' });
  });

  it('a signature of an unlisted assistant makes nobody an agent', () => {
    const coAuthorEmails = ['noreply@anthropic.com'];
    expect(identifyAgent(none, facts({ coAuthorEmails }))).toEqual({ kind: 'unknown' });
  });
});

describe('forks', () => {
  const claims = { headBranch: 'codex/x', coAuthorEmails: ['noreply@anthropic.com'] };

  it('cannot borrow an agent by branch name or signature', () => {
    expect(identifyAgent(listed, facts({ ...claims, headIsFork: true }))).toEqual({
      kind: 'unknown',
    });
    expect(identifyAgent(listed, facts({ ...claims, headOwner: null }))).toEqual({
      kind: 'unknown',
    });
    expect(identifyAgent(none, facts({ ...claims, headIsFork: true }))).toEqual({
      kind: 'unknown',
    });
    expect(identifyAgent(listed, facts(claims))).toMatchObject({ name: 'codex', by: 'branch' });
  });

  it('are still recognised by login', () => {
    const fork = facts({ authorLogin: 'hopper', headIsFork: true, headBranch: 'codex/x' });
    expect(identifyAgent(listed, fork)).toMatchObject({ name: 'hopper', by: 'login' });
    const ada = facts({ ...claims, authorLogin: 'ada-l', headIsFork: true });
    expect(identifyAgent(listed, ada)).toEqual({ kind: 'person', name: 'ada' });
  });
});

describe('the policy wins', () => {
  it('its logins take the place of the known ones', () => {
    const bot = { authorIsBot: true };
    expect(identifyAgent(listed, facts({ ...bot, authorLogin: 'Codex-Bot[bot]' }))).toEqual({
      kind: 'agent',
      name: 'codex',
      by: 'login',
      listed: true,
    });
    const former = facts({ ...bot, authorLogin: 'chatgpt-codex-connector[bot]' });
    expect(identifyAgent(listed, former)).toEqual({ kind: 'unknown' });
  });

  it('what it leaves out stays as known', () => {
    expect(identifyAgent(listed, facts({ authorLogin: 'claude[bot]', authorIsBot: true }))).toEqual(
      {
        kind: 'agent',
        name: 'claude',
        by: 'login',
        listed: true,
      },
    );
    expect(identifyAgent(listed, facts({ headBranch: 'codex/x' }))).toMatchObject({
      name: 'codex',
      by: 'branch',
      listed: true,
    });
    const without = policy('agents: { codex: { branches: [] } }');
    expect(identifyAgent(without, facts({ headBranch: 'codex/x' }))).toEqual({ kind: 'unknown' });
  });

  it('an agent it does not list is known but not listed', () => {
    const jules = facts({ authorLogin: 'google-labs-jules[bot]', authorIsBot: true });
    expect(identifyAgent(listed, jules)).toMatchObject({ name: 'jules', listed: false });
  });

  it('the login it gives an agent is taken from a known one', () => {
    const own = policy('agents: { bumper: { github: "renovate[bot]", branches: [renovate/] } }');
    const login = facts({ authorLogin: 'renovate[bot]', authorIsBot: true });
    expect(identifyAgent(own, login)).toMatchObject({ name: 'bumper', listed: true });
    expect(identifyAgent(own, facts({ headBranch: 'renovate/x' }))).toMatchObject({
      name: 'bumper',
    });
  });
});

describe('the order of marks', () => {
  it('login before branch, the longest prefix before others', () => {
    const both = facts({ authorLogin: 'hopper', headBranch: 'codex/x' });
    expect(identifyAgent(listed, both)).toMatchObject({ name: 'hopper', by: 'login' });
    const longer = facts({ headBranch: 'codex/hopper-1' });
    expect(identifyAgent(listed, longer)).toMatchObject({ name: 'hopper', by: 'branch' });
  });

  it("an agent's branch before the person under whose account it works", () => {
    const cloud = facts({ authorLogin: 'Ada-L', headBranch: 'codex/x' });
    expect(identifyAgent(listed, cloud)).toMatchObject({ kind: 'agent', name: 'codex' });
  });

  it('a listed person before the assistants that signed', () => {
    const helped = facts({ authorLogin: 'Ada-L', coAuthorEmails: ['noreply@anthropic.com'] });
    expect(identifyAgent(listed, helped)).toEqual({ kind: 'person', name: 'ada' });
  });

  it('the one listed agent that signed, but neither of two', () => {
    const one = facts({ coAuthorEmails: ['x@example.org', 'NoReply@Anthropic.com'] });
    expect(identifyAgent(listed, one)).toEqual({
      kind: 'agent',
      name: 'claude',
      by: 'co-author',
      listed: true,
    });
    const two = facts({ coAuthorEmails: ['noreply@anthropic.com', 'hopper@example.org'] });
    expect(identifyAgent(listed, two)).toEqual({ kind: 'unknown' });
  });

  it('an address names a person only where there is no login', () => {
    const local = { authorLogin: null, authorEmail: 'ada@EXAMPLE.org' };
    expect(identifyAgent(listed, facts(local))).toEqual({ kind: 'person', name: 'ada' });
    expect(identifyAgent(listed, facts({ authorEmail: 'ada@example.org' }))).toEqual({
      kind: 'unknown',
    });
    expect(identifyAgent(listed, facts({ authorLogin: null, headBranch: null }))).toEqual({
      kind: 'unknown',
    });
  });
});

describe('in a clone, where no login is to be seen, the address that GitHub gives an account', () => {
  const at = (authorEmail: string, more: Partial<AuthorFacts> = {}) =>
    facts({ authorLogin: null, authorEmail, ...more });

  it.each([
    ['77+codex-bot[bot]@users.noreply.github.com', 'codex', true],
    ['codex-bot[bot]@users.noreply.github.com', 'codex', true],
    ['77+Codex-Bot[bot]@Users.NoReply.GitHub.com', 'codex', true],
    ['209825114+claude[bot]@users.noreply.github.com', 'claude', true],
    ['5+hopper@users.noreply.github.com', 'hopper', true],
    ['198982749+Copilot@users.noreply.github.com', 'copilot', false],
    ['49699333+dependabot[bot]@users.noreply.github.com', 'dependabot', false],
  ])('%s is %s', (address, name, isListed) => {
    expect(identifyAgent(listed, at(address))).toEqual({
      kind: 'agent',
      name,
      by: 'email',
      listed: isListed,
    });
  });

  it.each([
    '1+claude[bot]@users.noreply.github.com',
    '77+codex-bot@users.noreply.github.com',
    'x+codex-bot[bot]@users.noreply.github.com',
    '77+codex-bot[bot]@users.noreply.github.com.example.org',
    'a 77+codex-bot[bot]@users.noreply.github.com',
    'codex-bot[bot]@example.org',
    '+codex-bot[bot]@users.noreply.github.com',
  ])('%s is nobody', (address) => {
    expect(identifyAgent(listed, at(address))).toEqual({ kind: 'unknown' });
  });

  it('stands where the login does: before the branch for an agent, behind it for a person', () => {
    const hopper = at('5+hopper@users.noreply.github.com', { headBranch: 'codex/x' });
    expect(identifyAgent(listed, hopper)).toMatchObject({ name: 'hopper', by: 'email' });
    const ada = '9+Ada-L@users.noreply.github.com';
    expect(identifyAgent(listed, at(ada))).toEqual({ kind: 'person', name: 'ada' });
    expect(identifyAgent(listed, at(ada, { headBranch: 'codex/x' }))).toMatchObject({
      name: 'codex',
      by: 'branch',
    });
  });

  it('says nothing where there is a login', () => {
    const authorEmail = '77+codex-bot[bot]@users.noreply.github.com';
    expect(identifyAgent(listed, facts({ authorEmail }))).toEqual({ kind: 'unknown' });
    expect(shownLogin(facts({ authorEmail }))).toBe('somebody');
  });

  it('is shown as the login of somebody nobody knows', () => {
    expect(shownLogin(at('3+Spam-Bot[bot]@users.noreply.github.com'))).toBe('Spam-Bot[bot]');
    expect(shownLogin(at('Tess@example.org'))).toBe('Tess@example.org');
    expect(shownLogin(facts({ authorLogin: null }))).toBe('nobody');
  });
});

it('gives logins one form', () => {
  expect(canonicalLogin('Claude', true)).toBe('claude[bot]');
  expect(canonicalLogin('Claude[bot]', true)).toBe('claude[bot]');
  expect(canonicalLogin('Claude', false)).toBe('claude');
  expect(canonicalLogin('Copilot', true)).toBe('copilot');
});

it('finds the member behind an address', () => {
  expect(memberByEmail(listed, 'ADA@example.org')).toEqual({ kind: 'person', name: 'ada' });
  expect(memberByEmail(listed, 'Hopper@example.org')).toEqual({ kind: 'agent', name: 'hopper' });
  expect(memberByEmail(listed, 'noreply@anthropic.com')).toEqual({ kind: 'agent', name: 'claude' });
  expect(memberByEmail(listed, 'cursoragent@cursor.com')).toBeUndefined();
  expect(memberByEmail(none, 'noreply@anthropic.com')).toBeUndefined();
});
