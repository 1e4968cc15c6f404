// Who is typing: a name given, an agent's environment, or the git user.
import type { GitUser } from '../../adapters/git/repository.ts';
import { UsageError } from '../../kernel/fault.ts';
import { namePattern } from '../../kernel/fields.ts';
import type { Auth } from '../../log/record.ts';
import { memberByEmail } from '../../policy/identify.ts';
import type { Policy } from '../../policy/schema.ts';
import type { Globals } from './globals.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Identity {
  readonly actor: string;
  readonly session: string | null;
  readonly auth: Auth;
  /** Who the git user is by the policy, whoever acts; of one that it does not list the same as `gitName`. */
  readonly ownName: string;
  /** The name that git alone gives, such as `git:alice`. */
  readonly gitName: string;
  /** An interactive terminal outside any agent's environment. */
  readonly isPersonPresent: boolean;
}

/** Variables by which agents' environments are known; a name that ends in _ stands for all that begin with it. */
const marks: readonly (readonly [string, string])[] = [
  ['CLAUDECODE', 'claude'],
  ['CODEX_', 'codex'],
  ['COPILOT_AGENT_', 'copilot'],
  ['CURSOR_AGENT', 'cursor'],
  ['GEMINI_CLI', 'gemini'],
];

/** Every agent that an environment can be known to be of. */
export const detectableAgents: readonly string[] = marks.map(([, agent]) => agent);

/** The agent whose environment this is, or null. */
export function detectAgent(environment: Environment): string | null {
  const set = Object.keys(environment).filter((name) => (environment[name] ?? '') !== '');
  for (const [mark, agent] of marks) {
    const isSet = mark.endsWith('_')
      ? set.some((name) => name.startsWith(mark))
      : set.includes(mark);
    if (isSet) return agent;
  }
  return null;
}

function slug(text: string): string {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 60);
  return plain === '' ? 'somebody' : plain;
}

/** A name that was given must be an agent's, or the person's own: nobody acts as another person, agents as none. */
function givenName(given: string, own: string, policy: Policy, agent: string | null): string {
  const name = given.toLowerCase();
  const isPerson = name.includes(':') || policy.people.has(name);
  if (isPerson && (agent !== null || name !== own)) {
    throw new UsageError(
      'not-yourself',
      `${name} is a person, and you are not. Leave --as out to act as yourself, or give an agent's name.`,
      { name },
    );
  }
  if (isPerson || namePattern.test(name)) return name;
  throw new UsageError(
    'bad-name',
    `\`${given}\` is no agent's name: letters, digits, dots, dashes and underscores, 64 at most.`,
    { name: given },
  );
}

interface GitMember {
  readonly ownName: string;
  readonly gitName: string;
  readonly subject: string;
}

function gitMember({ name, email }: GitUser, policy: Policy): GitMember {
  const member = email === '' ? undefined : memberByEmail(policy, email);
  const known = name === '' ? (email.split('@')[0] ?? '') : name;
  const gitName = `git:${slug(known)}`;
  const subject = email === '' ? 'unknown' : email;
  return { ownName: member?.name ?? gitName, gitName, subject };
}

/** A variable that is set to nothing is not set. */
function filled(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function sessionOf(globals: Globals, environment: Environment): string | null {
  return globals.session ?? filled(environment['COORD_SESSION']);
}

/** Resolves who acts. UsageError when the name that was given is none. */
export function identify(
  globals: Globals,
  environment: Environment,
  isTerminal: boolean,
  { user, policy }: { readonly user: GitUser; readonly policy: Policy },
): Identity {
  const detected = detectAgent(environment);
  const said = globals.as ?? filled(environment['COORD_AGENT']) ?? detected;
  const isPersonPresent = isTerminal && detected === null;
  const { ownName, gitName, subject } = gitMember(user, policy);
  const auth: Auth = {
    by: 'shell',
    subject,
    ...(isPersonPresent ? { isInteractive: true as const } : {}),
  };
  const actor = said === null ? ownName : givenName(said, ownName, policy, detected);
  const session = sessionOf(globals, environment);
  return { actor, session, auth, ownName, gitName, isPersonPresent };
}
